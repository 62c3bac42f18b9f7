import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { staleEquivalents } from '../../../scripts/mutate/equivalents.ts';
import { JudgeProcess } from '../../../scripts/mutate/judge-process.ts';
import { KillMemory } from '../../../scripts/mutate/kill-memory.ts';
import { summary } from '../../../scripts/mutate/mutant-report.ts';
import { SourceText } from '../../../scripts/mutate/source-text.ts';
import { RedTestsError, Survey } from '../../../scripts/mutate/survey.ts';
import { type Mutant, switchSource } from '../../../scripts/mutate/switched-source.ts';
import { installStandIn } from '../../../scripts/mutate/switched-tree.ts';
import { tryMutant, type Verdict } from '../../../scripts/mutate/try-mutants.ts';
import { findProjectRoot } from '../../../scripts/toolchain/project-root.ts';

const SOURCE = `export function admit(size, isKnown) {
  if (size > 9) return 'too large';
  if (!isKnown || size < 0) return 'refused';
  return 'admitted';
}
export function neverAsked(size) {
  if (size > 9) return 'too large';
}
`;

/** Asks for everything but for a size below 0. */
const TESTS = `import { expect, it } from 'vitest';
import { admit } from '../admit.js';
it('admits', () => expect([admit(9, true), admit(0, true)]).toEqual(['admitted', 'admitted']));
it('bounds', () => expect(admit(10, true)).toBe('too large'));
it('knows', () => expect(admit(1, false)).toBe('refused'));
`;
const RED = `import { expect, it } from 'vitest';
it('is wrong about the world', () => expect(1).toBe(2));
`;

describe('trying changes', () => {
  let root: string;
  let judge: JudgeProcess;
  let mutants: readonly Mutant[];
  const compiled = (path: string) => join(root, 'dist', path);
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'sluice-trial-'));
    const project = findProjectRoot();
    for (const name of ['judge.mjs', 'fresh-imports.mjs', 'vitest-stand-in.mjs']) {
      const path = join('scripts', 'mutate', name);
      cpSync(join(project, path), join(root, path));
    }
    symlinkSync(join(project, 'node_modules'), join(root, 'node_modules'));
    installStandIn(root);
    const switched = switchSource(new SourceText('admit.js', SOURCE), 0);
    mutants = switched.mutants;
    const files = { 'admit.js': switched.text, 'tests/a.test.js': TESTS, 'tests/red.test.js': RED };
    writeFileSync(join(root, 'dist', 'package.json'), '{ "type": "module" }');
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(compiled(path)), { recursive: true });
      writeFileSync(compiled(path), text);
    }
    judge = new JudgeProcess({ root, compiled });
  });
  afterAll(() => {
    judge.end();
    rmSync(root, { recursive: true });
  });

  function trialOf(files: readonly string[]) {
    const memory = new KillMemory(join(root, 'kills.json'));
    return { judge, survey: new Survey(judge), memory, testsOf: () => files };
  }

  async function verdicts(file: string): Promise<Verdict[]> {
    const trial = trialOf([file]);
    const found = [];
    for (const mutant of mutants) found.push(await tryMutant(mutant, trial));
    return found;
  }

  it('tells what tests notice from what they do not', async () => {
    const found = await verdicts('tests/a.test.js');
    expect(
      found.map(({ fate, mutant, by }) => `${fate} ${mutant.line} ${mutant.change}: ${by}`),
    ).toMatchInlineSnapshot(`
        [
          "killed 2 deleted: size > 9: tests/a.test.js",
          "killed 2 inverted: size > 9: tests/a.test.js",
          "killed 2 > made >=: size > 9: tests/a.test.js",
          "killed 3 deleted: !isKnown || size < 0: tests/a.test.js",
          "killed 3 inverted: !isKnown || size < 0: tests/a.test.js",
          "killed 3 without !isKnown: !isKnown || size < 0: tests/a.test.js",
          "survived 3 without size < 0: !isKnown || size < 0: all tests pass",
          "killed 3 < made <=: !isKnown || size < 0: tests/a.test.js",
          "survived 7 deleted: size > 9: no test reaches it",
          "survived 7 inverted: size > 9: no test reaches it",
          "survived 7 > made >=: size > 9: no test reaches it",
        ]
      `);
    expect(summary(found, 0).split('\n').slice(-1)).toEqual(['11 changes: 7 killed, 4 survived']);
    expect(summary(found, 0)).toContain("if (!isKnown || size < 0) return 'refused';");
  });

  it('learns nothing from tests that fail anyway', async () => {
    await expect(verdicts('tests/red.test.js')).rejects.toThrow(RedTestsError);
  });

  it('runs no file while those before it in the row notice', async () => {
    const trial = trialOf(['tests/a.test.js', 'tests/red.test.js']);
    const [noticed] = mutants;
    expect((await tryMutant(noticed as Mutant, trial)).by).toBe('tests/a.test.js');
    const unnoticed = mutants.find(({ change }) => change.startsWith('without size < 0'));
    await expect(tryMutant(unnoticed as Mutant, trial)).rejects.toThrow(RedTestsError);
  });

  it('kills what makes tests hang', async () => {
    const loop = "import { it } from 'vitest';\nit('hangs', () => { for (;;); });\n";
    writeFileSync(compiled('tests/loop.test.js'), loop);
    const choices = [{ file: 'tests/loop.test.js', tests: null }];
    const position = { check: 0, variant: 1, isKernel: false };
    expect(await judge.run(choices, position, { msMax: 1000 })).toBeNull();
  });

  it('says which entries of the equivalents fit nothing any more', () => {
    const reason = 'nobody can tell';
    const entries = [
      { path: 'admit.js', change: 'deleted: size > 9', reason },
      { path: 'admit.js', change: 'deleted: size > 8', reason },
      { path: 'elsewhere.js', change: 'deleted: size > 8', reason },
    ];
    expect(staleEquivalents(mutants, entries)).toEqual([entries[1]]);
  });
});
