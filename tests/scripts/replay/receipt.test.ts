import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { FrameDigest } from '../../../scripts/replay/frame-digest.ts';
import { Receipt } from '../../../scripts/replay/receipt.ts';

/** A record as the digest is documented, made without its code. */
function record(port: number, seconds: number, nanoseconds: number, wire: number, bytes: Buffer) {
  const header = Buffer.alloc(20);
  header.writeUInt32LE(seconds, 0);
  header.writeUInt32LE(nanoseconds, 4);
  header.writeUInt16LE(port, 8);
  header.writeUInt32LE(wire, 12);
  header.writeUInt32LE(bytes.length, 16);
  return Buffer.concat([header, bytes]);
}

describe('FrameDigest', () => {
  it('is SHA-256 over the records, however the batches fall', () => {
    const digest = new FrameDigest();
    const hash = createHash('sha256');
    for (let index = 0; index < 400; index++) {
      const size = [0, 60, 61, 62, 63, 192, 193, 1514, 65_516, 65_537, 262_144][index % 11];
      const data = Buffer.alloc(size + 10, index);
      digest.add(index % 3, index, 4_294_967_295, data, 4, 4 + size, size + 1);
      hash.update(record(index % 3, index, 4_294_967_295, size + 1, data.subarray(4, 4 + size)));
    }
    expect(digest.finish()).toBe(hash.digest('hex'));
  });
});

const subject = { firmware: 'f1', configuration: 'c1', ports: ['eth0', 'eth1'] };
const auditEnd = { lines: 1, head: 'a1' };
const frame = Buffer.from('0102030405', 'hex');

function run(receipt: Receipt, order: readonly number[] = [0, 1], audit = auditEnd): string {
  receipt.addArrived(0, 1, 2, frame, 0, 5, 5);
  for (const port of order) receipt.addSent(port, 1, 3, frame, 0, 5);
  return receipt.finish(audit);
}

const base = run(new Receipt(subject));

describe('Receipt', () => {
  it('is the same for the same run', () => {
    expect(run(new Receipt(subject))).toBe(base);
    expect(base).toMatch(/^[0-9a-f]{64}$/);
  });

  it('does not depend on which port was emptied first', () => {
    expect(run(new Receipt(subject), [1, 0])).toBe(base);
  });

  it('changes with another audit log', () => {
    expect(run(new Receipt(subject), [0, 1], { ...auditEnd, head: 'a2' })).not.toBe(base);
    expect(run(new Receipt(subject), [0, 1], { ...auditEnd, lines: 2 })).not.toBe(base);
  });

  const changes: [string, (receipt: Receipt) => void][] = [
    ['another frame in', (r) => r.addArrived(0, 1, 2, frame, 0, 5, 5)],
    ['another frame out', (r) => r.addSent(0, 1, 2, frame, 0, 5)],
  ];
  it.each(changes)('changes with %s', (_, change) => {
    const receipt = new Receipt(subject);
    change(receipt);
    expect(run(receipt)).not.toBe(base);
  });

  it.each([
    ['firmware', { ...subject, firmware: 'f2' }],
    ['configuration', { ...subject, configuration: 'c2' }],
    ['port names', { ...subject, ports: ['eth0', 'eth2'] }],
  ])('changes with other %s', (_, other) => {
    expect(run(new Receipt(other))).not.toBe(base);
  });

  const sentOnce = (port: number, seconds: number, nanoseconds: number, end: number) => {
    const receipt = new Receipt(subject);
    receipt.addSent(port, seconds, nanoseconds, frame, 0, end);
    return receipt.finish(auditEnd);
  };
  it('changes with the port, the time, and the bytes of a frame', () => {
    const all = [
      sentOnce(0, 1, 1, 5),
      sentOnce(1, 1, 1, 5),
      sentOnce(0, 2, 1, 5),
      sentOnce(0, 1, 2, 5),
      sentOnce(0, 1, 1, 4),
    ];
    expect(new Set(all).size).toBe(all.length);
  });
});
