/**
 * Traffic in which everything meets everything: few hosts and ports, so that packets answer one
 * another within a breath, repeat, and are denied, open, close and expire the same few flows; a
 * zone of two ports, and an uplink that comes and goes.
 */
import type { BoardUnderTest } from './board-under-test.ts';
import { BOARD } from './configuration.ts';
import { icmpFrame, mend, quoteOf, tagged, udpFrame } from './frames.ts';
import { scriptOf } from './puppet.ts';
import type { Random } from './random.ts';

export const CROWDED_BOARD = BOARD.replace('eth2: {}', 'eth2: {}, eth3: {}');
/** Without the uplink its hosts are behind the plant, so that another zone decides. */
export const CROWDED_INTERFACES = `board: board.yaml
interfaces:
  plant0: { port: eth0, zone: plant, address: 10.2.0.1/24 }
  plant1: { port: eth3, zone: plant, address: 10.3.0.1/24 }
  office0: { port: eth1, zone: office, address: 10.1.0.1/24 }
  uplink0: { port: eth2, zone: internet, address: 203.0.113.2/30 }
routes:
  - { to: 198.51.100.0/24, via: 203.0.113.1 }
  - { to: 0.0.0.0/0, via: 10.3.0.9 }
`;
export const UPLINK = 'eth2';
const DETOUR = 'eth3';
/** Most often the other port of the plant's zone. */
const WIRES = ['eth0', 'eth1', 'eth2', 'eth3', 'eth3', 'eth3'];
/** By the second byte of the address. */
const HOMES: Readonly<Record<number, string>> = { 1: 'eth1', 2: 'eth0', 3: 'eth3' };
const REMOTE = '198.51.100.7';
const REMOTE_FIRST = 198;

interface ArrivingFrame {
  readonly frame: Uint8Array;
  readonly port: string;
}

/** Frames that arrive together, this many seconds after boot. */
export interface Burst {
  readonly at: number;
  /** Before they arrive the uplink has come or gone; null: it is as it was. */
  readonly hasUplink: boolean | null;
  readonly frames: readonly ArrivingFrame[];
}

const PORTS = [53, 53, 54, 502, 4000, 4001, 4002];
const CLIENT_PORTS = [53, 54, 4000];
const ADDRESSES = [0x0a010014, 0x0a010015, 0x0a020007];
const TCP_FLAGS = ['', 'syn-ack', 'ack', 'ack', 'ack', 'ack', 'ack', 'rst', 'fin-ack'];
/** Within a breath, in the next one, while something is held, and after each of the time-outs. */
const PAUSES_S = [0, 0, 1e-6, 5e-4, 2e-3, 3, 11, 241, 301];
const TTLS = [0, 1, 2, 255];
const TAGS = [0, 7];
const TTL = 22;
const PROTOCOL = 23;
const SOURCE = 26;
const DESTINATION = 30;
const SOURCE_PORT = 34;
const DESTINATION_PORT = 36;
const FLAGS = 47;
const PROTO_TCP = 6;
const TCP_SYN = 0x02;
const TCP_SYN_ACK = 0x12;
const TCP_ACK = 0x10;
const TCP_ANSWERS: Readonly<Record<number, number>> = {
  [TCP_SYN]: TCP_SYN_ACK,
  [TCP_SYN_ACK]: TCP_ACK,
};

export class CrowdedTraffic {
  readonly #random: Random;
  readonly #board: BoardUnderTest;
  /** Where the puppet writes: source, destination and both ports. */
  readonly #offsets: readonly number[];
  readonly #past: Uint8Array[] = [];
  #at = 1;
  #hasUplink = true;

  constructor(random: Random, board: BoardUnderTest, offsets: readonly number[]) {
    this.#random = random;
    this.#board = board;
    this.#offsets = offsets;
  }

  burst(): Burst {
    const random = this.#random;
    if (random.oneIn(3)) this.#at += random.pick(PAUSES_S);
    const isTurn = random.oneIn(6);
    if (isTurn) this.#hasUplink = !this.#hasUplink;
    const size = 1 + random.below(isTurn || random.oneIn(4) ? 200 : 12);
    const isWide = random.oneIn(3);
    const frames = Array.from({ length: size }, () => this.#arriving(this.#frame(isWide)));
    return { at: this.#at, hasUplink: isTurn ? this.#hasUplink : null, frames };
  }

  /** At the port where its source is, and now and then at another. */
  #arriving(frame: Uint8Array): ArrivingFrame {
    const random = this.#random;
    const port = random.oneIn(6) ? random.pick(WIRES) : this.#homeOf(frame);
    if (random.oneIn(15)) return { frame: tagged(frame, random.pick(TAGS)), port };
    if (!random.oneIn(15)) return { frame, port };
    const changed = frame.slice();
    changed[TTL] = random.pick(TTLS);
    return { frame: mend(changed), port };
  }

  #homeOf(frame: Uint8Array): string {
    if (frame[SOURCE] === REMOTE_FIRST) return this.#hasUplink ? UPLINK : DETOUR;
    return HOMES[frame[SOURCE + 1]];
  }

