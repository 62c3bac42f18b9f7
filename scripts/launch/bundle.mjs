/**
 * The command in a few files: a start that reads 400 takes twice as long. What is built stays as it
 * is beside them, for threads and for whoever imports a part.
 */
import { join, relative } from 'node:path';
import { inProject } from './project.mjs';

const FOLDER = inProject('dist', 'bundle');
/** The command, bundled: a file. */
export const BUNDLE = join(FOLDER, 'sluice.js');
/** Not of JavaScript alone, or large and seldom wanted: found where they are installed. */
const APART = [/^assemblyscript/, 'koffi'];

/** Modules look for files beside themselves: from the bundle too, they find what they found. */
const whereabouts = {
  name: 'whereabouts',
  transform(code, path) {
    if (!code.includes('import.meta.url')) return null;
    const place = JSON.stringify(relative(FOLDER, path).replaceAll('\\', '/'));
    return code.replaceAll('import.meta.url', `new URL(${place}, import.meta.url).href`);
  },
};

/** Bundles what TypeScript has been compiled to. Throws what the bundler says. */
export async function bundle() {
  // Only a build needs the bundler.
  const { rolldown } = await import('rolldown');
  const build = await rolldown({
    input: inProject('dist', 'scripts', 'sluice.js'),
    platform: 'node',
    external: APART,
    plugins: [whereabouts],
  });
  // Without hashes in their names a new build writes over the old one.
  await build.write({ dir: FOLDER, format: 'esm', chunkFileNames: '[name].js' });
  await build.close();
}
