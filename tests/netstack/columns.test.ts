import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { buildArp } from '../../netstack/arp.ts';
import { buildPacket } from '../../netstack/build-packet.ts';
import { readColumns, windowOf } from '../../netstack/columns.ts';
import { buildEthernet } from '../../netstack/ethernet.ts';
import { buildIcmp } from '../../netstack/icmp.ts';
import { buildIpv4, type Ipv4Fields } from '../../netstack/ipv4.ts';
import { parsePacketText } from '../../netstack/packet-text.ts';
import { startingWith } from './arbitraries.ts';
import { frameOf, ipv4Fields, ipv4Frame, ipv6Frame, macs, tcpHeader } from './column-frames.ts';
import { guardedBytes } from './guarded-bytes.ts';
import { hex, NOTHING } from './wire-vector.ts';

const tag = { tpid: 0x8100, priority: 0, isDropEligible: false, id: 7 };

/** The columns that are not 0. */
function written(frame: Uint8Array): Record<string, number | bigint> {
  const entries = Object.entries(readColumns(frame).columns);
  return Object.fromEntries(entries.filter(([, value]) => value !== 0 && value !== 0n));
}

const ethernetColumns = { 'eth.dst': macs.destination, 'eth.src': macs.source };
const ipv4Columns = {
  ...ethernetColumns,
  'eth.type': 0x0800,
  'ipv4.proto': 17,
  'ipv4.ttl': 63,
  'ipv4.dscp': 46,
  'ipv4.fragment': 0x4000,
  'ipv4.src': 0x0a010014,
  'ipv4.dst': 0x0a020007,
};

describe('every column is written, and no other', () => {
  test('UDP', () => {
    const ports = { 'l4.sport': 54_321, 'l4.dport': 53 };
    expect(written(ipv4Frame({}))).toEqual({ ...ipv4Columns, 'meta.length': 44, ...ports });
  });

  test('TCP', () => {
    expect(written(ipv4Frame({ protocol: 6, payload: tcpHeader }))).toEqual({
      ...ipv4Columns,
      'meta.length': 58,
      'ipv4.proto': 6,
      'l4.sport': 4000,
      'l4.dport': 502,
      'tcp.seq': 1,
      'tcp.ack': 0x80000002,
      'tcp.flags': 0x12,
    });
  });

  test('an ICMP error with the packet it quotes', () => {
    const quoted = buildIpv4(ipv4Fields);
    const payload = buildIcmp({ type: 3, code: 4, rest: 1400, payload: quoted.subarray(0, 28) });
    expect(written(ipv4Frame({ protocol: 1, fragment: 0, payload }))).toEqual({
      ...ethernetColumns,
      'meta.length': 70,
      'eth.type': 0x0800,
      'ipv4.proto': 1,
      'ipv4.ttl': 63,
      'ipv4.dscp': 46,
      'ipv4.src': 0x0a010014,
      'ipv4.dst': 0x0a020007,
      'icmp.type': 3,
      'icmp.code': 4,
      'quoted.ipv4.src': 0x0a010014,
      'quoted.ipv4.dst': 0x0a020007,
      'quoted.ipv4.proto': 17,
      'quoted.l4.sport': 54_321,
      'quoted.l4.dport': 53,
    });
  });

  test('IPv6 with an extension header', () => {
    const extensions = [{ protocol: 0, bytes: hex('1100 010400000000') }];
    expect(written(ipv6Frame({ extensions }))).toEqual({
      ...ethernetColumns,
      'meta.length': 72,
      'eth.type': 0x86dd,
      'ipv6.next': 17,
      'ipv6.hops': 64,
      'ipv6.src': 1n << 64n,
      'ipv6.dst': 2n,
      'l4.sport': 54_321,
      'l4.dport': 53,
    });
  });

  test('another EtherType', () => {
    expect(written(frameOf(0x88cc, NOTHING))).toEqual({
      ...ethernetColumns,
      'meta.length': 14,
      'eth.type': 0x88cc,
    });
  });
});

