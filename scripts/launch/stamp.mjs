/** What the last build was made of: paths, sizes and times of all sources, in one text. */
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { BUNDLE } from './bundle.mjs';
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

/** Whether the last build that succeeded was of the sources as they are now, and is still there. */
export function isBuilt(stamp = stampNow()) {
  try {
    return readFileSync(STAMP, 'utf8') === stamp && existsSync(BUNDLE);
  } catch {
    return false;
  }
}

/** Notes that a build of these sources succeeded. */
export function writeStamp(stamp) {
  mkdirSync(dirname(STAMP), { recursive: true });
  writeFileSync(STAMP, stamp);
}
