/**
 * What a router has to do with a capture: computed from what tshark says of each frame, from the
 * display filters that say the policy, and from the RFCs. Nothing of the firmware is asked.
 */
import type { Router } from '../../config/router.ts';
import { formatIpv4 } from '../../netstack/address.ts';
import { type CapturedFrame, CHECKSUM_BAD, isGroupFrame, isIcmpError } from './captured-frame.ts';
import { Connections, isAfterReset, isInvalid, isOpening } from './connections.ts';
import { isMartian, isMulticast, Topology } from './topology.ts';

const FRAME_SIZE_MAX = 2048;
const TCP = 6;
const ICMP = 1;
const ICMP_REPLIES = [0, 14, 16, 18];
const SOURCE_ROUTES = [131, 137];

export interface ExpectedFrame {
  readonly frame: CapturedFrame;
  readonly port: number;
  readonly nextHop: number;
}

export interface ExpectedOptions {
  readonly fixesChecksums: boolean;
  readonly picksUp: boolean;
}

type Verdict =
  | { kind: 'forward'; flow: string; isNew: boolean }
  | { kind: 'reply'; flow: string; isNew: boolean }
  | { kind: 'consume' }
  | { kind: 'drop'; reason: string };

const dropOf = (reason: string): Verdict => ({ kind: 'drop', reason });

interface FlowCount {
  packets: number;
  bytes: number;
  connections: number;
}

export class ExpectedOutcome {
  readonly sent: ExpectedFrame[] = [];
  /** Echo requests to the router that it has to answer. */
  readonly echoes: ExpectedFrame[] = [];
  readonly dropped: { frame: CapturedFrame; reason: string }[] = [];
  readonly flows: Record<string, FlowCount> = {};
  readonly denied = new Map<string, number>();
  consumed = 0;
  private readonly topology: Topology;
  private readonly options: ExpectedOptions;
  private readonly connections = new Connections();
  private now = 0;

  constructor(router: Router, frames: readonly CapturedFrame[], options: ExpectedOptions) {
    this.topology = new Topology(router);
    this.options = options;
    for (const { name } of router.flows)
      this.flows[name] = { packets: 0, bytes: 0, connections: 0 };
    for (const frame of frames) this.enter(frame);
  }

  /** Dropped frames by reason, as in a report. */
  get drops(): Record<string, number> {
    const drops: Record<string, number> = {};
    for (const { reason } of this.dropped) drops[reason] = (drops[reason] ?? 0) + 1;
    return drops;
  }

  private enter(frame: CapturedFrame): void {
    this.now = Math.max(this.now, frame.seconds);
    const source = frame.kind === 'ipv4' ? frame.source : (frame.arp?.sender ?? null);
    const ingress = this.topology.arrivalPort(source);
    const verdict = this.judge(frame, ingress);
    if (verdict.kind === 'consume') this.consumed++;
    if (verdict.kind === 'drop') {
      this.dropped.push({ frame, reason: verdict.reason });
      if (verdict.reason === 'denied') this.deny(frame, ingress);
    }
    if (verdict.kind === 'forward' || verdict.kind === 'reply') {
      const flow = this.flows[verdict.flow]!;
      flow.packets++;
      flow.bytes += frame.totalLength;
      if (verdict.isNew) flow.connections++;
      const isForward = verdict.kind === 'forward';
      const hop = this.topology.hopTo(isForward ? frame.destination : frame.source)!;
      (isForward ? this.sent : this.echoes).push({ frame, ...hop });
    }
  }

  private judge(frame: CapturedFrame, ingress: number): Verdict {
    if (frame.length > FRAME_SIZE_MAX) return dropOf('frame-too-long');
    if (!frame.isWhole) return dropOf('capture-truncated');
    if (frame.kind === 'ipv6') return dropOf('ipv6-not-forwarded');
    if (frame.kind === 'other') return dropOf('unlinked');
    if (frame.kind === 'arp') return this.judgeArp(frame, ingress);
    const reason = this.wrongWith(frame) ?? this.wrongAddress(frame, ingress);
    if (reason !== null) return dropOf(reason);
    if (this.topology.isOwn(frame.destination)) return this.judgeOwn(frame);
    const hop = this.topology.hopTo(frame.destination);
    if (hop === null) return dropOf('no-route');
    if (hop.port === ingress) return dropOf('same-segment');
    const { mtu } = this.topology.faceOf(hop.port);
    return this.admit(frame, mtu);
  }

  /** RFC 1812 5.2.2, and what cannot be judged without its beginning. */
  private wrongWith(frame: CapturedFrame): string | null {
    const isBad = frame.headerChecksum === CHECKSUM_BAD;
    if (isBad && !this.options.fixesChecksums) return 'ipv4-checksum';
    if (frame.totalLength > frame.length - frame.layer3) return 'ipv4-truncated';
    if (frame.options.some((option) => SOURCE_ROUTES.includes(option))) return 'source-route';
    if (frame.isLaterFragment) return 'fragment';
    return frame.hasLayer4 ? null : 'l4-truncated';
  }

