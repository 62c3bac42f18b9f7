import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildPacket } from '../../../netstack/build-packet.ts';
import { parsePacketText } from '../../../netstack/packet-text.ts';
import { pcapBytes } from '../../drivers/pcap-bytes.ts';
import { framesOf, plantRouter, replayJson, temporaryFolder } from '../sluice.ts';

const folder = temporaryFolder();
const whole = buildPacket(parsePacketText('tcp 10.1.0.20:4000 > 10.2.0.7:502'));
const HEADERS = 14 + 20;

/** One frame that was cut behind its IPv4 header. */
function cutCapture(name: string, wireLength: number): string {
  const file = join(folder, `${name}.pcap`);
  const bytes = whole.subarray(0, HEADERS);
  writeFileSync(file, pcapBytes([{ seconds: 1, fraction: 0, bytes, wireLength }]));
  return file;
}

const words = (file: string) => [file, '--config', plantRouter];

describe('--pad-truncated', () => {
  it('fills a cut frame up with zeros, to the length that it had', async () => {
    const file = cutCapture('cut', whole.length);
    expect((await replayJson(words(file))).drops).toEqual({ 'capture-truncated': 1 });
    const padded = await replayJson([...words(file), '--pad-truncated']);
    // Ports and flags are zeros now: no flow permits port 0.
    expect(padded.drops).not.toHaveProperty('capture-truncated');
    expect(padded.received).toBe(1);
  });

  it('lets what is still there decide: the packet is carried, zeros at its end', async () => {
    const file = join(folder, 'tail.pcap');
    const long = buildPacket(parsePacketText('icmp 10.1.0.20 > 10.2.0.7'));
    const bytes = long.subarray(0, HEADERS + 8);
    const more = 40;
    const grown = Buffer.from(bytes);
    // The packet was 40 bytes longer than what is there; its header says so, and sums up.
    const before = grown.readUInt16BE(16);
    grown.writeUInt16BE(20 + 8 + more, 16);
    const sum = (grown.readUInt16BE(24) ^ 0xffff) + (20 + 8 + more) + (before ^ 0xffff);
    const folded = (sum & 0xffff) + (sum >>> 16);
    grown.writeUInt16BE(((folded & 0xffff) + (folded >>> 16)) ^ 0xffff, 24);
    const wireLength = grown.length + more;
    writeFileSync(file, pcapBytes([{ seconds: 1, fraction: 0, bytes: grown, wireLength }]));
    const out = join(folder, 'out');
    const report = await replayJson([...words(file), '--pad-truncated', '--out', out]);
    expect(report.drops).toEqual({});
    const [sent] = framesOf(join(out, 'eth0.pcapng')).slice(-1);
    expect(sent.frame.length).toBe(wireLength);
    expect([...sent.frame.subarray(-more)]).toEqual(new Array(more).fill(0));
  });

  it('leaves frames alone that no port takes in, and those that are whole', async () => {
    const long = await replayJson([...words(cutCapture('long', 9000)), '--pad-truncated']);
    expect(long.received).toBe(1);
    expect(Object.keys(long.drops)).toEqual(
      Object.keys((await replayJson(words(cutCapture('long', 9000)))).drops),
    );
    const file = join(folder, 'whole.pcap');
    writeFileSync(file, pcapBytes([{ seconds: 1, fraction: 0, bytes: whole }]));
    expect((await replayJson([...words(file), '--pad-truncated'])).drops).toEqual({});
  });

  it('is part of the receipt', async () => {
    const file = cutCapture('receipt', 9000);
    const plain = await replayJson(words(file));
    const padded = await replayJson([...words(file), '--pad-truncated']);
    expect(padded.receipt).not.toBe(plain.receipt);
    expect(await replayJson([...words(file), '--pad-truncated'])).toMatchObject({
      receipt: padded.receipt,
    });
  });
});
