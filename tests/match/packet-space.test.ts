import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseMatch } from '../../netstack/match/parse.ts';
import { matchSet } from '../../netstack/match/set.ts';
import { FIELDS, VARIABLE_COUNT } from '../../netstack/sets/field.ts';
import { PacketSpace } from '../../netstack/sets/packet-space.ts';
import { contains, sample } from '../../netstack/sets/points.ts';
import { anyMatch, bindings, point } from './arbitraries.ts';

const space = new PacketSpace();
const set = anyMatch.map((text) => matchSet(space, parseMatch(text), bindings));
const runs = { seed: 3, numRuns: 300 };

describe('a packet space', () => {
  it('has the laws of Boolean algebra, with equal sets the same number', () => {
    const { all, none } = space;
    const property = fc.property(set, set, set, (a, b, c) => {
      expect(space.and(a, b)).toBe(space.and(b, a));
      expect(space.or(a, b)).toBe(space.or(b, a));
      expect(space.and(a, space.and(b, c))).toBe(space.and(space.and(a, b), c));
      expect(space.or(a, space.or(b, c))).toBe(space.or(space.or(a, b), c));
      expect(space.and(a, space.or(b, c))).toBe(space.or(space.and(a, b), space.and(a, c)));
      expect(space.or(a, space.and(a, b))).toBe(a);
      expect(space.not(space.not(a))).toBe(a);
      expect(space.not(space.or(a, b))).toBe(space.and(space.not(a), space.not(b)));
      expect(space.and(a, space.not(a))).toBe(none);
      expect(space.or(a, space.not(a))).toBe(all);
      expect(space.diff(a, b)).toBe(space.and(a, space.not(b)));
      expect(space.ite(a, b, c)).toBe(space.or(space.and(a, b), space.diff(c, a)));
    });
    fc.assert(property, runs);
  });

  it('answers emptiness and equality', () => {
    const property = fc.property(set, set, (a, b) => {
      const isSubset = space.diff(a, b) === space.none;
      expect(isSubset).toBe(space.and(a, b) === a);
    });
    fc.assert(property, runs);
    expect(space.all).not.toBe(space.none);
  });

  it('samples a point of every set but the empty one', () => {
    const property = fc.property(set, (a) => {
      const point = sample(space, a);
      expect(point === null).toBe(a === space.none);
      if (point !== null) expect(contains(space, a, point)).toBe(true);
    });
    fc.assert(property, runs);
  });

  it('knows the points of an operation by the points of its parts', () => {
    const property = fc.property(set, set, point, (a, b, at) => {
      const [inA, inB] = [contains(space, a, at), contains(space, b, at)];
      expect(contains(space, space.and(a, b), at)).toBe(inA && inB);
      expect(contains(space, space.or(a, b), at)).toBe(inA || inB);
      expect(contains(space, space.not(a), at)).toBe(!inA);
      expect(contains(space, space.diff(a, b), at)).toBe(inA && !inB);
    });
    fc.assert(property, runs);
  });

  it('holds exactly the values from one bound of a range to the other', () => {
    const value = fc.nat(65535);
    const property = fc.property(value, value, value, point, (a, b, at, other) => {
      const range = space.range('sport', a, b);
      expect(contains(space, range, { ...other, sport: at })).toBe(at >= a && at <= b);
      const [lo, hi] = [Math.min(a, b), Math.max(a, b)];
      const wide = space.range('dst6', BigInt(lo) << 100n, BigInt(hi) << 100n);
      const inWide = contains(space, wide, { ...other, dst6: BigInt(at) << 100n });
      expect(inWide).toBe(at >= lo && at <= hi);
    });
    fc.assert(property, runs);
    for (const { name, width } of FIELDS) {
      expect(space.range(name, 0n, (1n << BigInt(width)) - 1n)).toBe(space.all);
    }
  });

  it('lays its variables out field by field', () => {
    expect(FIELDS.map(({ first }) => first)).toEqual(
      FIELDS.map((_, index) => FIELDS.slice(0, index).reduce((sum, f) => sum + f.width, 0)),
    );
    expect(VARIABLE_COUNT).toBe(386);
  });

  it('refuses to grow beyond its nodes, with a code', () => {
    const small = new PacketSpace(100);
    const grow = () => {
      for (let port = 0; port < 100; port++) small.range('sport', port, port);
    };
    expect(grow).toThrow(expect.objectContaining({ code: 'SETS_TOO_MANY_NODES' }));
  });
});
