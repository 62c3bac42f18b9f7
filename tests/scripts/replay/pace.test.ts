import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { parsePace } from '../../../scripts/replay/pace.ts';
import { framesOf, plantCapture, plantRouter, replayJson, sluice, timeless } from '../sluice.ts';

const WORDS = [plantCapture, '--config', plantRouter];

/** Seconds from the first frame of the example capture to the last. */
function captureSeconds(): number {
  const times = framesOf(plantCapture).map(
    ({ seconds, nanoseconds }) => seconds + nanoseconds / 1e9,
  );
  return Math.max(...times) - times[0];
}

describe('replay --pace', () => {
  it('takes the time of the capture, and changes nothing else', async () => {
    const paced = await replayJson([...WORDS, '--pace', '10x']);
    expect(paced.seconds).toBeGreaterThan(captureSeconds() / 10);
    expect(paced.seconds).toBeLessThan(captureSeconds() / 10 + 2);
    expect(timeless(paced)).toEqual(timeless(await replayJson(WORDS)));
  });

  it('ends with the report of what was fed when somebody interrupts it', async () => {
    const run = sluice('replay', ...WORDS, '--pace', '0.01x', '--json');
    await sleep(500);
    process.emit('SIGINT', 'SIGINT');
    const { code, stdout, stderr } = await run;
    expect([code, stderr]).toEqual([0, '']);
    const { received } = JSON.parse(stdout);
    expect(received).toBeGreaterThan(0);
    expect(received).toBeLessThan(framesOf(plantCapture).length);
  });

  it('knows real time and multiples of it', () => {
    expect(['real', '2x', '0.5x', '1x'].map(parsePace)).toEqual([1, 2, 0.5, 1]);
  });

  it.each(['0x', '0.0x', 'x', '2', '-1x', '1e3x', 'real ', 'Infinityx', '9999999x', '1.x'])(
    'refuses %j',
    (text) => {
      expect(() => parsePace(text)).toThrow('--pace cannot be');
    },
  );
});