  /** RFC 1812 5.3.4, 5.3.5, 5.3.7 and 5.3.8. */
  private wrongAddress(frame: CapturedFrame, ingress: number): string | null {
    const { topology } = this;
    const { source, destination } = frame;
    if (isMulticast(destination)) return 'multicast';
    if (isGroupFrame(frame) || topology.isBroadcast(destination)) return 'broadcast';
    if (isMartian(destination)) return 'martian';
    const isNobody = isMulticast(source) || topology.isBroadcast(source);
    if (isMartian(source) || isNobody || topology.isOwn(source)) return 'martian';
    return topology.hopTo(source)?.port === ingress ? null : 'spoofed';
  }

  private judgeArp(frame: CapturedFrame, ingress: number): Verdict {
    const { topology } = this;
    if (frame.arp === null) return dropOf('malformed-arp');
    const { opcode, sender, target, senderMac } = frame.arp;
    const own = topology.faceOf(ingress).address;
    const isFromSubnet = topology.subnetOf(sender)?.port === ingress;
    if (senderMac !== frame.ethernetSource) return dropOf('bad-arp-sender');
    if (!isFromSubnet || sender === own || topology.isBroadcast(sender)) {
      return dropOf('bad-arp-sender');
    }
    if (target === own || (opcode === 1 && target === sender)) return { kind: 'consume' };
    return dropOf('not-for-router');
  }

  private judgeOwn(frame: CapturedFrame): Verdict {
    const verdict = this.admit(frame, Number.POSITIVE_INFINITY);
    if (verdict.kind !== 'forward') return verdict;
    if (frame.protocol !== ICMP) return dropOf('unlinked');
    return frame.icmpType === 8 ? { ...verdict, kind: 'reply' } : { kind: 'consume' };
  }

  private admit(frame: CapturedFrame, mtu: number): Verdict {
    const { connections, now } = this;
    if (isIcmpError(frame)) {
      const related = frame.icmpType === 4 ? null : connections.quotedBy(frame, now);
      if (related === null) return dropOf('icmp-unsolicited');
      return this.passed(frame, mtu) ?? { kind: 'forward', flow: related.flow, isNew: false };
    }
    if (frame.protocol === TCP && isInvalid(frame.tcpFlags)) return dropOf('tcp-invalid');
    const known = connections.of(frame, now);
    const isOpen = frame.protocol === TCP && isOpening(frame.tcpFlags);
    if (known !== null && isAfterReset(known, frame.tcpFlags)) return dropOf('tcp-invalid');
    if (known !== null && !(known.isClosing && isOpen)) {
      const wrong = this.passed(frame, mtu);
      if (wrong !== null) return wrong;
      connections.follow(known, frame, now);
      return { kind: 'forward', flow: known.flow, isNew: false };
    }
    return this.admitNew(frame, mtu, isOpen || frame.protocol !== TCP);
  }

  private admitNew(frame: CapturedFrame, mtu: number, isBeginning: boolean): Verdict {
    if (frame.protocol === ICMP && ICMP_REPLIES.includes(frame.icmpType)) {
      return dropOf('icmp-unsolicited');
    }
    const isReversed = !isBeginning && frame.flow === null;
    const flow = isReversed ? frame.reverseFlow : frame.flow;
    if (flow === null) return dropOf('denied');
    if (!isBeginning && !this.options.picksUp) return dropOf('tcp-not-syn');
    const wrong = this.passed(frame, mtu);
    if (wrong !== null) return wrong;
    this.connections.open(frame, flow, isReversed, this.now);
    return { kind: 'forward', flow, isNew: true };
  }

  /** What is judged after the policy: RFC 1812 5.3.1, and the MTU. The router's own have no end. */
  private passed(frame: CapturedFrame, mtu: number): Verdict | null {
    if (frame.ttl <= 1 && mtu !== Number.POSITIVE_INFINITY) return dropOf('ttl-expired');
    return frame.totalLength > mtu ? dropOf('too-big') : null;
  }

  private deny(frame: CapturedFrame, ingress: number): void {
    const { topology } = this;
    const isOwn = topology.isOwn(frame.destination);
    const egress = topology.hopTo(frame.destination)!.port;
    const names: Record<number, string> = { 1: 'icmp', 6: 'tcp', 17: 'udp', 132: 'sctp' };
    const row = [
      topology.faceOf(ingress).zone,
      isOwn ? 'router' : topology.faceOf(egress).zone,
      names[frame.protocol] ?? `ip proto ${frame.protocol}`,
      formatIpv4(frame.source),
      formatIpv4(frame.destination),
      frame.protocol === ICMP ? 0 : frame.ports.destination,
    ].join(' ');
    this.denied.set(row, (this.denied.get(row) ?? 0) + 1);
  }
}
