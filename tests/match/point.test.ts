import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readColumns } from '../../netstack/columns.ts';
import { pointOf } from '../../netstack/match/point.ts';
import { frame } from './arbitraries.ts';
import { captureFrames, captureNames, capturesMissing } from './captures.ts';
import { framePoint } from './frame-point.ts';

/** Reasons after which the fields of a point have all been read. */
const READ_WHOLE = [null, 'fragment', 'ipv6-not-forwarded'];

it('is a pure function of the frame and the port', () => {
  const property = fc.property(frame, fc.nat(31), (bytes, ingress) => {
    const point = pointOf(readColumns(bytes), ingress);
    expect(point.ingress).toBe(ingress);
    expect(point).toEqual(pointOf(readColumns(bytes.slice()), ingress));
  });
  fc.assert(property, { seed: 23 });
});

it.skipIf(capturesMissing !== null)(
  `of every captured frame that parses is what a second reader finds ${capturesMissing ?? ''}`,
  () => {
    let compared = 0;
    for (const bytes of captureNames().flatMap(captureFrames)) {
      const read = readColumns(bytes);
      const expected = framePoint(bytes);
      // RARP addresses are not among the columns.
      if (expected === null || !READ_WHOLE.includes(read.reason)) continue;
      if (expected.etherType === 0x8035) continue;
      expect(pointOf(read, 0)).toEqual(expected);
      compared++;
    }
    expect(compared).toBeGreaterThan(10_000);
  },
  60_000,
);
