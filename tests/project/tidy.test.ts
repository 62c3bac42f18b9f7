import { describe, expect, it } from 'vitest';
import { importTable, importViolations } from '../../scripts/project/import-table.ts';
import { importsOf } from '../../scripts/project/imports.ts';
import { type SourceFile, sourceFiles } from '../../scripts/project/source-files.ts';
import { tidyViolations } from '../../scripts/project/tidy-rules.ts';
import {
  TRUSTED_LINES_MAX,
  trustedFiles,
  trustedLines,
} from '../../scripts/project/trusted-base.ts';
import { findProjectRoot } from '../../scripts/toolchain/project-root.ts';

const files = sourceFiles(findProjectRoot());
const file = (path: string, ...lines: string[]): SourceFile => ({ path, lines });

describe('the checks see the code', () => {
  it.each(importTable.map(({ area }) => area))('in %s', (area) => {
    const sources = files.filter(({ path }) => path.startsWith(area) && path.endsWith('.ts'));
    expect(sources.length).toBeGreaterThan(1);
    expect(sources.flatMap(importsOf).length).toBeGreaterThan(2);
  });

  it('and every form of an import', () => {
    const source = file(
      'scripts/a.ts',
      "import a from './a.ts';",
      'import {',
      '  b,',
      "} from './b.ts';",
      "export * from './c.ts';",
      "import type { D } from './d.ts';",
      "import './e.ts';",
      "const f = await import('./f.ts');",
      "// import g from './g.ts';",
      "/** import h from './h.ts'; */",
      "export { i } from './i.ts';",
      "const text = 'from';",
    );
    expect(importsOf(source)).toEqual([
      { specifier: './a.ts', line: 1 },
      { specifier: './b.ts', line: 4 },
      { specifier: './c.ts', line: 5 },
      { specifier: './d.ts', line: 6 },
      { specifier: './e.ts', line: 7 },
      { specifier: './f.ts', line: 8 },
      { specifier: './i.ts', line: 11 },
    ]);
  });
});

describe('imports point one way', () => {
  it.each([
    ['netstack/a.ts', 'node:fs'],
    ['netstack/a.ts', 'zod'],
    ['netstack/match/a.ts', '../../config/abi.ts'],
    ['drivers/a.ts', '../config/abi.ts'],
    ['drivers/wires/a.ts', 'koffi'],
    ['config/a.ts', '../firmware/boot/a.ts'],
    ['firmware/kernel/a.ts', '../../netstack/ipv4'],
    ['firmware/kernel/a.ts', 'node:fs'],
    ['firmware/modules/arp/index.ts', '../../kernel/rows'],
    ['firmware/modules/arp/index.ts', '../route/index'],
    ['firmware/sdk/a.ts', '../kernel/rows'],
    ['firmware/boot/a.ts', '../../scripts/a.ts'],
    ['firmware/boot/a.ts', '../kernel/kernel.ts'],
    ['firmware/board/a.ts', 'pino'],
    ['scripts/a.ts', '../tests/a.ts'],
    ['scripts/a.ts', 'vitest'],
    ['tests/a.ts', 'left-pad'],
    ['elsewhere/a.ts', './b.ts'],
  ])('%s may not import %s', (path, specifier) => {
    expect(importViolations([file(path, '', `import { x } from '${specifier}';`)])).toHaveLength(1);
  });

  it.each([
    ['netstack/a.ts', 'ip-num/IPNumber'],
    ['netstack/match/a.ts', '../ipv4.ts'],
    ['firmware/kernel/a.ts', '../../config/abi'],
    ['firmware/modules/arp/index.ts', './manifest'],
    ['firmware/modules/arp/index.ts', 'sluice/arp'],
    ['firmware/board/a.ts', '../../drivers/nic.ts'],
    ['tests/a.ts', '../firmware/kernel/a.ts'],
  ])('%s may import %s', (path, specifier) => {
    expect(importViolations([file(path, `import { x } from '${specifier}';`)])).toEqual([]);
  });
});

describe('the rules find', () => {
  const long = Array.from({ length: 301 }, () => 'x');
  const unfinished = ['TO', 'DO'].join('');
  it.each([
    ['a file that is too long', file('tests/a.ts', ...long)],
    ['a line that is too long', file('tests/a.ts', `const x = ${'1 + '.repeat(30)}1;`)],
    ['a comment that is too long', file('tests/a.ts', `/** ${'word '.repeat(20)} */`)],
    ['one outside of tests', file('netstack/a.ts', `/** ${'word '.repeat(20)} */`)],
    ['a name that says nothing', file('tests/utils.ts')],
    ['a barrel file', file('netstack/index.ts')],
    ['a name in camel case', file('tests/someFile.ts')],
    ['what is unfinished', file('tests/a.ts', `// ${unfinished}: more`)],
    ['a focused test', file('tests/a.ts', `it.${'only'}('x', () => {});`)],
    ['a path of one machine', file('tests/a.md', `see /${'home'}/me/x`)],
    ['a clock in netstack', file('netstack/a.ts', 'const now = Date.now();')],
  ])('%s', (_, source) => {
    const readmes = ['tests', 'netstack'].map((folder) => file(`${folder}/README.md`));
    expect(tidyViolations([...readmes, source])).toHaveLength(1);
  });

  it('a folder without a README', () => {
    const found = tidyViolations([file('tests/a.ts'), file('firmware/modules/arp/index.ts')]);
    expect(found).toEqual([
      'tests/README.md:1: missing',
      'firmware/modules/arp/README.md:1: missing',
    ]);
  });

  it('nothing in data tables, however long', () => {
    const table = file('tests/a.ts', '/** Ports. A data table. */', ...long);
    expect(tidyViolations([file('tests/README.md'), table])).toEqual([]);
  });
});

describe('the trusted computing base', () => {
  it('is kernel, boot, board and what they import of netstack, and no more', () => {
    const sources = [
      file('firmware/boot/a.ts', "import { b } from '../../netstack/b.ts';", '', '// why', 'b();'),
      file('netstack/b.ts', "import { c } from './c.ts';", '/**', ' * What.', ' */', 'c();'),
      file('netstack/c.ts', 'export const c = 1;'),
      file('netstack/d.ts', 'export const d = 1;'),
      file('firmware/modules/m/index.ts', 'export const m = 1;'),
    ];
    const paths = trustedFiles(sources).map(({ path }) => path);
    expect(paths).toEqual(['firmware/boot/a.ts', 'netstack/b.ts', 'netstack/c.ts']);
    expect(trustedLines(sources).total).toBe(3);
  });

  it('is small enough to be read', () => {
    const { total } = trustedLines(files);
    expect(total).toBeGreaterThan(100);
    expect(total).toBeLessThanOrEqual(TRUSTED_LINES_MAX);
  });
});

it('the project is tidy', () => {
  expect([...importViolations(files), ...tidyViolations(files)]).toEqual([]);
});
