/**
 * What a capture holds, frame by frame, in bounded memory: hosts, conversations, and what a router
 * does not carry. The kernel's own rules (netstack/columns.ts) say which frames it would take.
 */
import { FRAME_SIZE_MAX } from '../../drivers/nic-ring.ts';
import { isUnicastMac } from '../../netstack/address.ts';
import { type Columns, type ColumnsRead, readColumns } from '../../netstack/columns.ts';
import { ETHERTYPE_ARP, ETHERTYPE_IPV4 } from '../../netstack/ethernet.ts';
import { isIcmpError } from '../../netstack/icmp.ts';
import { hasPorts, PROTOCOL_ICMP, PROTOCOL_TCP } from '../../netstack/protocols.ts';
import { TCP_FLAGS } from '../../netstack/tcp.ts';
import { fixChecksums } from '../replay/fix-checksums.ts';
import { Connections } from './connections.ts';
import { Conversations } from './conversations.ts';
import { Hosts } from './hosts.ts';
import { addressKind, isPrivate } from './special-addresses.ts';
import { Uncarried } from './uncarried.ts';

/** One frame: bytes `start`..`end` of `data`, and what it was on the wire. */
export interface SurveyedFrame {
  readonly data: Uint8Array;
  readonly start: number;
  readonly end: number;
  readonly wireLength: number;
  readonly seconds: number;
  readonly nanoseconds: number;
  readonly hasTime: boolean;
}

/** ICMP replies to queries: timestamp, information, address mask (RFC 792, RFC 950), and echo. */
const ICMP_REPLIES = new Set([0, 14, 16, 18]);

/** RFC 9293 §3.5: SYN with FIN or RST, or none of SYN, ACK and RST, opens or follows nothing. */
function isTcpInvalid(flags: number): boolean {
  const { syn, ack, fin, rst } = TCP_FLAGS;
  if ((flags & syn) !== 0 && (flags & (fin | rst)) !== 0) return true;
  return (flags & (syn | ack | rst)) === 0;
}

export class CaptureSurvey {
  frames = 0;
  /** Seconds since 1970 of the first and last frame that have a time; NaN where none has. */
  first = Number.NaN;
  last = Number.NaN;
  /** IPv4 packets to one host that the router could take: what zones and flows are made of. */
  unicast = 0;
  tagged = 0;
  readonly hosts = new Hosts();
  readonly conversations = new Conversations();
  readonly uncarried = new Uncarried();
  private readonly connections = new Connections((one) => this.conversations.add(one));
  private readonly scratch = new Uint8Array(FRAME_SIZE_MAX);

  /** Takes one frame in. */
  add(frame: SurveyedFrame): void {
    this.frames++;
    const time = frame.hasTime ? frame.seconds + frame.nanoseconds / 1e9 : 0;
    if (frame.hasTime) {
      if (!(this.first <= time)) this.first = time;
      if (!(this.last >= time)) this.last = time;
    }
    const read = this.read(frame);
    if (read === null) return;
    if (read.tags > 0) this.tagged++;
    const { columns } = read;
    if (columns['eth.type'] === ETHERTYPE_ARP) this.takeArp(read);
    else {
      const why = this.judge(read, time);
      if (why !== null) this.uncarried.count(why);
    }
  }

  /** Ends the survey: what is under way is over. */
  finish(): void {
    this.connections.finish();
    this.conversations.finish();
    const packets = this.conversations.removeServers((address) => this.isBroadcast(address));
    this.uncarried.count('directed-broadcast', packets);
  }

  /** A private address at the edge of its /24 that never sent anything: a broadcast (RFC 919). */
  private isBroadcast(address: number): boolean {
    const last = address & 0xff;
    if (!isPrivate(address) || (last !== 0 && last !== 255)) return false;
    return this.hosts.all.get(address)?.sent === 0;
  }

