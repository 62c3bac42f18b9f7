import fc from 'fast-check';
import { expect, it } from 'vitest';
import { compileMatch } from '../../netstack/match/compile.ts';
import { MATCH_DEPTH_MAX, parseMatch } from '../../netstack/match/parse.ts';
import { matchSet } from '../../netstack/match/set.ts';
import { MATCH_TEXT_MAX } from '../../netstack/match/tokens.ts';
import { PacketSpace } from '../../netstack/sets/packet-space.ts';
import { contains, sample } from '../../netstack/sets/points.ts';
import { anyMatch, bindings, point } from './arbitraries.ts';

it('is the same as a set and as a function', () => {
  const space = new PacketSpace();
  const points = fc.array(point, { minLength: 20, maxLength: 20 });
  const property = fc.property(anyMatch, points, (text, samples) => {
    const node = parseMatch(text);
    const set = matchSet(space, node, bindings);
    const matches = compileMatch(node, bindings);
    const inside = sample(space, set);
    const outside = sample(space, space.not(set));
    if (inside !== null) expect(matches(inside), text).toBe(true);
    if (outside !== null) expect(matches(outside), text).toBe(false);
    for (const sample of samples) {
      expect(contains(space, set, sample), text).toBe(matches(sample));
    }
  });
  fc.assert(property, { seed: 11, numRuns: 1000 });
});

it.each([
  ['operands', `${'port 1 or '.repeat(MATCH_TEXT_MAX / 10 - 1)}arp`],
  ['changes between and and or', `${'ip or udp and '.repeat(MATCH_DEPTH_MAX / 2)}ip`],
  ['levels', `${'not ('.repeat(MATCH_DEPTH_MAX / 2)}ip${')'.repeat(MATCH_DEPTH_MAX / 2)}`],
])('survives as many %s as can be read', (_, text) => {
  const space = new PacketSpace();
  const node = parseMatch(text);
  const set = matchSet(space, node, bindings);
  expect(compileMatch(node, bindings)(sample(space, set)!)).toBe(true);
});