describe('tags are taken off', () => {
  test('and the outer one is the VLAN', () => {
    const tags = [{ ...tag, tpid: 0x9100, id: 100 }, tag];
    const frame = buildEthernet({ ...macs, tags, type: 0x0800, payload: buildIpv4(ipv4Fields) });
    const read = readColumns(frame);
    expect(read).toMatchObject({ reason: null, tags: 2 });
    expect(read.columns).toMatchObject({ 'vlan.id': 100, 'eth.type': 0x0800, 'l4.dport': 53 });
  });

  test('and a frame cut inside them keeps what was read', () => {
    const tags = [tag, { ...tag, id: 9 }];
    const frame = buildEthernet({ ...macs, tags, type: 0x0800, payload: NOTHING });
    const cut = readColumns(frame.subarray(0, 21));
    expect(cut).toMatchObject({ reason: 'frame-too-short', tags: 1 });
    expect(cut.columns).toMatchObject({ ...ethernetColumns, 'vlan.id': 7, 'eth.type': 0x8100 });
    expect(written(frame.subarray(0, 13))).toEqual({ 'meta.length': 13 });
  });
});

describe('reasons', () => {
  const plain = { ...ipv4Columns, 'meta.length': 44 };

  test('a header that fails leaves no IPv4 column', () => {
    const frame = ipv4Frame({});
    frame[22] ^= 1; // the TTL: the checksum is wrong
    expect(readColumns(frame).reason).toBe('ipv4-checksum');
    const { 'eth.type': type } = ipv4Columns;
    expect(written(frame)).toEqual({ ...ethernetColumns, 'eth.type': type, 'meta.length': 44 });
  });

  test.each<[string, Partial<Ipv4Fields>]>([
    ['source-route', { options: hex('830304') }],
    ['ipv4-options', { options: hex('44010101') }],
    ['fragment', { fragment: 0x2001 }],
    ['l4-truncated', { payload: hex('d431 0035 0008 00') }],
    ['l4-truncated', { protocol: 6, payload: tcpHeader.subarray(0, 19) }],
    ['l4-truncated', { protocol: 1, payload: hex('0800 0000 0001 00') }],
    ['l4-truncated', { protocol: 132, payload: hex('0001 0002 00000003 000000') }],
  ])('%s leaves the IPv4 columns alone: case %#', (reason, changes) => {
    const frame = ipv4Frame(changes);
    expect(readColumns(frame).reason).toBe(reason);
    expect(written(frame)).toEqual({
      ...plain,
      'meta.length': frame.length,
      'ipv4.proto': changes.protocol ?? 17,
      'ipv4.fragment': changes.fragment ?? 0x4000,
    });
  });

  test('a source route is seen before a fragment, a fragment before a short header', () => {
    const short = { fragment: 0x2001, payload: hex('00') };
    expect(readColumns(ipv4Frame({ ...short, options: hex('890304') })).reason).toBe(
      'source-route',
    );
    expect(readColumns(ipv4Frame(short)).reason).toBe('fragment');
  });

  test('a first fragment goes on, a later one is marked', () => {
    expect(readColumns(ipv4Frame({ fragment: 0x2000 }))).toMatchObject({
      reason: null,
      laterFragment: false,
    });
    expect(readColumns(ipv4Frame({ fragment: 1 })).laterFragment).toBe(true);
  });

  test('IPv6 is never forwarded, and says first what is wrong with it', () => {
    const reasonOf = (frame: Uint8Array) => readColumns(frame).reason;
    const frame = ipv6Frame({});
    const otherVersion = frame.slice();
    otherVersion[14] = 0x45;
    expect(reasonOf(frame)).toBe('ipv6-not-forwarded');
    expect(reasonOf(otherVersion)).toBe('ipv6-version');
    expect(reasonOf(frame.subarray(0, 53))).toBe('ipv6-too-short');
    expect(reasonOf(frame.subarray(0, 63))).toBe('ipv6-truncated');
    expect(reasonOf(ipv6Frame({ protocol: 43, payload: hex('1101') }))).toBe('ipv6-extension');
  });

  test('IPv6 layer 4 that is cut short or of a later fragment has no columns', () => {
    const later = [{ protocol: 44, bytes: hex('1100 0009 00000001') }];
    const cut = readColumns(ipv6Frame({ payload: hex('d431 0035 00') }));
    const fragment = readColumns(ipv6Frame({ extensions: later }));
    expect(cut.columns).toMatchObject({ 'ipv6.next': 17, 'l4.sport': 0 });
    expect(fragment.columns).toMatchObject({ 'ipv6.next': 17, 'l4.sport': 0 });
    expect(fragment.laterFragment).toBe(true);
  });
});

