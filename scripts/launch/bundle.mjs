/**
 * The command and its threads in a few files: a start that reads 400 takes twice as long. What is
 * built stays as it is beside them, for whoever imports a part.
 */
import { closeSync, fsyncSync, openSync, readdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { MendableError } from './mendable.mjs';
import { inProject } from './project.mjs';

/** Each bundle has a folder of its own, named for when it was begun: none is ever written over. */
const BUNDLES = inProject('dist', 'bundles');
/** Not of JavaScript alone, or large and seldom wanted: found where they are installed. */
const APART = [/^assemblyscript/, 'koffi'];

/** What the bundler has from the system; the rest is a backtrace of its own. */
const SYSTEM_SAYS = /\S.* \(os error \d+\)/;

/** Where a module is, or where the program of a thread beside it is. */
const WHEREABOUTS =
  /new URL\('\.\/([\w-]+-thread)(\.m?js)', import\.meta\.url\)|import\.meta\.url/g;

/**
 * Modules look for files beside themselves: from the bundle too, they find what they found. But the
 * programs of threads, which go into `threads`, are bundled as well: all of a run is of one build.
 */
function whereabouts(threads) {
  return {
    name: 'whereabouts',
    transform(code, path) {
      if (!code.includes('import.meta.url')) return null;
      const place = JSON.stringify(relative(join(BUNDLES, 'any'), path).replaceAll('\\', '/'));
      return code.replaceAll(WHEREABOUTS, (_, thread, extension) => {
        if (thread === undefined) return `new URL(${place}, import.meta.url).href`;
        threads.add(join(dirname(path), `${thread}${extension}`));
        return `new URL('./${thread}.js', import.meta.url)`;
      });
    },
  };
}

/** The command in a bundle of this name. */
export function entryOf(name) {
  return join(BUNDLES, name, 'sluice.js');
}

/** The files of the bundle of this name with their sizes, a line each; '' if there is none. */
export function filesOf(name) {
  const folder = join(BUNDLES, name);
  const lines = [];
  try {
    // What the engine keeps is in a folder.
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (!entry.isFile()) continue;
      lines.push(`${entry.name} ${statSync(join(folder, entry.name)).size}\n`);
    }
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
  return lines.sort().join('');
}

/** Puts a file on the disk itself: after a loss of power its size alone would not tell. */
export function settle(file) {
  const open = openSync(file, 'r+');
  fsyncSync(open);
  closeSync(open);
}

/** Bundles what TypeScript has compiled; the bundle's name. Throws what the bundler says. */
export async function bundle() {
  // Only a build needs the bundler.
  const { rolldown } = await import('rolldown');
  const name = String(Date.now());
  const threads = new Set();
  const write = async (input, options) => {
    const plugins = [whereabouts(threads)];
    const build = await rolldown({ input, platform: 'node', external: APART, plugins });
    try {
      await build.write({ dir: join(BUNDLES, name), format: 'esm', ...options });
    } catch (error) {
      const [said] = SYSTEM_SAYS.exec(error.message) ?? [];
      throw said === undefined ? error : new MendableError(`${join(BUNDLES, name)}: ${said}`);
    }
    await build.close();
  };
  await write(inProject('dist', 'scripts', 'sluice.js'), { chunkFileNames: '[name].js' });
  // A file each, and the command's stay as few as they are. A thread may start others: they follow.
  for (const thread of threads) {
    await write(thread, { entryFileNames: '[name].js', codeSplitting: false });
  }
  for (const file of readdirSync(join(BUNDLES, name))) settle(join(BUNDLES, name, file));
  return name;
}

/** Removes all bundles but those of these names, as far as that is possible. */
export function removeBundles(kept) {
  for (const name of readdirSync(BUNDLES)) {
    if (kept.includes(name)) continue;
    try {
      rmSync(join(BUNDLES, name), { recursive: true });
    } catch {
      // A command that ends, or another user's, has put something in: the next build tries again.
    }
  }
}
