/**
 * Packet texts, as the `tests` of a router file write them:
 *
 *   tcp A:PORT > B:PORT [flags syn-ack] [ttl N] [size N]      udp A:PORT > B:PORT [ttl N] [size N]
 *   icmp A > B [echo-request | echo-reply | TYPE/CODE] […]    ip proto N A > B […]
 *   arp who-has B tell A [size N]
 */
import { parseIpv4 } from './address.ts';
import { ICMP_ECHO_REPLY, ICMP_ECHO_REQUEST } from './icmp.ts';
import { TCP_FLAGS } from './tcp.ts';

interface PacketSpecBase {
  source: number;
  destination: number;
  /** Bytes of the frame without FCS; null is as long as its headers. */
  size: number | null;
}

interface Ipv4SpecBase extends PacketSpecBase {
  ttl: number;
}

/** What a packet text says; for ARP, `destination` is who is asked for and `source` who asks. */
export type PacketSpec =
  | (Ipv4SpecBase & { kind: 'tcp'; sport: number; dport: number; flags: number })
  | (Ipv4SpecBase & { kind: 'udp'; sport: number; dport: number })
  | (Ipv4SpecBase & { kind: 'icmp'; type: number; code: number })
  | (Ipv4SpecBase & { kind: 'ip'; protocol: number })
  | (PacketSpecBase & { kind: 'arp' });

const TTL_DEFAULT = 64;
/** An Ethernet header and the largest IPv4 packet. */
const FRAME_SIZE_MAX = 14 + 65_535;
const HEADER_SIZES = { tcp: 54, udp: 42, icmp: 42, ip: 34, arp: 42 } as const;

/** A text that is no packet text. */
export class PacketTextError extends Error {
  override readonly name = 'PacketTextError';
  /** 0-based place in the text of the word that is wrong or missing. */
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

interface Word {
  text: string;
  offset: number;
}

/** The words of a text, taken one by one; at the end, an empty word at the text's end. */
class Words {
  readonly #words: Word[];
  readonly #end: Word;
  #index = 0;

  constructor(text: string) {
    const matches = text.matchAll(/>|[^\s>]+/g);
    this.#words = Array.from(matches, (match) => ({ text: match[0], offset: match.index }));
    this.#end = { text: '', offset: text.trimEnd().length };
  }

  peek(): Word {
    return this.#words[this.#index] ?? this.#end;
  }

  take(): Word {
    const word = this.peek();
    this.#index++;
    return word;
  }

