import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { violations } from '../../../firmware/report/violations.ts';
import {
  inProject,
  plantCapture,
  plantRouter,
  replayJson,
  sluice,
  temporaryFolder,
} from '../sluice.ts';

const folder = temporaryFolder();
const log = join(folder, 'sent', 'audit.jsonl');
const reportFile = join(folder, 'report.json');
const damaged = join(folder, 'damaged.jsonl');
let lines: string[];
let end: { lines: number; head: string };

beforeAll(async () => {
  const words = [plantCapture, '--config', plantRouter, '--out', join(folder, 'sent')];
  const report = await replayJson(words);
  end = report.audit;
  writeFileSync(reportFile, JSON.stringify(report));
  lines = readFileSync(log, 'utf8').trimEnd().split('\n');
});

async function verify(changed: readonly string[] | string, ...words: string[]) {
  writeFileSync(damaged, typeof changed === 'string' ? changed : `${changed.join('\n')}\n`);
  const run = await sluice('audit', 'verify', damaged, '--json', ...words);
  return { code: run.code, ...JSON.parse(run.stdout) };
}

describe('sluice audit verify', () => {
  it('accepts the log of a replay, and its end as the report has it', async () => {
    const run = await sluice('audit', 'verify', log, '--report', reportFile);
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(run.stdout).toBe(
      `sluice audit verify: ${log}\n  intact: ${end.lines} lines\n  head ${end.head}\n` +
        '  the end is as reported\n',
    );
    expect(lines).toHaveLength(end.lines);
    expect(createHash('sha256').update(lines.at(-1)!).digest('hex')).toBe(end.head);
  });

  it('finds every line that was changed, and says which', async () => {
    for (let i = 0; i < lines.length - 1; i++) {
      const changed = lines.with(i, lines[i].replace('"event"', '"Event"'));
      expect(await verify(changed)).toMatchObject({ code: 1, broken: { line: i + 1 } });
    }
  });

  it('finds every line that was removed', async () => {
    for (let i = 0; i < lines.length - 1; i++) {
      const found = await verify(lines.toSpliced(i, 1));
      expect(found).toMatchObject({ code: 1, intact: false, broken: { line: i + 1 } });
    }
  });

  it('finds a line that was put in, even one with the right number and hash', async () => {
    const prev = createHash('sha256').update(lines[3]).digest('hex');
    const forged = JSON.stringify({ seq: 4, prev, time: '1.000000000', event: 'denied' });
    expect(await verify(lines.toSpliced(4, 0, forged))).toMatchObject({
      code: 1,
      broken: { line: 6, why: expect.stringContaining('put in or moved') },
    });
    expect(await verify(lines.toSpliced(4, 0, lines[3]))).toMatchObject({ broken: { line: 5 } });
  });

  it('finds two lines that changed places', async () => {
    const swapped = lines.with(5, lines[6]).with(6, lines[5]);
    expect(await verify(swapped)).toMatchObject({ code: 1, broken: { line: 6 } });
  });

  it('shows a cut end beside the report only', async () => {
    const cut = lines.slice(0, -2);
    expect(await verify(cut)).toMatchObject({ code: 0, intact: true, isEndKnown: false });
    for (const words of [
      ['--report', reportFile],
      ['--lines', String(end.lines)],
      ['--head', end.head],
    ]) {
      expect(await verify(cut, ...words)).toMatchObject({ code: 1, isEndKnown: true });
    }
  });

  it('shows a changed last line beside the report', async () => {
    const changed = lines.with(-1, lines.at(-1)!.replace('"event"', '"Event"'));
    expect(await verify(changed)).toMatchObject({ code: 0 });
    expect(await verify(changed, '--head', end.head)).toMatchObject({
      code: 1,
      broken: { line: end.lines },
    });
  });

  it.each([
    ['nothing', ''],
    ['no line feed', '{"seq":0,"prev":"'],
    ['no JSON', 'hello\n'],
    ['null', 'null\n'],
    ['an empty line', '\n'],
    ['a line without end', 'x'.repeat(1_000_000)],
    ['bytes that are no text', '\u0000\ufffd\n'],
  ])('calls a file of %s broken and does not crash', async (_, text) => {
    expect(await verify(text)).toMatchObject({ code: 1, intact: false });
  });

  it.each([
    [
      ['audit', 'verify', join(folder, 'absent.jsonl')],
      /absent\.jsonl: it cannot be read \(ENOENT\)/,
    ],
    [['audit', 'verify', folder], /it cannot be read \(EISDIR\)/],
    [['audit', 'verify', plantRouter, '--head', 'abc'], /--head abc: a SHA-256 has 64/],
    [['audit', 'verify', plantRouter, '--lines', '-1'], /--lines must be a whole number/],
    [['audit', 'verify', plantRouter, '--report', plantRouter], /no report/],
    [['audit', 'mend', plantRouter], /verify/],
  ])('explains %j in one line, exit 2', async (words, message) => {
    const run = await sluice(...words);
    expect(run.code).toBe(2);
    expect(run.stdout).toBe('');
    expect(run.stderr).toMatch(message);
  });
});

it('docs/audit.md names every violation', () => {
  const page = readFileSync(inProject('docs', 'audit.md'), 'utf8');
  for (const { name, why, value } of violations.values()) {
    expect(page).toContain(`| \`${name}\` | ${why} | ${value} |`);
  }
});
