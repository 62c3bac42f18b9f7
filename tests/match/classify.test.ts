import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileMatch } from '../../netstack/match/compile.ts';
import { parseMatch } from '../../netstack/match/parse.ts';
import { matchSet } from '../../netstack/match/set.ts';
import { classify } from '../../netstack/sets/classify.ts';
import { PacketSpace } from '../../netstack/sets/packet-space.ts';
import { classOf, sample } from '../../netstack/sets/points.ts';
import { bindings, narrowMatch, point } from './arbitraries.ts';

const LIMIT = { classesMax: 4096 };

function classesOf(texts: readonly string[], options = LIMIT) {
  const space = new PacketSpace();
  const sets = texts.map((text) => matchSet(space, parseMatch(text), bindings));
  return { space, sets, classes: classify(space, sets, options) };
}

describe('classify', () => {
  it('puts a point into the class of exactly the predicates that it satisfies', () => {
    const matches = fc.array(narrowMatch, { minLength: 1, maxLength: 6 });
    const points = fc.array(point, { minLength: 50, maxLength: 50 });
    const property = fc.property(matches, points, (texts, samples) => {
      const { classes } = classesOf(texts);
      const tests = texts.map((text) => compileMatch(parseMatch(text), bindings));
      for (const sample of samples) {
        const id = classOf(classes, sample);
        expect(id).toBeLessThan(classes.count);
        for (const [index, test] of tests.entries()) {
          expect(classes.members(index, id), texts[index]).toBe(test(sample));
        }
      }
    });
    fc.assert(property, { seed: 13, numRuns: 150 });
  });

  it('finds exactly the atomic predicates: none empty, no two alike', () => {
    const matches = fc.array(narrowMatch, { minLength: 1, maxLength: 5 });
    const property = fc.property(matches, (texts) => {
      const { space, sets, classes } = classesOf(texts);
      const seen = new Set<string>();
      for (let id = 0; id < classes.count; id++) {
        const members = sets.map((_, index) => classes.members(index, id));
        seen.add(members.join());
        const atom = sets.reduce(
          (rest, set, index) => (members[index] ? space.and(rest, set) : space.diff(rest, set)),
          space.all,
        );
        const point = sample(space, atom);
        expect(point).not.toBeNull();
        expect(classOf(classes, point!)).toBe(id);
      }
      expect(seen.size).toBe(classes.count);
    });
    fc.assert(property, { seed: 17, numRuns: 100 });
  });

  it('looks up only the fields that the predicates test', () => {
    const { classes } = classesOf(['arp', 'ip and to-router', 'ip', 'icmp']);
    expect(classes.steps.map(({ field }) => field)).toEqual(['etherType', 'proto', 'dst']);
    expect(classes.count).toBe(6);
  });

  it('has steps whose numbers are in range', () => {
    const { classes } = classesOf(['tcp port 80', 'net 10', 'zone office', 'udp or vlan']);
    let stateCount = 1;
    for (const [index, step] of classes.steps.entries()) {
      const nexts = classes.steps[index + 1]?.stateCount ?? classes.count;
      expect(step.stateCount).toBe(stateCount);
      expect(step.starts[0]).toBe(0);
      expect(step.starts).toEqual([...step.starts].sort((a, b) => a - b));
      expect(step.equivalence).toHaveLength(step.starts.length);
      expect(Math.max(...step.equivalence)).toBe(step.equivalenceCount - 1);
      expect(step.transitions).toHaveLength(step.stateCount * step.equivalenceCount);
      expect(Math.max(...step.transitions)).toBe(nexts - 1);
      stateCount = nexts;
    }
    expect(stateCount).toBe(classes.count);
  });

  it('needs no step for a single class', () => {
    const { classes } = classesOf(['ip or not ip', 'ip and arp']);
    expect(classes).toMatchObject({ count: 1, steps: [] });
    expect([classes.members(0, 0), classes.members(1, 0)]).toEqual([true, false]);
    expect(classesOf([]).classes.count).toBe(1);
  });

  it('refuses more classes than the limit, and IPv6 addresses', () => {
    const texts = ['tcp', 'dst port 1', 'src port 1'];
    const { count } = classesOf(texts).classes;
    expect(classesOf(texts, { classesMax: count }).classes.count).toBe(count);
    const error = (code: string) => expect.objectContaining({ code });
    expect(() => classesOf(texts, { classesMax: count - 1 })).toThrow(
      error('SETS_TOO_MANY_CLASSES'),
    );
    expect(() => classesOf(['host ::1'])).toThrow(error('SETS_IPV6'));
    expect(() => classesOf(['net 0.0.0.1 mask 0.0.0.255'])).toThrow(
      error('SETS_TOO_MANY_INTERVALS'),
    );
  });

  describe('refuses tables that grow too large', () => {
    const space = new PacketSpace();
    const many = { classesMax: 70_000 };
    const tooMany = expect.objectContaining({ code: 'SETS_TOO_MANY_CLASSES' });
    /** Of each 2^18 addresses a quarter: where bits 17 and 16 are these. */
    const quarter = (bits: number) => space.masked('src', bits * 2 ** 16, 0x3_0000);
    /** Points whose ports are both in the same of some cells. */
    const sameCell = (cells: readonly (readonly [number, number])[]) =>
      cells.reduce(
        (set, [lo, hi]) =>
          space.or(set, space.and(space.range('sport', lo, hi), space.range('dport', lo, hi))),
        space.none,
      );

    it('because of a field in too many intervals', () => {
      const quarters = [1, 2, 3].map(quarter);
      expect(() => classify(space, quarters, many)).toThrow(tooMany);
      const last = space.range('src', 0xfffe_0000, 0xffff_ffff);
      const fewer = quarters.map((set) => space.diff(set, last));
      const { steps } = classify(space, fewer, many);
      expect(steps[0].starts).toHaveLength(65_535);
    });

    it('because of too many combinations before the next field', () => {
      const bit = (index: number) => space.masked('dport', 1 << index, 1 << index);
      const sets = [
        space.range('sport', 0, 9),
        ...Array.from({ length: 15 }, (_, i) => bit(i + 1)),
      ];
      expect(() => classify(space, sets, many)).toThrow(tooMany);
      const corner = space.and(space.range('sport', 0, 9), space.range('dport', 0, 1));
      sets[1] = space.or(sets[1], corner);
      expect(classify(space, sets, many).count).toBe(65_535);
    });

    it('because of too many transitions', () => {
      const cells = Array.from({ length: 2047 }, (_, i) => [32 * i, 32 * i + 31] as const);
      const { steps } = classify(space, [sameCell(cells)], many);
      expect(steps[1].transitions).toHaveLength(2 ** 22);
      const more = [...cells, [65_504, 65_519] as const];
      expect(() => classify(space, [sameCell(more)], many)).toThrow(tooMany);
    });
  });
});
