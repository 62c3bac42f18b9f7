import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { runCommandLine } from '../../scripts/command-line.ts';
import type { Host } from '../../scripts/host.ts';
import { formatDuration, Progress } from '../../scripts/progress.ts';
import { firmwareForCommands, plantCapture, plantRouter } from './sluice.ts';

let now = 0;

beforeEach(() => {
  now = 5000;
  vi.spyOn(performance, 'now').mockImplementation(() => now);
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** What a host's stderr was given. */
function watched(isTTY: boolean, environment: Host['environment'] = {}) {
  const written: string[] = [];
  const stream = { write: (text: string) => written.push(text), isTTY };
  const host: Host = {
    stdout: stream,
    stderr: stream,
    environment,
    loadFirmware: firmwareForCommands,
    log: pino({ level: 'silent' }),
  };
  return { host, written };
}

describe('progress', () => {
  it('says how many, how fast, which part is done and how long it will take', () => {
    const { host, written } = watched(true);
    const progress = new Progress(host, 'frames', () => 0.25);
    now += 2000;
    progress.show(1_000_000);
    expect(written).toEqual(['\r\u001b[K1,000,000 frames, 500,000 a second, 25 %, 6 s left']);
    progress.finish();
    expect(written.at(-1)).toBe('\r\u001b[K');
  });

  it('knows how far a replay is in its captures', { timeout: 60_000 }, async () => {
    vi.restoreAllMocks();
    let stderr = '';
    const code = await runCommandLine(
      ['replay', plantCapture, '--config', plantRouter, '--pace', '2.5x'],
      {
        stdout: { write: () => true },
        stderr: { write: (text: string) => (stderr += text), isTTY: true },
        environment: {},
        loadFirmware: firmwareForCommands,
      },
    );
    const lines = stderr.split('\r\u001b[K').filter((line) => line !== '');
    const line = /^(\d+) frames, \d+ a second, (\d+) %, (?:\d+ s left|the next in \d+ s)$/;
    const shares = lines.map((text) => {
      const [, frames, share] = line.exec(text) ?? [text];
      return { text, share: Number(share), ofFrames: (100 * Number(frames)) / 280 };
    });
    expect(code).toBe(0);
    expect(lines.length).toBeGreaterThan(0);
    // Frames differ in size, but not by much.
    for (const { text, share, ofFrames } of shares) {
      expect(Math.abs(share - ofFrames), text).toBeLessThan(10);
    }
  });

  it('leaves out what nobody knows', () => {
    const { host, written } = watched(true);
    const progress = new Progress(host, 'tests');
    now += 2000;
    progress.show(10);
    expect(written).toEqual(['\r\u001b[K10 tests, 5 a second']);
  });

  it('says how long the next one is away', () => {
    const { host, written } = watched(true);
    const progress = new Progress(host, 'frames', () => 0.5);
    now += 2000;
    progress.show(2, 61_000);
    expect(written).toEqual(['\r\u001b[K2 frames, 1 a second, 50 %, the next in 1 min 1 s']);
  });

  it('is silent for the first second, and then shows five lines a second at most', () => {
    const { host, written } = watched(true);
    const progress = new Progress(host, 'frames');
    for (let i = 0; i < 100; i++) {
      now += 10;
      if (i === 98) expect(written).toEqual([]);
      progress.show(i);
    }
    for (let i = 0; i < 100; i++) {
      now += 10;
      progress.show(i);
    }
    expect(written.length).toBe(6);
  });

  it.each([
    ['no terminal', false, {}],
    ['a CI job', true, { CI: 'true' }],
    ['a dumb terminal', true, { TERM: 'dumb' }],
  ])('writes nothing to %s', (_, isTTY, environment) => {
    const { host, written } = watched(isTTY, environment);
    const progress = new Progress(host, 'frames', () => 0.5);
    now += 60_000;
    progress.show(1);
    progress.finish();
    expect(written).toEqual([]);
  });

  it('writes times in two units at most', () => {
    const times = [0.2, 59, 60, 3600, 3661, 90_061, 86_400 * 20_000];
    expect(times.map(formatDuration)).toEqual([
      '1 s',
      '59 s',
      '1 min',
      '1 h',
      '1 h 1 min',
      '1 d 1 h',
      '20,000 d',
    ]);
  });
});
