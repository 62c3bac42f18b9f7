import { describe, expect, it } from 'vitest';
import { readColumns } from '../../netstack/columns.ts';
import { compileMatch } from '../../netstack/match/compile.ts';
import { MatchError, parseMatch } from '../../netstack/match/parse.ts';
import { pointOf } from '../../netstack/match/point.ts';
import { bindings } from './arbitraries.ts';
import { libpcapFilter, tcpdumpMissing } from './tcpdump.ts';

function sluice(text: string, frame: Uint8Array): boolean {
  return compileMatch(parseMatch(text), bindings)(pointOf(readColumns(frame), 0));
}

function bytes(...parts: string[]): Uint8Array {
  return Uint8Array.from(Buffer.from(parts.join('').replaceAll(' ', ''), 'hex'));
}

const MACS = '0202 0000 0001 0202 0000 0002';
const IPV4_TCP = [
  '4500 0028 0000 0000 4006 66ce', // 20 + 20 bytes, TTL 64, TCP, checksum
  '0a00 0001 0a00 0002', // 10.0.0.1 to 10.0.0.2
  '0050 01bb 0000 0000 0000 0000 5002 0000 0000 0000', // 80 to 443, SYN
];
const IPV6_TCP_BEHIND_OPTIONS = [
  '6000 0000 001c 0040', // payload 8 + 20, next header hop-by-hop options
  `fe80${'00'.repeat(13)}01 fe80${'00'.repeat(13)}02`,
  '0600 0104 0000 0000', // next header TCP, PadN
  '0050 01bb 0000 0000 0000 0000 5002 0000 0000 0000',
];

const tagged = bytes(MACS, '8100 0064 0800', ...IPV4_TCP);
const priorityTagged = bytes(MACS, '8100 e000 0800', ...IPV4_TCP);
const doubleTagged = bytes(MACS, '88a8 0064 8100 00c8 0800', ...IPV4_TCP);
const extended = bytes(MACS, '86dd', ...IPV6_TCP_BEHIND_OPTIONS);
const cutArp = bytes(MACS, '0806', '0001 0800 0604 0001');
const rarp = bytes(
  `${MACS} 8035 0001 0800 0604 0003`, // RARP request
  '0202 0000 0002 0a00 0001', // sender
  '0202 0000 0002 0a00 0002', // target
);
const snap = bytes(MACS, '0016', 'aaaa 03 080007 809b', '00'.repeat(40)); // AppleTalk

/** What it shows, match, frame, Sluice's answer; libpcap's is the other one. */
const DIFFERENT: [string, string, Uint8Array, boolean][] = [
  ['a VLAN tag is taken off first', 'tcp', tagged, true],
  ['a VLAN tag is taken off before addresses', 'src host 10.0.0.1', tagged, true],
  ['two VLAN tags are taken off', 'dst port 443', doubleTagged, true],
  ['the EtherType is that behind the tags', 'ether proto 0x8100', tagged, false],
  ['extension headers are walked to the protocol', 'tcp', extended, true],
  ['extension headers are walked to the ports', 'tcp dst port 443', extended, true],
  ['the protocol is not an extension header', 'ip6 proto 0', extended, false],
  ['what is cut short reads 0', 'not host 10.0.0.1', cutArp, true],
  ['RARP addresses are not read', 'rarp host 10.0.0.1', rarp, false],
  ['802.2 headers are not read', 'ether proto 0x809b', snap, false],
];

describe.skipIf(tcpdumpMissing !== null)(`unlike libpcap ${tcpdumpMissing ?? ''}`, () => {
  it.each(DIFFERENT)('%s: %s', (_, text, frame, answer) => {
    expect(sluice(text, frame)).toBe(answer);
    expect(libpcapFilter(text)!(frame)).toBe(!answer);
  });

  it.each([
    ...['10.0.0.1', 'net 10/8', 'ip proto tcp', 'tcp or 10.0.0.1', 'zone plant'],
    'to-router',
  ])('accepts %s', (text) => {
    expect(parseMatch(text)).toBeDefined();
    expect(libpcapFilter(text)).toBeNull();
  });

  it.each([
    ...['host localhost', 'port http', 'host 10.1', 'net 0', 'port 010', 'portrange 9-5'],
    ...['ip proto 256', 'ether proto 5', 'ether host 2:0:0:0:0:1', 'less 64', 'ether broadcast'],
    ...['ip multicast', 'ip protochain 6', 'carp', 'ip[0] = 0x45', 'mpls', 'vlan 100'],
  ])('refuses %s', (text) => {
    expect(() => parseMatch(text)).toThrow(MatchError);
    expect(libpcapFilter(text)).not.toBeNull();
  });
});

describe('vlan', () => {
  it('matches every frame that came with a tag, a priority tag too', () => {
    for (const frame of [tagged, priorityTagged, doubleTagged]) {
      expect(sluice('vlan', frame)).toBe(true);
      expect(sluice('vlan and tcp', frame)).toBe(true);
    }
    expect(sluice('vlan', bytes(MACS, '0800', ...IPV4_TCP))).toBe(false);
  });

  it.skipIf(tcpdumpMissing !== null)(
    `changes nothing for the words after it, as it does in libpcap ${tcpdumpMissing ?? ''}`,
    () => {
      const untagged = bytes(MACS, '0800', ...IPV4_TCP);
      expect(sluice('vlan or tcp', untagged)).toBe(true);
      expect(libpcapFilter('vlan or tcp')!(untagged)).toBe(false);
    },
  );
});

describe('to-router', () => {
  it('matches IPv4 to, and ARP for, an address of the router', () => {
    const at = { ...pointOf(readColumns(bytes(MACS, '0800', ...IPV4_TCP)), 0), dst: 0x0a010001 };
    const toRouter = compileMatch(parseMatch('to-router'), bindings);
    expect(toRouter(at)).toBe(true);
    expect(toRouter({ ...at, etherType: 0x0806 })).toBe(true);
    expect(toRouter({ ...at, etherType: 0x8035 })).toBe(false);
    expect(toRouter({ ...at, dst: 0x0a010002 })).toBe(false);
  });
});

describe('zone', () => {
  it('matches what came in by one of its ports', () => {
    const frame = readColumns(bytes(MACS, '0800', ...IPV4_TCP));
    const inOffice = compileMatch(parseMatch('zone office'), bindings);
    expect([0, 1, 2, 3].map((port) => inOffice(pointOf(frame, port)))).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });
});