  /** The columns of a frame that the kernel would not refuse, mended as replay can mend it. */
  private read({ data, start, end, wireLength }: SurveyedFrame): ColumnsRead | null {
    const { uncarried } = this;
    if (wireLength > FRAME_SIZE_MAX) {
      uncarried.count('frame-too-long');
      return null;
    }
    let bytes = data.subarray(start, end);
    if (wireLength > end - start) {
      uncarried.count('capture-truncated');
      this.scratch.fill(0, end - start, wireLength);
      this.scratch.set(bytes);
      bytes = this.scratch.subarray(0, wireLength);
    }
    let read = readColumns(bytes);
    if (read.reason === 'ipv4-checksum') {
      uncarried.count('ipv4-checksum');
      if (bytes.buffer !== this.scratch.buffer) {
        this.scratch.set(bytes);
        bytes = this.scratch.subarray(0, bytes.length);
      }
      fixChecksums(bytes, 0, bytes.length, bytes.length);
      read = readColumns(bytes);
    }
    if (read.reason === null) {
      const type = read.columns['eth.type'];
      if (type === ETHERTYPE_IPV4 || type === ETHERTYPE_ARP) return read;
      uncarried.countEtherType(type);
    } else uncarried.count(read.reason);
    return null;
  }

  private takeArp({ columns, arp }: ColumnsRead): void {
    if (arp === null || addressKind(arp.src) !== 'host') return;
    this.hosts.arp(arp.src, columns['eth.src'], arp.dst);
  }

  /** The packet's part in hosts and connections; or why it has none, a drop reason. */
  private judge(read: ColumnsRead, time: number): string | null {
    const { columns } = read;
    const why = whyNotCarried(columns);
    if (why !== null) return why;
    const source = columns['ipv4.src'];
    const destination = columns['ipv4.dst'];
    const protocol = columns['ipv4.proto'];
    this.unicast++;
    if (columns['ipv4.ttl'] <= 1) this.uncarried.count('ttl-expired');
    const isKnown =
      this.hosts.sent(source, columns['eth.src']) &&
      this.hosts.received(destination, columns['eth.dst'], read.endOffset - layer3(read));
    if (!isKnown) return 'hosts';
    // Errors belong to the flow that they quote.
    if (protocol === PROTOCOL_ICMP && isIcmpError(columns['icmp.type'])) return null;
    const tcpFlags = columns['tcp.flags'];
    if (protocol === PROTOCOL_TCP && isTcpInvalid(tcpFlags)) return 'tcp-invalid';
    const isReply = protocol === PROTOCOL_ICMP && ICMP_REPLIES.has(columns['icmp.type']);
    const ports = portsOf(read);
    const packet = { protocol, source, destination, ...ports, tcpFlags, isReply, time };
    return this.connections.add(packet) ? null : 'icmp-unsolicited';
  }
}

/** Where the IP header lies: behind the Ethernet header and its tags. */
function layer3({ tags }: ColumnsRead): number {
  return 14 + 4 * tags;
}

function portsOf({ columns, icmpId }: ColumnsRead): { sport: number; dport: number } {
  const protocol = columns['ipv4.proto'];
  if (hasPorts(protocol)) return { sport: columns['l4.sport'], dport: columns['l4.dport'] };
  const id = protocol === PROTOCOL_ICMP ? icmpId : 0;
  return { sport: id, dport: id };
}

/** What the kernel does not forward whatever the policy says: its drop reason, or null. */
function whyNotCarried(columns: Columns): string | null {
  const to = addressKind(columns['ipv4.dst']);
  if (to === 'multicast') return 'multicast';
  if (!isUnicastMac(columns['eth.dst']) || to === 'broadcast') return 'broadcast';
  if (to !== 'host' || addressKind(columns['ipv4.src']) !== 'host') return 'martian';
  return columns['ipv4.src'] === columns['ipv4.dst'] ? 'same-segment' : null;
}
