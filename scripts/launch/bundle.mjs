/**
 * The command in a few files: a start that reads 400 takes twice as long. What is built stays as it
 * is beside them, for threads and for whoever imports a part.
 */
import { readdirSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { inProject } from './project.mjs';

/** Each bundle has a folder of its own, named for when it was begun: none is ever written over. */
const BUNDLES = inProject('dist', 'bundles');
/** Not of JavaScript alone, or large and seldom wanted: found where they are installed. */
const APART = [/^assemblyscript/, 'koffi'];

/** Modules look for files beside themselves: from the bundle too, they find what they found. */
const whereabouts = {
  name: 'whereabouts',
  transform(code, path) {
    if (!code.includes('import.meta.url')) return null;
    const place = JSON.stringify(relative(join(BUNDLES, 'any'), path).replaceAll('\\', '/'));
    return code.replaceAll('import.meta.url', `new URL(${place}, import.meta.url).href`);
  },
};

/** The command in a bundle of this name. */
export function entryOf(name) {
  return join(BUNDLES, name, 'sluice.js');
}

/** Bundles what TypeScript has compiled; the bundle's name. Throws what the bundler says. */
export async function bundle() {
  // Only a build needs the bundler.
  const { rolldown } = await import('rolldown');
  const name = String(Date.now());
  const build = await rolldown({
    input: inProject('dist', 'scripts', 'sluice.js'),
    platform: 'node',
    external: APART,
    plugins: [whereabouts],
  });
  await build.write({ dir: join(BUNDLES, name), format: 'esm', chunkFileNames: '[name].js' });
  await build.close();
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
