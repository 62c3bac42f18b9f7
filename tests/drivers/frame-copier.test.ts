import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FrameCopier } from '../../drivers/frame-copier.ts';
import { someBytes } from './pcap-bytes.ts';

test('copies exactly the bytes asked for, at any alignment, and touches no others', () => {
  // A source within a larger buffer, so that a forgotten offset shows.
  const sources = [1, 2, 3].map((seed) => new Uint8Array(someBytes(5000, seed).buffer, 3, 4900));
  const target = new Uint8Array(4000);
  const copier = new FrameCopier(target);
  const place = fc.tuple(fc.nat(2), fc.nat(2000), fc.nat(1600), fc.nat(2000));
  const promise = fc.property(place, ([which, start, length, at]) => {
    target.fill(0xee);
    const source = sources[which]!;
    copier.copy(source, start, start + length, at);
    const expected = new Uint8Array(4000).fill(0xee);
    expected.set(source.slice(start, start + length), at);
    expect(Buffer.compare(target, expected)).toBe(0);
  });
  fc.assert(promise, { seed: 3, numRuns: 1000 });
});
