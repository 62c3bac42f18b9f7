/**
 * Traffic in which everything meets everything: few hosts and ports, so that packets answer one
 * another within a breath, repeat, and are denied, open, close and expire the same few flows.
 */
import type { BoardUnderTest } from './board-under-test.ts';
import { icmpFrame, quoteOf, udpFrame } from './frames.ts';
import { scriptOf } from './puppet.ts';
import type { Random } from './random.ts';

/** Frames that arrive together, this many seconds after boot. */
export interface Burst {
  readonly at: number;
  readonly frames: readonly { readonly frame: Uint8Array; readonly port: string }[];
}

const PORTS = [53, 53, 54, 502, 4000, 4001, 4002];
const ADDRESSES = [0x0a010014, 0x0a010015, 0x0a020007];
const TCP_FLAGS = ['', '', ' flags syn-ack', ' flags ack', ' flags rst', ' flags fin-ack'];
/** Within a breath, in the next one, while something is held, and after each of the time-outs. */
const PAUSES_S = [0, 0, 1e-6, 5e-4, 2e-3, 3, 11, 301];
/** Offset of the source address's second byte: 1 in office, 2 in plant. */
const SUBNET = 27;

interface Ends {
  readonly isUp: boolean;
  readonly hosts: string;
  readonly text: string;
}

export class CrowdedTraffic {
  readonly #random: Random;
  readonly #board: BoardUnderTest;
  /** Where the puppet writes: source, destination and both ports. */
  readonly #offsets: readonly number[];
  readonly #past: Uint8Array[] = [];
  #at = 1;

  constructor(random: Random, board: BoardUnderTest, offsets: readonly number[]) {
    this.#random = random;
    this.#board = board;
    this.#offsets = offsets;
  }

  burst(): Burst {
    const random = this.#random;
    if (random.oneIn(3)) this.#at += random.pick(PAUSES_S);
    const size = 1 + random.below(random.oneIn(4) ? 200 : 12);
    const isWide = random.oneIn(3);
    const frames = Array.from({ length: size }, () => this.#frame(this.#ends(isWide)));
    return { at: this.#at, frames };
  }

  /** Two hosts, and which way; of many source ports or of few. */
  #ends(isWide: boolean): Ends {
    const random = this.#random;
    const office = `10.1.0.${20 + random.below(3)}`;
    const elsewhere = random.oneIn(12) ? '10.1.0.1' : '198.51.100.7';
    const plant = `10.2.0.${7 + random.below(3)}`;
    const far = random.oneIn(6) ? elsewhere : plant;
    const client = isWide ? 1000 + random.below(3000) : random.pick(PORTS);
    const server = random.pick(PORTS);
    if (random.oneIn(3)) {
      const text = `${plant}:${server} > ${office}:${client}`;
      return { isUp: false, hosts: `${plant} > ${office}`, text };
    }
    return {
      isUp: true,
      hosts: `${office} > ${far}`,
      text: `${office}:${client} > ${far}:${server}`,
    };
  }

  #frame({ isUp, hosts, text }: Ends): Burst['frames'][number] {
    const random = this.#random;
    const port = isUp ? 'eth1' : 'eth0';
    const kind = random.below(10);
    if (kind < 4) return this.#remember(udpFrame(`udp ${text}`, this.#payload()), port);
    if (kind < 7) {
      const { frame } = this.#board.build(`tcp ${text}${random.pick(TCP_FLAGS)}`, { in: port });
      return this.#remember(frame, port);
    }
    const about = this.#past[this.#past.length - 1 - random.below(20)];
    if (kind === 7 || about === undefined) {
      return this.#board.build(`icmp ${hosts}`, { in: port });
    }
    const isFromOffice = about[SUBNET] === 1;
    if (kind === 8) return { frame: about, port: isFromOffice ? 'eth1' : 'eth0' };
    const source = [...about.subarray(26, 30)].join('.');
    const from = isFromOffice ? '10.2.0.7' : '10.1.0.20';
    const error = icmpFrame(from, source, { type: 3, code: 1, payload: quoteOf(about) });
    return { frame: error, port: isFromOffice ? 'eth0' : 'eth1' };
  }

  #remember(frame: Uint8Array, port: string): Burst['frames'][number] {
    this.#past.push(frame);
    return { frame, port };
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
