import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { formatMac, macOfIpv4, parseIpv4 } from '../../../netstack/address.ts';
import { hasProgram } from '../../project/has-program.ts';
import { plantCapture, plantRouter, replayJson, temporaryFolder } from '../sluice.ts';

const FIELDS = [
  'ip.id',
  'ip.src',
  'ip.dst',
  'ip.ttl',
  'eth.src',
  'eth.dst',
  'ip.checksum.status',
  'tcp.checksum.status',
  'udp.checksum.status',
  'icmp.checksum.status',
];
/** tshark's words for a checksum that it found to be right. */
const GOOD = '1';
const ROUTER = ['10.2.0.1', '10.1.0.1', '203.0.113.2'];
const folder = temporaryFolder();

/** The IPv4 frames of a capture, as tshark sees them: the outermost header. */
function ipv4Frames(file: string): Record<string, string>[] {
  const options = ['ip', 'tcp', 'udp'].flatMap((name) => ['-o', `${name}.check_checksum:TRUE`]);
  const fields = FIELDS.flatMap((field) => ['-e', field]);
  const output = execFileSync(
    'tshark',
    ['-n', '-r', file, ...options, '-Y', 'ip', '-T', 'fields', '-E', 'occurrence=f', ...fields],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
  );
  const lines = output.split('\n').slice(0, -1);
  return lines.map((line) =>
    Object.fromEntries(line.split('\t').map((value, column) => [FIELDS[column]!, value])),
  );
}

const keyOf = (frame: Record<string, string>) =>
  ['ip.id', 'ip.src', 'ip.dst'].map((field) => frame[field]).join(' ');

it('sends what came in with one hop less, good checksums and the right MACs', async ({ skip }) => {
  if (!hasProgram('tshark')) skip('tshark is not installed');
  await replayJson([plantCapture, '--config', plantRouter, '--out', folder]);
  const arrived = new Map(ipv4Frames(plantCapture).map((frame) => [keyOf(frame), frame]));
  let forwarded = 0;
  for (const port of [0, 1, 2]) {
    for (const frame of ipv4Frames(join(folder, `eth${port}.pcap`))) {
      const nextHop = port === 2 ? '203.0.113.1' : frame['ip.dst']!;
      expect(frame['eth.src']).toBe(`02:53:4c:00:00:0${port + 1}`);
      expect(frame['eth.dst']).toBe(formatMac(macOfIpv4(parseIpv4(nextHop)!)));
      const checksums = FIELDS.filter((field) => field.endsWith('checksum.status'));
      for (const field of checksums) expect([GOOD, '']).toContain(frame[field]);
      expect(frame['ip.checksum.status']).toBe(GOOD);
      if (ROUTER.includes(frame['ip.src']!)) continue;
      forwarded++;
      expect(Number(frame['ip.ttl'])).toBe(Number(arrived.get(keyOf(frame))!['ip.ttl']) - 1);
    }
  }
  // Both ways: 4 polls, 4 echoes, 4 names, 4 clocks.
  expect(forwarded).toBe(4 * 51 + 8 + 8 + 8);
});