  /** Somebody who is not in the office. */
  #stranger(): string {
    const random = this.#random;
    if (random.oneIn(4)) return REMOTE;
    if (random.oneIn(30)) return '10.1.0.1';
    return random.oneIn(6) ? '10.3.0.7' : `10.2.0.${7 + random.below(2)}`;
  }

  /** Of many source ports or of few. */
  #frame(isWide: boolean): Uint8Array {
    const random = this.#random;
    const office = `10.1.0.${20 + random.below(2)}`;
    const stranger = this.#stranger();
    const client = isWide ? 1000 + random.below(3000) : random.pick(CLIENT_PORTS);
    const isBack = random.oneIn(3);
    const hosts = isBack ? `${stranger} > ${office}` : `${office} > ${stranger}`;
    const kind = random.below(14);
    if (kind < 4) {
      const text = textOf(office, client, stranger, random.pick(PORTS), isBack);
      return this.#remember(udpFrame(`udp ${text}`, this.#payload()));
    }
    if (kind < 7) {
      const text = textOf(office, client, stranger, random.pick([502, 502, 502, 54]), isBack);
      const flags = random.pick(TCP_FLAGS);
      return this.#remember(this.#built(`tcp ${text}${flags && ` flags ${flags}`}`));
    }
    const about = this.#past[this.#past.length - 1 - random.below(20)];
    if (kind === 7 || about === undefined) return this.#built(`icmp ${hosts}`);
    if (kind < 11) return about;
    if (kind < 13) return this.#remember(answerTo(about));
    const from = about[SOURCE + 1] === 1 ? '10.2.0.7' : '10.1.0.20';
    const source = [...about.subarray(SOURCE, DESTINATION)].join('.');
    return icmpFrame(from, source, { type: 3, code: 1, payload: quoteOf(about) });
  }

  #built(text: string): Uint8Array {
    return this.#board.build(text, { in: 'eth1' }).frame;
  }

  #remember(frame: Uint8Array): Uint8Array {
    this.#past.push(frame);
    return frame;
  }

  /** For the puppet: what it rewrites, and now and then that it consumes the packet. */
  #payload(): Uint8Array {
    const random = this.#random;
    if (random.oneIn(3)) return new Uint8Array(4);
    const pokes: [number, number, number][] = [];
    let changed = 0;
    for (const [column, offset] of this.#offsets.entries()) {
      if (!random.oneIn(5)) continue;
      changed |= 1 << column;
      const isAddress = column < 2;
      pokes.push([offset, isAddress ? 4 : 2, random.pick(isAddress ? ADDRESSES : PORTS)]);
    }
    return scriptOf({ verdict: random.oneIn(20) ? 254 : 1, changed, pokes });
  }
}

/** From the first to the second, or back. */
function textOf(first: string, sport: number, second: string, dport: number, isBack: boolean) {
  const [here, there] = [`${first}:${sport}`, `${second}:${dport}`];
  return isBack ? `${there} > ${here}` : `${here} > ${there}`;
}

/**
 * The frame with its ends exchanged, which leaves the header's checksum as it is, and the flags
 * that TCP answers with. Its own checksum the router does not read.
 */
function answerTo(frame: Uint8Array): Uint8Array {
  const answer = frame.slice();
  answer.set(frame.subarray(SOURCE, DESTINATION), DESTINATION);
  answer.set(frame.subarray(DESTINATION, DESTINATION + 4), SOURCE);
  answer.set(frame.subarray(SOURCE_PORT, DESTINATION_PORT), DESTINATION_PORT);
  answer.set(frame.subarray(DESTINATION_PORT, DESTINATION_PORT + 2), SOURCE_PORT);
  if (frame[PROTOCOL] === PROTO_TCP) answer[FLAGS] = TCP_ANSWERS[frame[FLAGS]] ?? TCP_ACK;
  return answer;
}
