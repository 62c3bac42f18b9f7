/** The frames of a capture as tshark understands them. */
import { join } from 'node:path';
import { parseIpv4, parseMac } from '../../netstack/address.ts';
import { joinCaptures, type Row, tsharkRows } from './tshark.ts';

const FIELDS = [
  'frame.number frame.len frame.cap_len frame.time_epoch frame.protocols eth.dst eth.src eth.type',
  'vlan.id ip.src ip.dst ip.proto ip.ttl ip.id ip.len ip.hdr_len ip.frag_offset ip.flags.mf',
  'ip.checksum.status ip.opt.type tcp.flags tcp.srcport tcp.dstport tcp.checksum.status',
  'udp.srcport udp.dstport udp.length udp.checksum.status sctp.srcport sctp.dstport',
  'sctp.checksum.status icmp.type icmp.code icmp.ident icmp.checksum.status',
  'arp.opcode arp.src.proto_ipv4 arp.dst.proto_ipv4 arp.src.hw_mac',
  'frame.coloring_rule.name',
].flatMap((line) => line.split(' '));

const L4_CHECKSUMS = ['tcp', 'udp', 'sctp', 'icmp'].map((name) => `${name}.checksum.status`);
const FORWARD = 'forward ';
const BACKWARD = 'backward ';
/** Echo, timestamp, information and address mask, both ways. */
const ICMP_QUERIES = [0, 8, 13, 14, 15, 16, 17, 18];
const ICMP_ERRORS = [3, 4, 5, 11, 12];
const IP_IN_ETHERNET = /^eth:ethertype:((?:(?:vlan|ieee8021ad):ethertype:){0,2})ip(?::|$)/;

export const CHECKSUM_BAD = 0;
export const CHECKSUM_GOOD = 1;

export interface Ports {
  readonly source: number;
  readonly destination: number;
}

export interface CapturedFrame {
  /** From 1 on, as tshark counts. */
  readonly number: number;
  readonly length: number;
  readonly isWhole: boolean;
  readonly seconds: number;
  readonly kind: 'ipv4' | 'ipv6' | 'arp' | 'other';
  readonly ethernetDestination: string;
  readonly ethernetSource: string;
  /** Bytes before the layer 3 header. */
  readonly layer3: number;
  readonly vlans: readonly string[];
  readonly source: number;
  readonly destination: number;
  readonly protocol: number;
  readonly ttl: number;
  readonly totalLength: number;
  readonly headerLength: number;
  readonly isLaterFragment: boolean;
  readonly isFragment: boolean;
  readonly headerChecksum: number;
  readonly options: readonly number[];
  readonly tcpFlags: number;
  readonly ports: Ports;
  /** Whether the layer 4 header is there. */
  readonly hasLayer4: boolean;
  readonly icmpType: number;
  /** The packet inside an ICMP error. */
  readonly quoted: {
    readonly source: number;
    readonly destination: number;
    readonly protocol: number;
    readonly ports: Ports;
  } | null;
  /** What tshark says of all layer 4 checksums of the frame, those of inner packets too. */
  readonly layer4Checksums: string;
  readonly arp: { opcode: number; sender: number; target: number; senderMac: string } | null;
  /** The first flow whose display filter matches the packet; if none does, turned round. */
  readonly flow: string | null;
  readonly reverseFlow: string | null;
}

const number = (row: Row, field: string, index = 0) => Number(row[field]?.[index] ?? 0);
const address = (row: Row, field: string, index = 0) => parseIpv4(row[field]?.[index] ?? '') ?? 0;

/**
 * Of the packet itself, or of the one inside an ICMP error: ICMP has neither ports nor identifier.
 */
function portsOf(row: Row, protocol: number, isQuoted: boolean): Ports {
  const name = { 6: 'tcp', 17: 'udp', 132: 'sctp' }[protocol];
  if (name !== undefined) {
    const source = number(row, `${name}.srcport`);
    return { source, destination: number(row, `${name}.dstport`) };
  }
  const isQuery = protocol === 1 && (isQuoted || ICMP_QUERIES.includes(number(row, 'icmp.type')));
  // Of the two readings of the identifier that tshark shows, the first is in network order.
  const identifier = isQuery ? number(row, 'icmp.ident') : 0;
  return { source: identifier, destination: identifier };
}

function hasLayer4(row: Row, protocol: number): boolean {
  const field = { 1: 'icmp.type', 6: 'tcp.flags', 17: 'udp.length', 132: 'sctp.srcport' }[protocol];
  return field === undefined || (row[field]?.length ?? 0) > 0;
}

function quotedOf(row: Row): CapturedFrame['quoted'] {
  if (!ICMP_ERRORS.includes(number(row, 'icmp.type')) || row['ip.src']?.length !== 2) {
    return null;
  }
  const protocol = number(row, 'ip.proto', 1);
  return {
    source: address(row, 'ip.src', 1),
    destination: address(row, 'ip.dst', 1),
    protocol,
    ports: portsOf(row, protocol, true),
  };
}

function arpOf(row: Row): CapturedFrame['arp'] {
  if (row['arp.opcode']?.length !== 1) return null;
  return {
    opcode: number(row, 'arp.opcode'),
    sender: address(row, 'arp.src.proto_ipv4'),
    target: address(row, 'arp.dst.proto_ipv4'),
    senderMac: row['arp.src.hw_mac']?.[0] ?? '',
  };
}

