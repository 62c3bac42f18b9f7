/** How much the operator's flows may tell apart. */
import { describe, expect, it } from 'vitest';
import { loadSystem } from '../../../config/system.ts';
import { compileTables } from '../../../firmware/boot/tables.ts';
import { defaultSystemPath } from '../../../scripts/toolchain/load-firmware.ts';
import { routerOf, routerYaml } from '../configuration.ts';

/** A match of as many boxes as the product says: every other port is none of its own. */
function matchOf(sources: number, destinations: number): string {
  const every = (count: number) =>
    Array.from({ length: count }, (_, i) => 1000 + 2 * i).join(' or ');
  return `udp and (src port ${every(sources)}) and (dst port ${every(destinations)})`;
}

function compile(...matches: string[]): string {
  const flows = matches.map(
    (match, i) => `  - { name: f${i}, from: office, to: plant, match: ${match} }`,
  );
  const router = routerOf(routerYaml(`flows:\n${flows.join('\n')}`));
  try {
    compileTables(loadSystem(defaultSystemPath()), router);
    return 'taken';
  } catch (error) {
    return String(error);
  }
}

describe('the flows of a router file', () => {
  it('may tell 4,096 boxes apart each', () => {
    expect(compile(matchOf(64, 64))).toBe('taken');
    expect(compile(matchOf(63, 65), matchOf(17, 241))).toMatch(/flow "f1".*4096 boxes/);
  });

  it('may tell 32,767 boxes apart together', () => {
    const seven = Array.from({ length: 7 }, () => matchOf(64, 64));
    expect(compile(...seven, matchOf(63, 65))).toBe('taken');
    expect(compile(...seven, matchOf(64, 64))).toMatch(/up to "f7".*32767 boxes/);
  });
});
