/** IPv6 addresses as bigints below 2^128, and their text. */
import { formatIpv4, parseIpv4 } from './address.ts';

export const IPV6_MAX = (1n << 128n) - 1n;

/** A dotted-decimal tail as two groups; null if it is no IPv4 address. */
function groupsOfIpv4(text: string): string[] | null {
  const address = parseIpv4(text);
  if (address === null) return null;
  return [(address >>> 16).toString(16), (address & 0xffff).toString(16)];
}

/** The groups of one side of `::`, a dotted-decimal tail counting as two; null if one is wrong. */
function parseGroups(text: string, isTail: boolean): string[] | null {
  if (text === '') return [];
  const groups = text.split(':');
  if (isTail && groups[groups.length - 1].includes('.')) {
    const tail = groupsOfIpv4(groups.pop() as string);
    if (tail === null) return null;
    groups.push(...tail);
  }
  return groups.every((group) => /^[\da-f]{1,4}$/i.test(group)) ? groups : null;
}

/** Reads the three forms of RFC 4291 §2.2. No zone (`%eth0`), no brackets; null if it is none. */
export function parseIpv6(text: string): bigint | null {
  const sides = text.split('::');
  if (sides.length > 2) return null;
  const head = parseGroups(sides[0], sides.length === 1);
  const tail = sides.length === 2 ? parseGroups(sides[1], true) : [];
  if (head === null || tail === null) return null;
  const missing = 8 - head.length - tail.length;
  // `::` stands for at least one group (RFC 5952 §4.2.2 on writing; libraries agree on reading).
  if (sides.length === 2 ? missing < 1 : missing !== 0) return null;
  const groups = [...head, ...new Array<string>(missing).fill('0'), ...tail];
  return groups.reduce((value, group) => (value << 16n) | BigInt(`0x${group}`), 0n);
}

/** The first longest run of two or more zero groups (RFC 5952 §4.2.2, §4.2.3); size 0 if none. */
function longestZeroRun(groups: readonly number[]): { start: number; size: number } {
  let best = { start: 0, size: 0 };
  for (let start = 0; start < groups.length; start++) {
    let size = 0;
    while (groups[start + size] === 0) size++;
    if (size >= 2 && size > best.size) best = { start, size };
  }
  return best;
}

/** The canonical text of RFC 5952; IPv4-mapped addresses end in dotted decimal (§5). */
export function formatIpv6(address: bigint): string {
  if (address >> 32n === 0xffffn) return `::ffff:${formatIpv4(Number(address & 0xffff_ffffn))}`;
  const groups: number[] = [];
  for (let shift = 112n; shift >= 0n; shift -= 16n)
    groups.push(Number((address >> shift) & 0xffffn));
  const text = groups.map((group) => group.toString(16));
  const run = longestZeroRun(groups);
  if (run.size === 0) return text.join(':');
  return `${text.slice(0, run.start).join(':')}::${text.slice(run.start + run.size).join(':')}`;
}
