import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { openCapture } from '../../drivers/capture-reader.ts';
import { PcapngWriter } from '../../drivers/pcapng-writer.ts';
import { hasProgram } from '../project/has-program.ts';
import { pcapBytes, readFile, temporaryFile, temporaryPath } from './pcap-bytes.ts';
import {
  hasSharedCaptures,
  NO_SHARED_CAPTURES,
  sharedCapture,
  sharedFacts,
} from './shared-captures.ts';

const ipv4 = Buffer.from(
  '4500001c0001000040110000' + // version, size 28, id 1, TTL 64, UDP
    '0a010014' + // from 10.1.0.20
    '0a020007' + // to 10.2.0.7
    '0fa00035000800ff', // ports 4000 > 53, length 8
  'hex',
);
const ipv6 = Buffer.from(
  `6000000000003b40${'20010db8000000000000000000000001'}${'20010db8000000000000000000000abc'}`,
  'hex',
);
const IPV4_ADDRESSES = '02000a020007' + '02000a010014';
const IPV6_ADDRESSES = '020000000abc' + '020000000001';

/** The frame that is made of one record, in hex, as "header packet". */
function made(linkType: number, record: Buffer): string {
  const file = temporaryFile(pcapBytes([{ seconds: 1, fraction: 0, bytes: record }], { linkType }));
  const source = openCapture(file);
  expect(source.next()).toBe(true);
  const raw = source.raw.slice(source.rawStart, source.rawEnd);
  expect(Buffer.compare(raw, record), 'the record itself is untouched').toBe(0);
  expect(source.rawWireLength).toBe(record.length);
  expect(source.wireLength).toBe(source.end - source.start);
  const hex = Buffer.from(source.data.subarray(source.start, source.end)).toString('hex');
  source.close();
  return `${hex.slice(0, 28)} ${hex.slice(28)}`;
}

const asIpv4 = `${IPV4_ADDRESSES}0800 ${ipv4.toString('hex')}`;
const asIpv6 = `${IPV6_ADDRESSES}86dd ${ipv6.toString('hex')}`;

test.each([12, 14, 101])('raw IP %i: the version says what it is', (linkType) => {
  expect(made(linkType, ipv4)).toBe(asIpv4);
  expect(made(linkType, ipv6)).toBe(asIpv6);
});

test('raw IPv4 and raw IPv6 have their own link types', () => {
  expect(made(228, ipv4)).toBe(asIpv4);
  expect(made(229, ipv6)).toBe(asIpv6);
});

test.each([0, 108])('null and loopback %i: the family in either byte order', (linkType) => {
  for (const family of ['00000002', '02000000']) {
    expect(made(linkType, Buffer.concat([Buffer.from(family, 'hex'), ipv4]))).toBe(asIpv4);
  }
  for (const family of ['0000001e', '1e000000', '18000000', '1c000000', '0000000a', '17000000']) {
    expect(made(linkType, Buffer.concat([Buffer.from(family, 'hex'), ipv6]))).toBe(asIpv6);
  }
  const unknown = made(linkType, Buffer.concat([Buffer.from('00000007', 'hex'), ipv4]));
  expect(unknown.slice(24, 28)).toBe('ffff');
});

test('Linux SLL: the protocol is the EtherType, the address the sender’s', () => {
  const sll = (address: string, protocol: string) =>
    Buffer.concat([Buffer.from(`00000001${address}0000${protocol}`, 'hex'), ipv4]);
  const source = 'b827eb000001';
  expect(made(113, sll(`0006${source}`, '0800'))).toBe(asIpv4.replace('02000a010014', source));
  expect(made(113, sll('0006000000000000', '0800'))).toBe(asIpv4);
  expect(made(113, sll('0006ffffffffffff', '0800'))).toBe(asIpv4);
  expect(made(113, sll(`0000${source}`, '0800'))).toBe(asIpv4);
  // 802.2 and what else Linux counts for itself: a frame of IEEE 802.3 with its length.
  expect(made(113, sll(`0006${source}`, '0004')).slice(24, 28)).toBe('001c');
});

test('Linux SLL2: the same, in another order', () => {
  const header = '0800' + '0000' + '00000002' + '0001' + '00' + '06' + 'b827eb0000010000';
  const record = Buffer.concat([Buffer.from(header, 'hex'), ipv4]);
  expect(made(276, record)).toBe(asIpv4.replace('02000a010014', 'b827eb000001'));
});

test('frames to groups and to all go to their addresses', () => {
  const to = (address: string) => {
    const packet = Buffer.from(ipv4);
    packet.write(address, 16, 'hex');
    return made(101, packet).slice(0, 12);
  };
  expect(to('e00000fb')).toBe('01005e0000fb');
  expect(to('efff0203')).toBe('01005e7f0203');
  expect(to('ffffffff')).toBe('ffffffffffff');
  const group = Buffer.from(ipv6);
  group.write('ff0200000000000000000001ff000abc', 24, 'hex');
  expect(made(101, group).slice(0, 12)).toBe('3333ff000abc');
});

test('records that are cut within their header count, with the length that they had', () => {
  const cut = { seconds: 1, fraction: 0, bytes: ipv4.subarray(0, 10), wireLength: 44 };
  for (const [linkType, wireLength] of [
    [113, 42],
    [276, 38],
  ]) {
    const { records } = readFile(temporaryFile(pcapBytes([cut], { linkType })));
    expect(records).toMatchObject([{ bytes: new Uint8Array(0), wireLength }]);
  }
  for (const linkType of [0, 101, 108, 113, 228, 229, 276]) {
    const empty = { seconds: 1, fraction: 0, bytes: new Uint8Array(0) };
    expect(readFile(temporaryFile(pcapBytes([empty], { linkType }))).records.length).toBe(1);
  }
});

test('tshark finds the same packets in made frames', { timeout: 90_000 }, ({ skip }) => {
  if (!hasSharedCaptures) skip(NO_SHARED_CAPTURES);
  for (const program of ['tshark', 'mergecap']) {
    if (!hasProgram(program)) skip(`${program} is not installed`);
  }
  const names = /null_loopback|raw_ip|sll2|tcp-handshake-nano/;
  const captures = sharedFacts().filter(({ path }) => names.test(path));
  expect(captures.length).toBe(4);
  const files = captures.map((facts) => {
    const file = temporaryPath();
    const writer = new PcapngWriter(file, {
      nanosecond: true,
      interfaces: [{ name: null, mac: null, linkType: 1 }],
    });
    const source = openCapture(sharedCapture(facts));
    while (source.next()) {
      const { data, start, end, seconds, nanoseconds } = source;
      writer.write(data, start, end, seconds, nanoseconds);
    }
    writer.close();
    source.close();
    return file;
  });
  expect(packets(files)).toBe(packets(captures.map(sharedCapture)));
});

/** What one tshark says of the packets of all files, from the network layer up. */
function packets(files: readonly string[]): string {
  const file = temporaryPath();
  execFileSync('mergecap', ['-a', '-w', file, ...files], { stdio: 'ignore' });
  const fields = ['frame.time_epoch', 'ip.src', 'ip.dst', 'ip.checksum', 'ipv6.src', 'ipv6.dst'];
  const more = ['ip.len', 'tcp.seq_raw', 'tcp.srcport', 'udp.dstport', 'icmp.seq', 'dns.id'];
  const args = [...fields, ...more].flatMap((field) => ['-e', field]);
  return execFileSync('tshark', ['-n', '-r', file, '-T', 'fields', ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}
