/**
 * Kinds of values that several configuration files have.
 */
import { z } from 'zod';
import { parseCidr, parseIpv4, parseMac } from '../netstack/address.ts';
import { MATCH_SIZE_MAX, NAME_SIZE_MAX } from './limits.ts';

/** A name that appears in links, file names and matches. */
export function nameOf(what: string) {
  const rule = `lower-case letters, digits and "-", from a letter, at most 31`;
  return z.string().regex(/^[a-z][a-z0-9-]{0,30}$/, { error: `${what} is ${rule}` });
}

/** A port's name also names a file and a host interface, which Linux limits to 15 characters. */
export const portName = z.string().regex(/^[a-z][a-z0-9-]{0,14}$/, {
  error: 'a port\'s name is lower-case letters, digits and "-", from a letter, at most 15',
});

/** A name for people: one line, no blanks at its ends. */
export const label = z
  .string()
  .max(NAME_SIZE_MAX)
  .regex(/^[^\p{C}\s]([^\p{C}]*[^\p{C}\s])?$/u, {
    error: 'a name is one line of printable characters, without blanks at its ends',
  });

/** A match of netstack/match; read later, so that its errors have their own column. */
export const matchText = z
  .string()
  .max(MATCH_SIZE_MAX)
  .describe('pcap-filter syntax, see docs/match-language.md');

/** A string read into a value; `pattern` is what editors check. */
function textOf<T>(read: (text: string) => T | null, error: string, pattern: string) {
  return z
    .string()
    .meta({ pattern, description: error })
    .transform((text, context) => {
      const value = read(text);
      if (value !== null) return value;
      context.addIssue({ code: 'custom', message: `"${text}" is not ${error}` });
      return z.NEVER;
    });
}

const DOTTED = '\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}';

export const ipv4 = textOf(parseIpv4, 'an IPv4 address such as 10.1.0.20', `^${DOTTED}$`);

export const ipv4Cidr = textOf(
  parseCidr,
  'an IPv4 address with a prefix length, such as 10.1.0.0/24',
  `^${DOTTED}/\\d{1,2}$`,
);

export const mac = textOf(
  parseMac,
  'a MAC address such as 02:53:4c:00:00:01',
  '^[0-9A-Fa-f]{2}([:-][0-9A-Fa-f]{2}){5}$',
);
