/** What a module writes stands in the frame that leaves, every checksum follows, and no more. */
import { describe, expect, it } from 'vitest';
import type { ColumnName } from '../../config/columns.ts';
import { readU16, readU32, writeU16, writeU32 } from '../../netstack/byte-order.ts';
import { checksum, pseudoHeaderSum, updateChecksum } from '../../netstack/checksum.ts';
import { rewrite } from '../hostile/crime.ts';
import { hostileFirmware } from '../hostile/hostile-system.ts';
import { type BoardUnderTest, boot } from './board-under-test.ts';
import { OPEN, routerYaml } from './configuration.ts';
import { icmpFrame, ipv4Header, quoteOf, sentBy } from './frames.ts';

const FROM = '10.1.0.20';
const TO = '10.2.0.7';
const TCP = `tcp ${FROM}:4000 > ${TO}:502 size 80`;
const UDP = `udp ${FROM}:4000 > ${TO}:502 size 80`;
const GRE = `ip proto 47 ${FROM} > ${TO} size 80`;
const NO_PORTS = `udp ${FROM}:0 > ${TO}:0 size 80`;
const UDP_CHECKSUM = 20 + 6;

/** A board whose module writes one value into the packets that match, before `route`. */
async function bootWriter(
  column: ColumnName,
  width: 1 | 2 | 4,
  value: number,
  match = 'udp or tcp or proto 47',
): Promise<BoardUnderTest> {
  const keys = `accepts: ip\nwrites: { ${column}: any }\noutputs: { out: ip }`;
  const firmware = await hostileFirmware({
    ...{ keys, code: { process: rewrite(width, value) } },
    links: { wire: `{ arp: arp, ip and to-router: local, ${match}: liar, ip: route }` },
  });
  return boot(routerYaml(OPEN), { firmware });
}

/** The IPv4 packet of the one frame that leaves. */
function through(board: BoardUnderTest, frame: Uint8Array, port = 'eth1'): Uint8Array {
  const sent = sentBy(board.sendFrames([frame], port));
  expect(sent).toHaveLength(1);
  const ip = ipv4Header((sent[0] as { frame: Uint8Array }).frame);
  return ip.subarray(0, readU16(ip, 2));
}

/** Whether all checksums of an IPv4 packet are good; of GRE there is one. */
function isSound(ip: Uint8Array): boolean {
  const [protocol, l4] = [ip[9] as number, ip.subarray(20)];
  const pseudo = pseudoHeaderSum(readU32(ip, 12), readU32(ip, 16), protocol, l4.length);
  const isGood = protocol === 47 || checksum(l4, protocol === 1 ? 0 : pseudo) === 0;
  return checksum(ip.subarray(0, 20)) === 0 && isGood;
}

/** Bytes that are otherwise than before, those at `sums` and a TTL that is one less apart. */
function changes(before: Uint8Array, after: Uint8Array, sums: number[]): Record<number, number> {
  const ttl = after[8] === (before[8] as number) - 1 ? [8] : [];
  const kept = [...ttl, ...sums.flatMap((at) => [at, at + 1])];
  const found = [...after.entries()].filter(([at, byte]) => byte !== before[at]);
  return Object.fromEntries(found.filter(([at]) => !kept.includes(at)));
}

const SUMS: Readonly<Record<string, number[]>> = {
  [TCP]: [10, 20 + 16],
  [UDP]: [10, UDP_CHECKSUM],
  [GRE]: [10],
};

