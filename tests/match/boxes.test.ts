import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseMatch } from '../../netstack/match/parse.ts';
import { matchSet } from '../../netstack/match/set.ts';
import { type Box, boxes } from '../../netstack/sets/boxes.ts';
import type { NarrowFieldName } from '../../netstack/sets/field.ts';
import { PacketSpace } from '../../netstack/sets/packet-space.ts';
import { bindings, narrowMatch } from './arbitraries.ts';

const space = new PacketSpace();
const LIMIT = 20_000;

function setOf(text: string) {
  return matchSet(space, parseMatch(text), bindings);
}

function setOfBox(box: Box) {
  return Object.entries(box).reduce(
    (set, [name, [lo, hi]]) => space.and(set, space.range(name as NarrowFieldName, lo, hi)),
    space.all,
  );
}

describe('boxes', () => {
  it('are disjoint and cover exactly the set', () => {
    const property = fc.property(narrowMatch, (text) => {
      const set = setOf(`ip and (${text})`);
      let covered = space.none;
      for (const box of boxes(space, set, LIMIT)) {
        const part = setOfBox(box);
        expect(space.and(covered, part)).toBe(space.none);
        covered = space.or(covered, part);
      }
      expect(covered, text).toBe(set);
    });
    fc.assert(property, { seed: 5, numRuns: 150 });
  });

  it('are few for what operators write', () => {
    const count = (text: string) => boxes(space, setOf(`ip and (${text})`), LIMIT).length;
    expect(count('tcp dst port 502 and src host 10.1.0.20')).toBe(1);
    expect(count('tcp dst portrange 1000-1999 and src net 10.1.0.0/16')).toBe(1);
    expect(count('udp dst port 53 or 123')).toBe(2);
    expect(count('icmp')).toBe(1);
    expect(count('tcp port 80')).toBe(3);
  });

  it('show the interval of each field', () => {
    const [box] = boxes(space, setOf('ip and tcp dst port 502 and src net 10'), 1);
    expect(box).toMatchObject({
      etherType: [0x0800, 0x0800],
      ingress: [0, 255],
      proto: [6, 6],
      src: [0x0a000000, 0x0affffff],
      dst: [0, 0xffffffff],
      sport: [0, 65535],
      dport: [502, 502],
      laterFragment: [0, 0],
    });
  });

  it('of everything are one, of nothing none', () => {
    expect(boxes(space, space.all, 1)).toHaveLength(1);
    expect(boxes(space, space.none, 0)).toEqual([]);
  });

  it('are refused beyond the limit, and for IPv6 addresses', () => {
    const set = setOf('ip and (udp dst port 53 or 123)');
    expect(boxes(space, set, 2)).toHaveLength(2);
    const error = (code: string) => expect.objectContaining({ code });
    expect(() => boxes(space, set, 1)).toThrow(error('SETS_TOO_MANY_BOXES'));
    expect(() => boxes(space, setOf('host ::1'), LIMIT)).toThrow(error('SETS_IPV6'));
    const grid = setOf('ip and udp and dst port (53 or 123) and src port (7 or 9)');
    expect(boxes(space, grid, 4)).toHaveLength(4);
    expect(() => boxes(space, grid, 3)).toThrow(error('SETS_TOO_MANY_BOXES'));
    const scattered = setOf('net 0.0.0.1 mask 0.0.0.255');
    expect(() => boxes(space, scattered, 100)).toThrow(error('SETS_TOO_MANY_BOXES'));
  });
});
