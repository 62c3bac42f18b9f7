/**
 * Somebody else's exercises for a router, with their answers: which header checksums hold, and the
 * packets after one hop. Comparable packet by packet: the answers hold each to the end of its
 * frame, and the router to the end of the packet, since what lies behind it does not leave. Not
 * comparable is only what the exercises do not have: Ethernet addresses, VLAN tag, and next hop.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pcapFrames } from './pcap-bytes.ts';
import { replay, withFolder } from './replay.ts';
import { sharedForwardingFolder } from './shared-folder.ts';

const isThere = existsSync(sharedForwardingFolder);
const missing = isThere ? '' : ' (the shared exercises are not beside the project)';
/** An Ethernet header; the tag of the exercises does not leave. */
const LAYER3 = 14;

/** The packet alone, without what lies behind it. */
function packetOf(bytes: Buffer): string {
  return bytes.subarray(0, bytes.readUInt16BE(2)).toString('hex');
}

function answers(name: string): string[] {
  return readFileSync(join(sharedForwardingFolder, name), 'utf8').trim().split('\n');
}

async function forwarded(name: string): Promise<string[]> {
  return withFolder(async (folder) => {
    const input = join(sharedForwardingFolder, name);
    const { code } = await replay('router-lab', [input, '--out', folder]);
    expect(code).toBe(0);
    const frames = pcapFrames(join(folder, 'eth1.pcap'));
    return frames
      .filter((frame) => frame.readUInt16BE(12) === 0x0800)
      .map((frame) => packetOf(frame.subarray(LAYER3)));
  });
}

describe.skipIf(!isThere)(`Router-Lab's exercises${missing}`, () => {
  it.each([1, 2])('forwarding %i: the router sends the packets of the answer', async (n) => {
    expect(await forwarded(`forwarding/forwarding_input${n}.pcap`)).toEqual(
      answers(`forwarding/forwarding_output${n}.out`).map((line) =>
        packetOf(Buffer.from(line, 'hex')),
      ),
    );
  });

  it.each([1, 2])('checksum %i: the router drops what the answer calls wrong', async (n) => {
    const input = join(sharedForwardingFolder, `checksum/checksum_input${n}.pcap`);
    const expected = answers(`checksum/checksum_output${n}.out`);
    const { report } = await replay('router-lab', [input]);
    const wrong = expected.filter((answer) => answer === 'No').length;
    expect(report.received).toBe(expected.length);
    expect(report.drops).toEqual(wrong === 0 ? {} : { 'ipv4-checksum': wrong });
    expect(report.transmitted - report.originated).toBe(expected.length - wrong);
  });
});
