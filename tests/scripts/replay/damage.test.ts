import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { imbalance } from '../../../scripts/report/report.ts';
import { plantCapture, plantRouter, replayJson, sluice, temporaryFolder } from '../sluice.ts';

const folder = temporaryFolder();
const whole = readFileSync(plantCapture);
mkdirSync(join(folder, 'folder'));

function fileOf(name: string, bytes: Uint8Array): string {
  writeFileSync(join(folder, name), bytes);
  return name;
}

/** The example with the captured length of its second record changed. */
function withLength(length: number): Uint8Array {
  const bytes = Buffer.from(whole);
  bytes.writeUInt32LE(length, 24 + 16 + bytes.readUInt32LE(24 + 8) + 8);
  return bytes;
}

const second = 24 + 16 + whole.readUInt32LE(24 + 8);
const UNREADABLE: [string, string, string][] = [
  ['a missing file', 'nowhere.pcap', 'byte 0: there is no such file'],
  ['a folder', 'folder', 'byte 0: the file cannot be read (EISDIR)'],
  ['an empty file', fileOf('empty', new Uint8Array(0)), 'byte 0: the file is empty'],
  ['a text', fileOf('text', Buffer.from('hello, world, this is no capture')), 'byte 0: '],
  ['half a file header', fileOf('header', whole.subarray(0, 20)), 'byte 20: the file ends'],
];
const DAMAGED: [string, string, string][] = [
  ['half a record', fileOf('half', whole.subarray(0, second + 20)), `byte ${second}: the file`],
  ['a huge length', fileOf('huge', withLength(0xffff_fff0)), `byte ${second}: a record of`],
];

describe('a capture that is damaged', () => {
  async function replayed(name: string, what: string, ...words: string[]): Promise<string> {
    const file = join(folder, name);
    const run = await sluice('replay', file, '--config', plantRouter, '--json', ...words);
    expect(run.code).toBe(2);
    const lines = run.stderr.trimEnd().split('\n');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(`sluice: ${file}: ${what}`);
    return run.stdout;
  }

  it.each(DAMAGED)('(%s) is one line with the offset, and what was read', async (_, name, what) => {
    const report = JSON.parse(await replayed(name, what));
    expect(report.received).toBe(1);
    expect(imbalance(report)).toBe(0);
  });

  it.each(UNREADABLE)('(%s) is one line, no report, and nothing written', async (_, name, what) => {
    const out = join(folder, 'out');
    expect(await replayed(name, what, '--out', out, '--html', `${out}.html`)).toBe('');
    expect([existsSync(out), existsSync(`${out}.html`)]).toEqual([false, false]);
  });

  it('keeps no other capture from being replayed', async () => {
    const files = [join(folder, 'nowhere.pcap'), plantCapture, join(folder, 'half')];
    const run = await sluice('replay', ...files, '--config', plantRouter);
    expect(run.code).toBe(2);
    expect(run.stderr.trimEnd().split('\n')).toHaveLength(2);
    expect(run.stdout).toContain('281 frames in');
  });

  it('is no mistake where there are simply no frames', async () => {
    const file = join(folder, fileOf('none', whole.subarray(0, 24)));
    const report = await replayJson([file, '--config', plantRouter]);
    expect(report).toMatchObject({ received: 0, transmitted: 0, drops: {}, packetsPerSecond: 0 });
  });

  it('replays a capture from its byte 1,000 on without a crash, whatever is there', async () => {
    for (let seed = 1; seed <= 20; seed++) {
      const bytes = Buffer.from(whole);
      // A linear congruential generator: the same damage every time.
      for (let at = 0, state = seed; at < 40; at++) {
        state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
        bytes[1000 + (state % (bytes.length - 1000))] = state & 255;
      }
      const file = join(folder, fileOf(`damaged-${seed}`, bytes));
      const run = await sluice('replay', file, '--config', plantRouter, '--json');
      expect([0, 2]).toContain(run.code);
      expect(imbalance(JSON.parse(run.stdout))).toBe(0);
    }
  });
});
