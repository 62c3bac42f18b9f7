import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { findProjectRoot } from '../../scripts/toolchain/project-root.ts';
import { hasProgram } from '../project/has-program.ts';

const root = findProjectRoot();
const PAGES = ['plant-engineers.md', 'operators.md'];
const COMMAND_MS = 120_000;

/** One command of a page, and what the page shows of its output. */
interface Shown {
  readonly command: string;
  readonly lines: readonly string[];
}

function commandsOf(page: string): Shown[] {
  const text = readFileSync(join(root, 'docs', page), 'utf8');
  const blocks = [...text.matchAll(/```console\n([\s\S]*?)```/g)].map(([, block]) => block ?? '');
  return blocks.flatMap((block) =>
    block
      .split(/^\$ /m)
      .slice(1)
      .map((part) => {
        const [command = '', ...lines] = part.trimEnd().split('\n');
        return { command, lines: lines.filter((line) => line !== '' && line !== '…') };
      }),
  );
}

/** Without the time that a run took, and without what follows from the firmware's digest. */
function timeless(line: string): string {
  return line.replace(/(frames in) .*/, '$1 …').replace(/[0-9a-f]{64}/, '…');
}

const folder = mkdtempSync(join(tmpdir(), 'sluice-docs-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
symlinkSync(join(root, 'config'), join(folder, 'config'));
cpSync(join(root, 'config', 'captures', 'flat.pcap'), join(folder, 'flat.pcap'));

const hasTshark = hasProgram('tshark');

/** Lines on stdout and stderr, as a shell shows them. */
function run(command: string): string[] {
  const sluice = `"${process.execPath}" "${join(root, 'scripts', 'sluice.mjs')}" `;
  const script = `${command.replace(/^sluice /, sluice)} 2>&1`;
  const redirected = / > \S+$/.test(command) ? script.replace(' 2>&1', '') : script;
  const result = spawnSync('sh', ['-c', redirected], { cwd: folder, encoding: 'utf8' });
  expect(result.status, `${command}: ${result.stderr}`).toBe(0);
  return `${result.stdout}${result.stderr}`.split('\n').map(timeless);
}

describe.each(PAGES)('docs/%s shows what is printed by', (page) => {
  for (const { command, lines } of commandsOf(page)) {
    const isSkipped = command.startsWith('tshark') && !hasTshark;
    const name = isSkipped ? `${command} (there is no tshark)` : command;
    it.skipIf(isSkipped)(name, { timeout: COMMAND_MS }, () => {
      expect(command).toMatch(/^(sluice|tshark) /);
      const printed = run(command);
      let at = 0;
      for (const line of lines.map(timeless)) {
        const found = printed.indexOf(line, at);
        expect(found, `"${line}" is printed after line ${at}`).toBeGreaterThanOrEqual(at);
        at = found + 1;
      }
    });
  }
});

it('the pages show commands', () => {
  expect(PAGES.flatMap(commandsOf).length).toBeGreaterThan(5);
});

it("the module authors' page shows a manifest as it is", () => {
  const page = readFileSync(join(root, 'docs', 'module-authors.md'), 'utf8');
  const manifest = readFileSync(join(root, 'firmware/modules/route/manifest.yaml'), 'utf8');
  expect(page, 'copy the manifest into the page').toContain(`\`\`\`yaml\n${manifest}\`\`\``);
});

describe('links lead to files that are there', () => {
  const pages = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'));
  const paths = [...pages.map((name) => `docs/${name}`), 'SECURITY.md', 'CONTRIBUTING.md'];
  it.each(paths)('%s', (path) => {
    const text = readFileSync(join(root, path), 'utf8');
    for (const [, link = ''] of text.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)) {
      expect(existsSync(join(root, dirname(path), link)), link).toBe(true);
    }
  });
});
