/** A C compiler that is missing or fails is the machine's, not a bug of ours. */
import { chmodSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { parseFrameSizes } from '../../../scripts/bench/frame-size.ts';
import { Yardstick } from '../../../scripts/bench/yardstick.ts';
import { UsageError } from '../../../scripts/usage-error.ts';
import { temporaryFolder } from '../sluice.ts';

const [frame] = parseFrameSizes('64');
const size = { flows: 1, routes: 1, rules: 1 };
const folder = temporaryFolder();
const programs = join(folder, 'programs');
const temporary = join(folder, 'temporary');
mkdirSync(programs);
mkdirSync(temporary);

/** A `cc` that is this shell script; it is handed the path of its output last. */
function useCompiler(script: string): void {
  const path = join(programs, 'cc');
  writeFileSync(path, `#!/bin/sh\nfor output; do :; done\n${script}\n`);
  chmodSync(path, 0o755);
  vi.stubEnv('PATH', `${programs}:${process.env.PATH}`);
}

/** One run, with its temporary files in a folder of our own. */
function runOnce(): number {
  vi.stubEnv('TMPDIR', temporary);
  const yardstick = new Yardstick();
  try {
    return yardstick.run(frame, size, 0.01);
  } finally {
    yardstick.close();
  }
}

const printing = (text: string) =>
  `printf '#!/bin/sh\\necho "${text}"\\n' > "$output"; chmod +x "$output"`;

afterEach(() => vi.unstubAllEnvs());

it('takes the time that the C loop prints', () => {
  useCompiler(printing('12.345'));
  expect(runOnce()).toBe(12.345);
});

it.each([
  [
    'fails',
    'echo "cc: no such target" >&2; exit 1',
    /not compile the C loop \(cc: no such target\)/,
  ],
  ['says nothing', 'exit 3', /not compile the C loop \(exit code 3\)/],
  ['makes no program', '', /C loop fails in .* \(ENOENT\)/],
  ['makes what may not run', 'echo > "$output"', /C loop fails in .* \(EACCES\)/],
  ['makes what prints no number', printing('fast'), /printed "fast\\n" and not a time/],
  ['makes what prints no time', printing('0'), /printed "0\\n" and not a time/],
  ['makes what prints nothing', printing(''), /printed "\\n" and not a time/],
])('refuses to measure with a cc that %s, and leaves no file', (_, script, said) => {
  useCompiler(script);
  expect(runOnce).toThrow(UsageError);
  expect(runOnce).toThrow(said);
  expect(readdirSync(temporary)).toEqual([]);
});

it('refuses to measure without cc', () => {
  vi.stubEnv('PATH', folder);
  expect(runOnce).toThrow(/not compile the C loop \(ENOENT\)/);
});

it('refuses to measure without a folder for the program', () => {
  vi.stubEnv('TMPDIR', join(folder, 'missing'));
  expect(() => new Yardstick()).toThrow(/no folder can be made in .*missing \(ENOENT\)/);
});
