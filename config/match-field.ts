/**
 * A match in a configuration file, its errors at the character that is wrong.
 */
import { MatchError } from '../netstack/match/match-error.ts';
import type { MatchNode } from '../netstack/match/node.ts';
import { parseMatch } from '../netstack/match/parse.ts';
import type { ConfigurationFile, Spot } from './configuration-file.ts';
import type { Path } from './yaml-document.ts';

/** Reads the match at `path`; reports CONFIG_MATCH and returns null where it cannot be read. */
export function readMatch(
  file: ConfigurationFile<unknown>,
  path: Path,
  text: string,
  spot: Spot = {},
): MatchNode | null {
  try {
    return parseMatch(text);
  } catch (error) {
    if (!(error instanceof MatchError)) throw error;
    const { message, hint, offset } = error;
    file.report('CONFIG_MATCH', path, message, hint ?? 'see docs/match-language.md', {
      ...spot,
      offset,
    });
    return null;
  }
}

/** The zones that a match names, and where in its text. */
export function zonesIn(node: MatchNode): { name: string; offset: number }[] {
  switch (node.kind) {
    case 'and':
    case 'or':
      return node.operands.flatMap(zonesIn);
    case 'not':
      return zonesIn(node.operand);
    case 'zone':
      return [{ name: node.name, offset: node.offset }];
    default:
      return [];
  }
}

/** Whether a name can stand after `zone` in a match: words of the language cannot. */
export function isZoneWord(name: string): boolean {
  try {
    return parseMatch(`zone ${name}`).kind === 'zone';
  } catch (error) {
    if (error instanceof MatchError) return false;
    throw error;
  }
}