describe('ICMP', () => {
  const icmpFrame = (type: number, payload: Uint8Array) =>
    ipv4Frame({ protocol: 1, payload: buildIcmp({ type, code: 0, rest: 0x00070001, payload }) });

  test('queries have an identifier, errors have none', () => {
    const ids = [0, 3, 8, 13, 18].map((type) => readColumns(icmpFrame(type, NOTHING)).icmpId);
    expect(ids).toEqual([7, 0, 7, 7, 7]);
  });

  test('ICMPv6 writes type and code, ICMP in IPv6 and ICMPv6 in IPv4 do not', () => {
    const payload = hex('8001 0000 00000000');
    const typeOf = (frame: Uint8Array) => readColumns(frame).columns['icmp.type'];
    expect(typeOf(ipv6Frame({ protocol: 58, payload }))).toBe(128);
    expect(typeOf(ipv6Frame({ protocol: 1, payload }))).toBe(0);
    expect(typeOf(ipv4Frame({ protocol: 58, payload }))).toBe(0);
  });

  test.each([
    ['shorter than a header', buildIpv4(ipv4Fields).subarray(0, 19), 0, 0],
    ['of another version', hex('65', '00'.repeat(27)), 0, 0],
    ['with a header too short', hex('44', '00'.repeat(27)), 0, 0],
    ['without its ports', buildIpv4(ipv4Fields).subarray(0, 23), 17, 0],
    ['that is a later fragment', buildIpv4({ ...ipv4Fields, fragment: 1 }), 17, 0],
    ['without ports at all', buildIpv4({ ...ipv4Fields, protocol: 47 }), 47, 0],
    ['that is whole', buildIpv4(ipv4Fields), 17, 53],
  ])('a quoted packet %s', (_, quoted, protocol, port) => {
    const { columns } = readColumns(icmpFrame(11, quoted));
    expect(columns).toMatchObject({
      'quoted.ipv4.proto': protocol,
      'quoted.l4.sport': port === 0 ? 0 : 54_321,
      'quoted.l4.dport': port,
    });
  });

  test('nothing is quoted by an echo', () => {
    const { columns } = readColumns(icmpFrame(8, buildIpv4(ipv4Fields)));
    expect(columns['quoted.ipv4.dst']).toBe(0);
  });
});

describe('ARP', () => {
  const body = buildArp({
    operation: 1,
    senderMac: 1,
    senderAddress: 0x0a020001,
    targetMac: 0,
    targetAddress: 0x0a020007,
  });

  test('sender and target are read where there are 28 bytes, unchecked', () => {
    const arp = { src: 0x0a020001, dst: 0x0a020007 };
    const strange = Uint8Array.from([0xff, ...body.subarray(1)]);
    expect(readColumns(frameOf(0x0806, body)).arp).toEqual(arp);
    expect(readColumns(frameOf(0x0806, strange)).arp).toEqual(arp);
    expect(readColumns(frameOf(0x0806, body.subarray(0, 27)))).toMatchObject({
      arp: null,
      reason: null,
    });
  });
});

test('no byte beyond the frame is read, whatever it says', () => {
  const error = buildIcmp({ type: 3, code: 1, rest: 0, payload: buildIpv4(ipv4Fields) });
  const frames = [
    buildPacket(parsePacketText('tcp 10.1.0.20:4000 > 10.2.0.7:502')),
    buildPacket(parsePacketText('arp who-has 10.2.0.7 tell 10.1.0.20')),
    ipv4Frame({ protocol: 1, options: hex('01830304'), payload: error }),
    ipv4Frame({ protocol: 1, payload: error }),
    ipv6Frame({ extensions: [{ protocol: 0, bytes: hex('1100 010400000000') }] }),
  ];
  const anyFrame = fc.oneof(...frames.map((frame) => startingWith(frame, 20)));
  fc.assert(
    fc.property(anyFrame, (frame) => {
      const guarded = guardedBytes(frame);
      const read = readColumns(guarded);
      windowOf(guarded, read, 'payload', 28);
      windowOf(guarded, read, 'frame', 128);
    }),
    { numRuns: 1000 },
  );
});
