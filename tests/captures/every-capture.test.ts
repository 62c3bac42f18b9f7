/** Every shared capture through one router: nothing is lost, nothing is counted twice. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expectedEnd, sharedFacts } from '../drivers/shared-captures.ts';
import { wrongSums } from './counters.ts';
import { type Replayed, replay, tryReplay } from './replay.ts';
import { hasSharedCaptures, NO_SHARED_CAPTURES, sharedCaptureFolder } from './shared-folder.ts';

const missing = hasSharedCaptures ? '' : ` (${NO_SHARED_CAPTURES})`;
/** vitest wants at least one case, also where all are skipped. */
const facts = hasSharedCaptures ? sharedFacts() : [];
const FORWARDED_MIN = 10_000;

function through(path: string): Promise<Replayed> {
  return replay('broad', [join(sharedCaptureFolder, path)]);
}

/** Errors name a file and a byte; hints, which go to stderr as well, do not. */
function errorLines(stderr: string): string[] {
  return stderr.split('\n').filter((line) => line.includes(': byte '));
}

function withoutTimes({ report }: Replayed): unknown {
  const { seconds: _seconds, packetsPerSecond: _rate, ...rest } = report;
  return rest;
}

describe.skipIf(!hasSharedCaptures)(`every capture${missing}`, () => {
  const sound = facts.filter(({ category }) => category === 'ics' || category === 'ip');
  let transmitted = 0;

  it.each(sound.map(({ path, packets }) => [path, packets] as const))(
    '%s: all %i frames are accounted for, twice alike',
    async (path, packets) => {
      const first = await through(path);
      expect({ code: first.code, errors: errorLines(first.stderr) }).toEqual({
        code: 0,
        errors: [],
      });
      expect(first.report.received).toBe(packets);
      expect(wrongSums(first.report)).toEqual([]);
      expect(first.report.held).toBe(0);
      const second = await through(path);
      expect(withoutTimes(second)).toEqual(withoutTimes(first));
      transmitted += first.report.transmitted;
    },
  );

  it('many of their frames were forwarded: the counters were put to the test', () => {
    expect(transmitted).toBeGreaterThan(FORWARDED_MIN);
  });

  const others = facts.filter((one) => one.category === 'malformed' || one.category === 'formats');

  it.each(others.map((one) => [one.path, one] as const))(
    '%s is read to its end, or to the documented error',
    async (path, one) => {
      const { code, report, stderr } = await tryReplay('broad', [join(sharedCaptureFolder, path)]);
      const end = expectedEnd(one);
      expect(report?.received ?? 0).toBe(end.records);
      expect(report === null ? [] : wrongSums(report)).toEqual([]);
      expect(errorLines(stderr).length).toBe(end.code === null ? 0 : 1);
      expect(code).toBe(end.code === null ? 0 : 2);
    },
  );
});
