/**
 * Damaged captures, a sample of them here; `npm run fuzz` tries them all: each file cut at every
 * 97th byte, and 1,000 times with bytes changed.
 */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { isLong } from '../project/is-long.ts';
import { flipped, misbehaviourOf } from './fuzzed-captures.ts';
import { pcapBytes, someBytes } from './pcap-bytes.ts';
import { PcapngBytes } from './pcapng-bytes.ts';
import {
  hasSharedCaptures,
  NO_SHARED_CAPTURES,
  sharedCapture,
  sharedFacts,
} from './shared-captures.ts';

const CUT_STEP = 97;
const CUTS_SAMPLE = 6;
const FLIPS = isLong ? 1000 : 10;
/** A sample looks at the beginning of a file, where most of its structure is. */
const SAMPLE_SIZE = isLong ? Number.POSITIVE_INFINITY : 65_536;

function cutsOf(size: number): number[] {
  const all = Array.from({ length: Math.ceil(size / CUT_STEP) }, (_, index) => index * CUT_STEP);
  if (isLong) return all;
  const step = Math.max(1, Math.floor(all.length / CUTS_SAMPLE));
  return all.filter((_, index) => index % step === 0);
}

function expectNamedErrors(name: string, bytes: Uint8Array, flips: number): void {
  for (const size of cutsOf(bytes.length)) {
    expect(misbehaviourOf(bytes.subarray(0, size)), `${name} cut at ${size}`).toBeNull();
  }
  for (let seed = 1; seed <= flips; seed++) {
    expect(misbehaviourOf(flipped(bytes, seed)), `${name} flipped by ${seed}`).toBeNull();
  }
}

const facts = hasSharedCaptures ? sharedFacts() : [];
const timeout = isLong ? 3_600_000 : 60_000;

test(`damage to shared captures is a named error${hasSharedCaptures ? '' : ` (${NO_SHARED_CAPTURES})`}`, {
  timeout,
  skip: !hasSharedCaptures,
}, () => {
  for (const one of facts) {
    const bytes = readFileSync(sharedCapture(one)).subarray(0, SAMPLE_SIZE);
    if (bytes.length > 0) expectNamedErrors(one.path, bytes, FLIPS);
  }
});

test('damage to a capture with all there is in it is a named error', { timeout }, () => {
  const ng = (little: boolean) => {
    const bytes = new PcapngBytes(little);
    const options = [
      { code: 2, value: 'eth0' },
      { code: 9, value: [9] },
      { code: 13, value: [4] },
      { code: 14, value: bytes.i64(7n) },
    ];
    return Buffer.concat([
      bytes.section([{ code: 4, value: 'somebody' }]),
      bytes.face(1, 128, options),
      ...[0, 12, 108, 113, 276, 127].map((linkType) => bytes.face(linkType, 0, [])),
      ...[0, 1, 2, 3, 4, 5, 6].map((face) => {
        const notes = [
          { code: 1, value: 'a note' },
          { code: 2, value: bytes.u32(0x80) },
        ];
        return bytes.packet(someBytes(61, face), { face, units: 5n, options: notes });
      }),
      bytes.simple(someBytes(64)),
      bytes.obsolete(someBytes(60), 1, 9n),
      bytes.block(4, someBytes(40)),
    ]);
  };
  const whole = Buffer.concat([ng(true), ng(false)]);
  expect(misbehaviourOf(whole)).toBeNull();
  expectNamedErrors('pcapng', whole, isLong ? 200_000 : 800);
  const record = { seconds: 1, fraction: 1, bytes: someBytes(60) };
  for (const linkType of [0, 1, 101, 113, 276]) {
    expectNamedErrors('pcap', pcapBytes([record, record], { linkType }), isLong ? 20_000 : 100);
  }
});