  expect(text: string): void {
    const word = this.take();
    if (word.text !== text) throw wrong(word, `"${text}"`);
  }
}

function wrong(word: Word, expected: string): PacketTextError {
  const found = word.text === '' ? 'the text ends' : `found "${word.text}"`;
  return new PacketTextError(`expected ${expected}, ${found}`, word.offset);
}

function numberOf(word: Word, what: string, min: number, max: number): number {
  const value = /^\d{1,9}$/.test(word.text) ? Number(word.text) : -1;
  if (value < min || value > max) throw wrong(word, `${what} ${min}..${max}`);
  return value;
}

function addressOf(word: Word): number {
  const address = parseIpv4(word.text);
  if (address === null) throw wrong(word, 'an IPv4 address');
  return address;
}

function endpointOf(word: Word): { address: number; port: number } {
  const colon = word.text.indexOf(':');
  if (colon < 0) throw wrong(word, 'an IPv4 address and a port, ADDRESS:PORT');
  const address = addressOf({ text: word.text.slice(0, colon), offset: word.offset });
  const portWord = { text: word.text.slice(colon + 1), offset: word.offset + colon + 1 };
  return { address, port: numberOf(portWord, 'a port', 0, 65_535) };
}

function flagsOf(word: Word): number {
  if (word.text === 'none') return 0;
  let flags = 0;
  for (const name of word.text.split('-')) {
    if (!Object.hasOwn(TCP_FLAGS, name)) {
      const names = Object.keys(TCP_FLAGS).join(' ');
      throw wrong(word, `TCP flags joined by "-" (${names}) or "none"`);
    }
    flags |= TCP_FLAGS[name as keyof typeof TCP_FLAGS];
  }
  return flags;
}

/** The optional kind of an ICMP message; an echo request if there is none. */
function takeIcmpKind(words: Words): { type: number; code: number } {
  const word = words.peek();
  if (['', 'ttl', 'size'].includes(word.text)) return { type: ICMP_ECHO_REQUEST, code: 0 };
  words.take();
  if (word.text === 'echo-request') return { type: ICMP_ECHO_REQUEST, code: 0 };
  if (word.text === 'echo-reply') return { type: ICMP_ECHO_REPLY, code: 0 };
  const parts = /^(\d{1,3})\/(\d{1,3})$/.exec(word.text);
  const type = Number(parts?.[1] ?? 256);
  const code = Number(parts?.[2] ?? 256);
  if (type > 255 || code > 255) throw wrong(word, '"echo-request", "echo-reply" or TYPE/CODE');
  return { type, code };
}

/** Takes the `flags`, `ttl` and `size` that follow, each at most once. */
function takeOptions(words: Words, spec: PacketSpec): PacketSpec {
  const left = new Set(['size']);
  if (spec.kind !== 'arp') left.add('ttl');
  if (spec.kind === 'tcp') left.add('flags');
  while (words.peek().text !== '') {
    const word = words.take();
    if (!left.delete(word.text)) {
      const choices = Array.from(left, (name) => `"${name}"`).sort();
      throw wrong(word, [...choices, 'the end'].join(' or '));
    }
    if (word.text === 'size') {
      spec.size = numberOf(words.take(), 'a frame size', HEADER_SIZES[spec.kind], FRAME_SIZE_MAX);
    } else if (word.text === 'ttl' && spec.kind !== 'arp') {
      spec.ttl = numberOf(words.take(), 'a TTL', 0, 255);
    } else if (spec.kind === 'tcp') {
      spec.flags = flagsOf(words.take());
    }
  }
  return spec;
}

function takeAddresses(words: Words): { source: number; destination: number } {
  const source = addressOf(words.take());
  words.expect('>');
  return { source, destination: addressOf(words.take()) };
}

function takePorts(words: Words): {
  source: number;
  sport: number;
  destination: number;
  dport: number;
} {
  const from = endpointOf(words.take());
  words.expect('>');
  const to = endpointOf(words.take());
  return { source: from.address, sport: from.port, destination: to.address, dport: to.port };
}

function takeArp(words: Words): PacketSpec {
  words.expect('who-has');
  const destination = addressOf(words.take());
  words.expect('tell');
  return { kind: 'arp', destination, source: addressOf(words.take()), size: null };
}

/**
 * Reads a packet text. TCP flags are `syn`, the TTL is 64 and an ICMP message is an echo request
 * unless the text says otherwise. Throws PacketTextError with the offset of the word.
 */
export function parsePacketText(text: string): PacketSpec {
  const words = new Words(text);
  const base = { ttl: TTL_DEFAULT, size: null };
  const kind = words.take();
  switch (kind.text) {
    case 'tcp':
      return takeOptions(words, {
        kind: 'tcp',
        ...base,
        ...takePorts(words),
        flags: TCP_FLAGS.syn,
      });
    case 'udp':
      return takeOptions(words, { kind: 'udp', ...base, ...takePorts(words) });
    case 'icmp': {
      const addresses = takeAddresses(words);
      return takeOptions(words, { kind: 'icmp', ...base, ...addresses, ...takeIcmpKind(words) });
    }
    case 'ip': {
      words.expect('proto');
      const protocol = numberOf(words.take(), 'an IP protocol', 0, 255);
      return takeOptions(words, { kind: 'ip', ...base, protocol, ...takeAddresses(words) });
    }
    case 'arp':
      return takeOptions(words, takeArp(words));
    default:
      throw wrong(kind, '"tcp", "udp", "icmp", "arp" or "ip"');
  }
}