function kindOf(row: Row, isIpv4: boolean): CapturedFrame['kind'] {
  if (isIpv4) return 'ipv4';
  const protocols = row['frame.protocols']?.[0] ?? '';
  if (/^eth:ethertype:(vlan:ethertype:){0,2}ipv6(:|$)/.test(protocols)) return 'ipv6';
  return /^eth:ethertype:(vlan:ethertype:){0,2}arp(:|$)/.test(protocols) ? 'arp' : 'other';
}

function ruleOf(row: Row, direction: string): string | null {
  // Behind the number of the capture, where several are read at once.
  const rule = (row['frame.coloring_rule.name']?.[0] ?? '').replace(/^\d+ /, '');
  return rule.startsWith(direction) ? rule.slice(direction.length) : null;
}

function frameOf(row: Row): CapturedFrame {
  const ip = IP_IN_ETHERNET.exec(row['frame.protocols']?.[0] ?? '');
  const tags = ip?.[1]?.split(':ethertype:').length ?? 1;
  const protocol = number(row, 'ip.proto');
  const isLaterFragment = number(row, 'ip.frag_offset') > 0;
  return {
    number: number(row, 'frame.number'),
    length: number(row, 'frame.len'),
    isWhole: number(row, 'frame.len') === number(row, 'frame.cap_len'),
    seconds: number(row, 'frame.time_epoch'),
    kind: kindOf(row, ip !== null),
    ethernetDestination: row['eth.dst']?.[0] ?? '',
    ethernetSource: row['eth.src']?.[0] ?? '',
    layer3: 14 + 4 * (tags - 1),
    vlans: (row['vlan.id'] ?? []).slice(0, tags - 1),
    source: address(row, 'ip.src'),
    destination: address(row, 'ip.dst'),
    protocol,
    ttl: number(row, 'ip.ttl'),
    totalLength: number(row, 'ip.len'),
    headerLength: number(row, 'ip.hdr_len'),
    isLaterFragment,
    isFragment: isLaterFragment || ['1', 'True'].includes(row['ip.flags.mf']?.[0] ?? ''),
    headerChecksum: number(row, 'ip.checksum.status'),
    options: (row['ip.opt.type'] ?? []).map(Number),
    tcpFlags: number(row, 'tcp.flags') & 0xff,
    ports: portsOf(row, protocol, false),
    hasLayer4: isLaterFragment || hasLayer4(row, protocol),
    icmpType: number(row, 'icmp.type'),
    quoted: protocol === 1 ? quotedOf(row) : null,
    layer4Checksums: L4_CHECKSUMS.map((field) => row[field]?.join() ?? '').join('/'),
    arp: arpOf(row),
    flow: ruleOf(row, FORWARD),
    reverseFlow: ruleOf(row, BACKWARD),
  };
}

/** The same display filter for a packet that goes the other way. */
export function turnedRound(filter: string): string {
  return filter.replace(/\b(src|dst)/g, (word) => (word === 'src' ? 'dst' : 'src'));
}

export function isIcmpError(frame: CapturedFrame): boolean {
  return frame.protocol === 1 && ICMP_ERRORS.includes(frame.icmpType);
}

/** Whether the frame is for a group of stations (IEEE 802 §8.2.2). */
export function isGroupFrame(frame: CapturedFrame): boolean {
  return ((parseMac(frame.ethernetDestination) ?? 0) / 2 ** 40) % 2 >= 1;
}

/** A capture to be read, with the number of its frames. */
export interface Reading {
  readonly file: string;
  readonly packets: number;
  /** Display filters by the name of the flow that they open. */
  readonly flows: ReadonlyMap<string, string>;
}

/** All frames of a capture; `flows` are display filters by the name of the flow that they open. */
export async function capturedFrames(
  file: string,
  flows: ReadonlyMap<string, string>,
  folder: string,
): Promise<CapturedFrame[]> {
  const rules = rulesOf(flows, (filter) => filter);
  return Array.from(await tsharkRows(file, FIELDS, new Map(rules), folder), frameOf);
}

/** The same of many captures, in their order, by one tshark: to start it costs half a second. */
export async function framesOfCaptures(
  readings: readonly Reading[],
  folder: string,
): Promise<CapturedFrame[][]> {
  const joined = join(folder, 'joined.pcapng');
  await joinCaptures(
    readings.map(({ file }) => file),
    joined,
  );
  const rules: [string, string][] = [];
  const starts: number[] = [];
  let total = 0;
  for (const [index, { packets, flows }] of readings.entries()) {
    starts.push(total);
    const own = `frame.number > ${total} and frame.number <= ${total + packets}`;
    for (const [name, filter] of rulesOf(flows, (filter) => `${own} and (${filter})`)) {
      rules.push([`${index} ${name}`, filter]);
    }
    total += packets;
  }
  const frames = Array.from(await tsharkRows(joined, FIELDS, new Map(rules), folder), frameOf);
  if (frames.length !== total) throw new Error(`${frames.length} frames instead of ${total}`);
  return readings.map(({ packets }, index) => {
    const start = starts[index]!;
    const own = frames.slice(start, start + packets);
    return own.map((frame) => ({ ...frame, number: frame.number - start }));
  });
}

/** Colouring rules by name: each flow as it is, then, of what no flow matches, turned round. */
function rulesOf(
  flows: ReadonlyMap<string, string>,
  limit: (filter: string) => string,
): (readonly [string, string])[] {
  const forward = [...flows].map(([name, filter]) => [FORWARD + name, limit(filter)] as const);
  const back = [...flows].map(
    ([name, filter]) => [BACKWARD + name, limit(turnedRound(filter))] as const,
  );
  return [...forward, ...back];
}
