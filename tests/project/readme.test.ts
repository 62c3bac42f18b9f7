import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findProjectRoot } from '../../scripts/toolchain/project-root.ts';

const root = findProjectRoot();
const readme = readFileSync(join(root, 'README.md'), 'utf8');

/** What stands in the README's first console block, below the command. */
function shown(): string[] {
  const block = /```console\n\$ (.*)\n([\s\S]*?)```/.exec(readme);
  expect(block?.[1]).toBe('npm start');
  return (block?.[2] ?? '').split('\n').filter((line) => line.trim() !== '');
}

/** It may have to build first, while others work. */
const START_MS_MAX = 120_000;

describe('the README', () => {
  it('shows what npm start prints, line by line and in this order', {
    timeout: START_MS_MAX,
  }, () => {
    const printed = execFileSync('node', [join(root, 'scripts/start.mjs')], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).split('\n');
    const lines = shown();
    expect(lines.length).toBeGreaterThan(10);
    let at = 0;
    for (const line of lines) {
      const found = printed.indexOf(line, at);
      expect(found, `"${line}" is printed after line ${at}`).toBeGreaterThanOrEqual(at);
      at = found + 1;
    }
  });

  it('names only files that are there', () => {
    const links = [...readme.matchAll(/\]\(([^)#]+)\)/g)].map(([, path]) => path as string);
    expect(links.length).toBeGreaterThan(5);
    for (const path of links) {
      expect(() => readFileSync(join(root, path)), path).not.toThrow(/ENOENT/);
    }
  });
});