describe('of a packet that a module writes to', () => {
  it.each([
    ['ipv4.src', 4, 0x0a010015, { 15: 0x15 }, [TCP, UDP, GRE]],
    ['ipv4.dst', 4, 0x0a020009, { 19: 9 }, [TCP, UDP, GRE]],
    ['ipv4.dscp', 1, 46, { 1: 46 << 2 }, [TCP, UDP, GRE]],
    ['l4.sport', 2, 0x1234, { 20: 0x12, 21: 0x34 }, [TCP, UDP]],
    ['l4.dport', 2, 0x4321, { 22: 0x43, 23: 0x21 }, [TCP, UDP]],
  ] as const)('%s stands in the frame', async (column, width, value, bytes, texts) => {
    const board = await bootWriter(column, width, value);
    for (const text of texts) {
      const { frame } = board.build(text);
      if (text === GRE) frame.fill(0x55, 34); // no checksum of a kind that is known
      const after = through(board, frame);
      const before = ipv4Header(frame);
      expect(after[8]).toBe(63);
      expect([text, changes(before, after, SUMS[text] as number[])]).toEqual([text, bytes]);
      expect(isSound(after)).toBe(true);
    }
  });

  it('a UDP checksum that becomes zero goes as all ones, and none stays none (RFC 768)', async () => {
    const board = await bootWriter('l4.dport', 2, 0x4321);
    const { frame } = board.build(UDP);
    const ip = ipv4Header(frame);
    // A word of the payload, 0 so far, takes what the sum lacks once the port has changed.
    const sum = readU16(ip, UDP_CHECKSUM);
    const word = (sum + 502 + 0xffff - 0x4321) % 0xffff;
    writeU16(ip, 40, word);
    writeU16(ip, UDP_CHECKSUM, updateChecksum(sum, 0, word));
    expect(isSound(ip)).toBe(true);
    expect(readU16(through(board, frame), UDP_CHECKSUM)).toBe(0xffff);
    writeU16(ip, UDP_CHECKSUM, 0);
    expect(readU16(through(board, frame), UDP_CHECKSUM)).toBe(0);
  });

  it.each([
    ['icmp.type', 13, { 20: 13 }],
    ['icmp.code', 5, { 21: 5 }],
  ] as const)('%s stands in the frame', async (column, value, bytes) => {
    const board = await bootWriter(column, 1, value, 'icmp');
    const frame = icmpFrame(FROM, TO, { type: 8, rest: 0x12345678, payload: new Uint8Array(9) });
    const after = through(board, frame);
    expect(changes(ipv4Header(frame), after, [10, 22])).toEqual(bytes);
    expect(isSound(after)).toBe(true);
  });
});

describe('of the packet in an ICMP error that a module writes to', () => {
  /** Where that packet begins in the packet around it. */
  const QUOTED = 28;
  const ERROR_SUMS = [10, 22, QUOTED + 10];

  /** The error about the first `size` bytes of a packet that has gone the other way. */
  async function errorAbout(
    text: string,
    size: number,
    [column, width, value]: readonly [ColumnName, 1 | 2 | 4, number],
    spoil: (quoted: Uint8Array) => void,
  ) {
    const board = await bootWriter(column, width, value, 'icmp');
    const { frame } = board.build(text);
    through(board, frame);
    const quoted = quoteOf(frame, size);
    spoil(quoted);
    writeU16(quoted, 10, 0);
    writeU16(quoted, 10, checksum(quoted.subarray(0, 20)));
    const error = icmpFrame(TO, FROM, { type: 3, code: 3, payload: quoted });
    const padded = new Uint8Array(Math.max(70, error.length)).fill(0xee);
    padded.set(error);
    const after = through(board, padded, 'eth0');
    expect(isSound(after)).toBe(true);
    expect(checksum(after.subarray(QUOTED, QUOTED + 20))).toBe(0);
    return changes(ipv4Header(error), after, ERROR_SUMS);
  }

  it.each([
    ['ipv4.src', 4, 0x0a010014, 12],
    ['ipv4.dst', 4, 0x0a020007, 16],
  ] as const)('its %s', async (field, width, value, at) => {
    const spoil = (quoted: Uint8Array) => writeU32(quoted, at, 0x0a0900ff);
    const write = [`quoted.${field}`, width, value] as const;
    const bytes = { [QUOTED + at + 1]: (value >> 16) & 255, [QUOTED + at + 3]: value & 255 };
    expect(await errorAbout(UDP, 28, write, spoil)).toEqual(bytes);
  });

  it.each([
    ['l4.sport', 4000, 20, UDP],
    ['l4.dport', 502, 22, UDP],
    ['l4.dport', 502, 22, TCP],
  ] as const)('its %s, though no more of it is there', async (field, value, at, text) => {
    const spoil = (quoted: Uint8Array) => writeU16(quoted, at, 0xffff);
    const write = [`quoted.${field}`, 2, value] as const;
    const bytes = { [QUOTED + at]: value >> 8, [QUOTED + at + 1]: value & 255 };
    expect(await errorAbout(text, 24, write, spoil)).toEqual(bytes);
  });

  it.each([
    ['of a protocol without ports', GRE, 28, () => {}],
    ['of a later fragment', NO_PORTS, 28, (quoted: Uint8Array) => writeU16(quoted, 6, 7)],
    ['that are not there', NO_PORTS, 20, () => {}],
  ] as const)('and no ports %s', async (_, text, size, spoil) => {
    const fill = (quoted: Uint8Array) => {
      quoted.fill(0x77, 20);
      spoil(quoted);
      quoted[15] = 99;
    };
    const write = ['quoted.ipv4.src', 4, 0x0a010014] as const;
    expect(await errorAbout(text, size, write, fill)).toEqual({ [QUOTED + 15]: 20 });
  });
});
