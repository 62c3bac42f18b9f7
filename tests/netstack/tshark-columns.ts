/** What tshark finds in a capture's frames, in the words of our columns. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { parseIpv4, parseMac } from '../../netstack/address.ts';
import { parseIpv6 } from '../../netstack/address6.ts';
import { folderOfRun } from '../project/run-folder.ts';

const FIELDS = [
  'frame.len eth.dst eth.src eth.type eth.len vlan.id vlan.etype vlan.len',
  'ip.version ip.proto ip.ttl ip.dsfield.dscp ip.flags ip.frag_offset ip.src ip.dst',
  'ip.checksum.status ip.len ip.opt.type tcp.srcport tcp.dstport tcp.seq_raw tcp.ack_raw tcp.flags',
  'udp.srcport udp.dstport sctp.srcport sctp.dstport icmp.type icmp.code icmp.ident',
  'icmpv6.type icmpv6.code ipv6.src ipv6.dst ipv6.hlim ipv6.nxt ipv6.hopopts.nxt ipv6.routing.nxt',
  'ipv6.fraghdr.nxt ipv6.fraghdr.offset ipv6.dstopts.nxt ah.next_header',
].flatMap((line) => line.split(' '));

/** Off: whatever makes tshark show more than the bytes of the one frame. */
const OPTIONS = [
  'ip.defragment:FALSE',
  'ip.check_checksum:TRUE',
  'ipv6.defragment:FALSE',
  'tcp.desegment_tcp_streams:FALSE',
];

/** All values of each field of one frame, outermost header first. */
export type TsharkFrame = Record<string, string[]>;

/** The fields of every frame of these captures, one behind the other, by one tshark. */
export function tsharkFrames(files: readonly string[]): TsharkFrame[] {
  const file = join(folderOfRun('joined-'), 'joined.pcapng');
  execFileSync('mergecap', ['-a', '-w', file, ...files], { stdio: 'ignore' });
  const options = OPTIONS.flatMap((option) => ['-o', option]);
  const fields = FIELDS.flatMap((field) => ['-e', field]);
  const format = ['-T', 'fields', '-E', 'separator=/t', '-E', 'occurrence=a', '-E', 'aggregator=;'];
  const output = execFileSync('tshark', ['-n', '-r', file, ...options, ...format, ...fields], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return output
    .split('\n')
    .slice(0, -1)
    .map((line) => {
      const cells = line.split('\t').map((cell) => (cell === '' ? [] : cell.split(';')));
      return Object.fromEntries(FIELDS.map((field, index) => [field, cells[index]]));
    });
}

function first(frame: TsharkFrame, field: string): number {
  return Number(frame[field][0] ?? 0);
}

function last(frame: TsharkFrame, ...fields: string[]): number {
  return Number(fields.map((field) => frame[field].at(-1)).find((value) => value) ?? 0);
}

/** The first value of layer 4: in an ICMP error the quoted packet's come in its place. */
function ports(frame: TsharkFrame, protocol: number): Record<string, number> {
  const name = { 6: 'tcp', 17: 'udp', 132: 'sctp' }[protocol];
  if (name === undefined) return {};
  const both = {
    'l4.sport': first(frame, `${name}.srcport`),
    'l4.dport': first(frame, `${name}.dstport`),
  };
  if (name !== 'tcp') return both;
  return {
    ...both,
    'tcp.seq': first(frame, 'tcp.seq_raw'),
    'tcp.ack': first(frame, 'tcp.ack_raw'),
    'tcp.flags': first(frame, 'tcp.flags') & 0xff,
  };
}

function icmp(frame: TsharkFrame): Record<string, number | bigint> {
  const kind = { 'icmp.type': first(frame, 'icmp.type'), 'icmp.code': first(frame, 'icmp.code') };
  if (![3, 4, 5, 11, 12].includes(kind['icmp.type']) || frame['ip.src'].length < 2) return kind;
  const protocol = Number(frame['ip.proto'][1]);
  const quoted = Object.entries(ports(frame, protocol)).filter(([name]) => name.startsWith('l4.'));
  return {
    ...kind,
    'quoted.ipv4.src': parseIpv4(frame['ip.src'][1]) ?? 0,
    'quoted.ipv4.dst': parseIpv4(frame['ip.dst'][1]) ?? 0,
    'quoted.ipv4.proto': protocol,
    ...Object.fromEntries(quoted.map(([name, value]) => [`quoted.${name}`, value])),
  };
}

function ipv4(frame: TsharkFrame): Record<string, number | bigint> {
  const protocol = first(frame, 'ip.proto');
  const flags = first(frame, 'ip.flags');
  const offset = first(frame, 'ip.frag_offset');
  const header = {
    'ipv4.proto': protocol,
    'ipv4.ttl': first(frame, 'ip.ttl'),
    'ipv4.dscp': first(frame, 'ip.dsfield.dscp'),
    'ipv4.fragment': flags * 0x2000 + offset,
    'ipv4.src': parseIpv4(frame['ip.src'][0] ?? '') ?? 0,
    'ipv4.dst': parseIpv4(frame['ip.dst'][0] ?? '') ?? 0,
  };
  if (offset > 0) return header;
  return { ...header, ...(protocol === 1 ? icmp(frame) : ports(frame, protocol)) };
}

/** The protocol after the extension headers that are there, each kind at most once. */
function upperProtocol(frame: TsharkFrame): number {
  const next: Record<number, string> = {
    0: 'ipv6.hopopts.nxt',
    43: 'ipv6.routing.nxt',
    44: 'ipv6.fraghdr.nxt',
    51: 'ah.next_header',
    60: 'ipv6.dstopts.nxt',
  };
  let protocol = first(frame, 'ipv6.nxt');
  while (protocol in next) {
    const field = next[protocol];
    delete next[protocol];
    protocol = first(frame, field);
  }
  return protocol;
}

function ipv6(frame: TsharkFrame): Record<string, number | bigint> {
  const protocol = upperProtocol(frame);
  const header = {
    'ipv6.next': protocol,
    'ipv6.hops': first(frame, 'ipv6.hlim'),
    'ipv6.src': parseIpv6(frame['ipv6.src'][0] ?? '') ?? 0n,
    'ipv6.dst': parseIpv6(frame['ipv6.dst'][0] ?? '') ?? 0n,
  };
  if (first(frame, 'ipv6.fraghdr.offset') > 0) return header;
  if (protocol !== 58) return { ...header, ...ports(frame, protocol) };
  return {
    ...header,
    'icmp.type': first(frame, 'icmpv6.type'),
    'icmp.code': first(frame, 'icmpv6.code'),
  };
}

/** The columns that are not 0, and the checksum's verdict, by tshark alone. */
export function tsharkColumns(frame: TsharkFrame): Record<string, number | bigint> {
  const type =
    frame['vlan.id'].length === 0
      ? first(frame, frame['eth.type'].length > 0 ? 'eth.type' : 'eth.len')
      : last(frame, 'vlan.len', 'vlan.etype');
  const columns: Record<string, number | bigint> = {
    'meta.length': first(frame, 'frame.len'),
    'eth.dst': parseMac(frame['eth.dst'][0]) ?? 0,
    'eth.src': parseMac(frame['eth.src'][0]) ?? 0,
    'eth.type': type,
    'vlan.id': first(frame, 'vlan.id'),
  };
  if (type === 0x0800 && first(frame, 'ip.checksum.status') === 1) {
    Object.assign(columns, ipv4(frame));
  }
  if (type === 0x86dd) Object.assign(columns, ipv6(frame));
  return Object.fromEntries(Object.entries(columns).filter(([, value]) => Number(value) !== 0));
}
