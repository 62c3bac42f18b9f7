/** The frames that a replay sent, each laid beside the captured frame that it was. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Router } from '../../config/router.ts';
import { pcapBytes } from '../drivers/pcap-bytes.ts';
import type { CapturedFrame } from './captured-frame.ts';
import { capturedFrames, isIcmpError } from './captured-frame.ts';
import type { ExpectedFrame, ExpectedOutcome } from './expected-outcome.ts';
import { pcapFrames } from './pcap-bytes.ts';
import { Topology } from './topology.ts';

const TTL_OFFSET = 8;
const CHECKSUM_OFFSET = 10;
/** Where layer 4 protocols have their checksum. */
const LAYER4_CHECKSUM_OFFSET: Readonly<Record<number, number>> = { 1: 2, 6: 16, 17: 6 };

export interface ForwardedFrame {
  readonly port: number;
  readonly sent: CapturedFrame;
  /** What lies behind the packet. */
  readonly padding: Buffer;
  readonly expected: ExpectedFrame;
}

export interface RouterFrame {
  readonly port: number;
  readonly sent: CapturedFrame;
}

/**
 * The packet, with what may change on the way blanked; the rest has to be the same. Tags and what
 * lies behind the packet are of the wire that it came in by, and do not leave.
 */
function unchangedBytes(bytes: Buffer, frame: CapturedFrame, fixesChecksums: boolean): string {
  const end = frame.layer3 + frame.totalLength;
  const rest = Buffer.from(bytes.subarray(frame.layer3, end));
  rest[TTL_OFFSET] = 0;
  rest.writeUInt16BE(0, CHECKSUM_OFFSET);
  const offset = LAYER4_CHECKSUM_OFFSET[frame.protocol];
  if (fixesChecksums && offset !== undefined && !frame.isFragment) {
    rest.writeUInt16BE(0, frame.headerLength + offset);
  }
  return rest.toString('hex');
}

/** What a replay is given and writes. */
export interface SentCaptures {
  readonly router: Router;
  /** The capture that was replayed. */
  readonly input: string;
  readonly expected: ExpectedOutcome;
  readonly fixesChecksums: boolean;
  /** The folder with a capture of each port. */
  readonly output: string;
}

export class SentFrames {
  readonly forwarded: ForwardedFrame[] = [];
  /** Sent, but not expected. */
  readonly surplus: RouterFrame[] = [];
  /** Of the router's own: ARP, ICMP errors, echo replies. */
  readonly arp: RouterFrame[] = [];
  readonly errors: RouterFrame[] = [];
  readonly replies: RouterFrame[] = [];

  private readonly waiting = new Map<string, ExpectedFrame[]>();
  private readonly fixesChecksums: boolean;

  private constructor(input: string, expected: ExpectedOutcome, fixesChecksums: boolean) {
    this.fixesChecksums = fixesChecksums;
    const captured = pcapFrames(input);
    for (const one of expected.sent) {
      const bytes = captured[one.frame.number - 1]!;
      const key = `${one.port} ${unchangedBytes(bytes, one.frame, fixesChecksums)}`;
      const queue = this.waiting.get(key);
      if (queue === undefined) this.waiting.set(key, [one]);
      else queue.push(one);
    }
  }

  /**
   * Reads what replays sent, and matches it, port by port and in its order, with what was expected
   * of their inputs; `folder` is for temporary files.
   */
  static async read(replays: readonly SentCaptures[], folder: string): Promise<SentFrames[]> {
    const outputs = replays.map(({ router, output }) =>
      router.board.ports.flatMap(({ name }, port) =>
        pcapFrames(join(output, `${name}.pcap`)).map((bytes) => ({ port, bytes })),
      ),
    );
    // tshark takes half a second to start: one file for all ports of all replays.
    const file = join(folder, 'sent.pcap');
    const records = outputs.flat().map(({ bytes }) => ({ seconds: 0, fraction: 0, bytes }));
    writeFileSync(file, pcapBytes(records));
    const read = records.length === 0 ? [] : await capturedFrames(file, new Map(), folder);
    if (read.length !== records.length) throw new Error(`tshark read ${read.length} frames`);
    let next = 0;
    return replays.map(({ router, input, expected, fixesChecksums }, index) => {
      const topology = new Topology(router);
      const frames = new SentFrames(input, expected, fixesChecksums);
      for (const { port, bytes } of outputs[index]!) {
        frames.enter(port, read[next++]!, bytes, topology);
      }
      return frames;
    });
  }

  /** Expected, but not sent. */
  get missing(): ExpectedFrame[] {
    return [...this.waiting.values()].flat();
  }

  private enter(port: number, sent: CapturedFrame, bytes: Buffer, topology: Topology): void {
    if (sent.kind === 'arp') this.arp.push({ port, sent });
    else if (topology.isOwn(sent.source)) {
      (isIcmpError(sent) ? this.errors : this.replies).push({ port, sent });
    } else {
      const key = `${port} ${unchangedBytes(bytes, sent, this.fixesChecksums)}`;
      const expected = this.waiting.get(key)?.shift();
      if (expected === undefined) this.surplus.push({ port, sent });
      else {
        const padding = bytes.subarray(sent.layer3 + sent.totalLength);
        this.forwarded.push({ port, sent, padding, expected });
      }
    }
  }
}

const hex = (value: number) => value.toString(16).padStart(2, '0');

/** The MAC that the far side answers with for an address: 02:00, and its four bytes. */
export function farSideMac(address: number): string {
  const bytes = [24, 16, 8, 0].map((shift) => hex((address >>> shift) & 0xff));
  return ['02', '00', ...bytes].join(':');
}

/** Layer 4 checksums as they have to be after `--fix-checksums`: those of the packet itself. */
export function fixedChecksums(frame: CapturedFrame): string {
  const section = { 6: 0, 17: 1, 1: 3 }[frame.protocol];
  const isWhole = frame.totalLength <= frame.length - frame.layer3;
  if (section === undefined || frame.isFragment || !isWhole) return frame.layer4Checksums;
  const sections = frame.layer4Checksums.split('/');
  sections[section] = sections[section]!.replace(/^0/, '1');
  return sections.join('/');
}

/** Drops that RFC 1812 has an ICMP error for: type and code. */
const ERROR_OF: Readonly<Record<string, string>> = {
  'no-route': '3',
  'host-unreachable': '3',
  'too-big': '3',
  'ttl-expired': '11',
};

/** The ICMP errors that the router owes, as `type: source > destination`, sorted. */
export function owedErrors(expected: ExpectedOutcome): string[] {
  return expected.dropped
    .filter(({ frame, reason }) => reason in ERROR_OF && !isIcmpError(frame))
    .map(({ frame, reason }) => `${ERROR_OF[reason]}: ${frame.source} > ${frame.destination}`)
    .sort();
}

/** What the router said it could not carry, in the same words. */
export function saidErrors(sent: SentFrames): string[] {
  return sent.errors
    .map(({ sent: { icmpType, quoted } }) => {
      return `${icmpType}: ${quoted?.source} > ${quoted?.destination}`;
    })
    .sort();
}
