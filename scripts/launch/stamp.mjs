/**
 * The last build that succeeded, in one text: its bundle's name, the sizes of that one's files, and
 * what it was made of: paths, sizes and times of all sources.
 */
import { readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { entryOf, filesOf, removeBundles, settle } from './bundle.mjs';
import { inProject } from './project.mjs';

const STAMP = inProject('dist', '.stamp');
const FOLDERS = ['netstack', 'config', 'drivers', 'firmware', 'scripts'];
const FILES = [
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'scripts/launch/bundle.mjs',
  'node_modules/.package-lock.json',
];
/** Manifests say how much memory a module is compiled for. */
const SOURCE = /\.ts$|^drivers\/.*\.mjs$|(^|\/)manifest\.yaml$|(^|\/)system\.yaml$/;

function line(path) {
  const stat = statSync(inProject(path), { throwIfNoEntry: false });
  return stat === undefined ? `${path} absent` : `${path} ${stat.size} ${stat.mtimeMs}`;
}

function walk(folder, lines) {
  for (const entry of readdirSync(inProject(folder), { withFileTypes: true })) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) walk(path, lines);
    else if (SOURCE.test(path)) lines.push(line(path));
  }
}

/** The stamp of the sources as they are now. Cheap: a few hundred stats, nothing is read. */
export function stampNow() {
  const lines = FILES.map(line);
  for (const folder of FOLDERS) walk(folder, lines);
  return `${lines.sort().join('\n')}\n`;
}

function textOf(bundle, stamp) {
  return `${bundle}\n${filesOf(bundle)}\n${stamp}`;
}

function lastBuild() {
  try {
    const text = readFileSync(STAMP, 'utf8');
    return { bundle: text.slice(0, text.indexOf('\n')), text };
  } catch {
    return null;
  }
}

/** Whether the last build was of the sources as they are now, and is still there and whole. */
export function isBuilt(stamp = stampNow()) {
  const last = lastBuild();
  // What does not end so may be damaged from its beginning, and names nothing.
  if (last === null || !last.text.endsWith(stamp)) return false;
  return last.text === textOf(last.bundle, stamp);
}

/** The command as the last build has made it: a file. */
export function builtEntry() {
  return entryOf(lastBuild().bundle);
}

/**
 * Notes that a build of these sources succeeded: from then on commands start from its bundle. The
 * one before it stays, for those who started from that and have not imported all of it.
 */
export function writeStamp(stamp, bundle) {
  const before = lastBuild()?.bundle;
  const unfinished = `${STAMP}.new`;
  writeFileSync(unfinished, textOf(bundle, stamp));
  settle(unfinished);
  // At once: whoever starts finds the former build or this one, and neither in parts.
  renameSync(unfinished, STAMP);
  removeBundles([before, bundle]);
}
