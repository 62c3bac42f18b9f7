/**
 * Somebody else's exercises for a router, with their answers: which header checksums hold, and the
 * packets after one hop. Comparable frame by frame: the answers hold each packet to the end of its
 * frame, and the router too sends what follows a packet in its frame on as it was. Not comparable
 * is only what the exercises do not have: Ethernet addresses, the VLAN tag, and the next hop.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pcapFrames } from './pcap-bytes.ts';
import { replay, withFolder } from './replay.ts';
import { sharedForwardingFolder } from './shared-folder.ts';

const isThere = existsSync(sharedForwardingFolder);
const missing = isThere ? '' : ' (the shared exercises are not beside the project)';
/** An Ethernet header and one VLAN tag. */
const LAYER3 = 18;

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
      .filter((frame) => frame.readUInt16BE(12) === 0x8100)
      .map((frame) => frame.subarray(LAYER3).toString('hex'));
  });
}

describe.skipIf(!isThere)(`Router-Lab's exercises${missing}`, () => {
  it.each([1, 2])('forwarding %i: the router sends the packets of the answer', async (n) => {
    expect(await forwarded(`forwarding/forwarding_input${n}.pcap`)).toEqual(
      answers(`forwarding/forwarding_output${n}.out`),
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
