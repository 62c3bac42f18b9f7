import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileMatch } from '../../netstack/match/compile.ts';
import { MATCH_DEPTH_MAX, MatchError, parseMatch } from '../../netstack/match/parse.ts';
import { MATCH_TEXT_MAX } from '../../netstack/match/tokens.ts';
import { bindings } from './arbitraries.ts';

function errorOf(read: () => unknown): MatchError {
  try {
    read();
  } catch (error) {
    if (error instanceof MatchError) return error;
    throw error;
  }
  throw new Error('no error');
}

/** Text, offset of the wrong word, a part of the message, a part of the hint if there is one. */
const REFUSED: [string, number, string, string?][] = [
  ['', 0, 'empty', 'write ip'],
  ['   ', 0, 'empty'],
  ['tcp and', 7, 'ends too early'],
  ['(tcp', 4, 'expected ")"'],
  ['tcp)', 3, 'unexpected ")"'],
  ['()', 1, 'unexpected ")"'],
  ['and tcp', 0, 'unexpected "and"'],
  ['tcp udp', 4, 'unexpected "udp"'],
  ['tcp and or udp', 8, 'unexpected "or"'],
  ['tcp & udp', 4, 'unexpected "&"', 'write "&&"'],
  ['ip[0] = 4', 2, 'unexpected "["', 'byte tests'],
  ['tcp; udp', 3, 'unexpected ";"'],
  ['tpc', 0, 'unexpected "tpc"', '"tcp"'],
  ['TCP', 0, 'unexpected "TCP"', 'write tcp'],
  ['ip and gre', 7, 'unexpected "gre"', 'ip proto 47'],
  ['less 64', 0, 'unexpected "less"', 'lengths'],
  ['ether broadcast', 6, 'unexpected "broadcast"', 'link-layer'],
  ['80', 0, 'unexpected "80"', 'host, net or port'],
  ['tcp 80', 4, 'unexpected "80"'],
  ['(port 80) or 90', 13, 'unexpected "90"'],
  ['tcp or 80', 7, 'unexpected "80"'],
  ['10.1', 0, 'unexpected "10.1"'],
  ['10.0.0.0/8', 0, 'unexpected "10.0.0.0"', 'write net 10.0.0.0'],
  ['mask', 0, 'unexpected "mask"'],
  ['\\tcp', 0, 'unexpected "tcp"'],
  ['host', 4, 'a value for "host"'],
  ['host tcp', 5, 'unexpected "tcp"'],
  ['host plc7', 5, '"plc7" is not an IPv4 address', 'names are not looked up'],
  ['host 1.2.3', 5, 'part of an address', 'net 1.2.3'],
  ['host 1.2.3.256', 5, 'not an IPv4 address'],
  ['host 1.2.3.04', 5, 'not an IPv4 address'],
  ['host 1.2.3.4/8', 13, 'takes no mask', 'net 1.2.3.4'],
  ['host 1::2::3', 5, 'not an IPv6 address'],
  ['ip host ::1', 8, '"ip" before an IPv6'],
  ['ip6 host 1.2.3.4', 9, '"ip6" before an IPv4'],
  ['net 10.0.0.1/8', 4, 'bits set outside', 'clear'],
  ['net 10.0.0.0/33', 13, 'not a prefix length'],
  ['net 10.0.0.0/', 13, 'a length'],
  ['net fe80::/129', 11, 'not a prefix length'],
  ['net fe80::1/10', 4, 'bits set outside'],
  ['net fe80:: mask 255.0.0.0', 16, 'takes no mask'],
  ['net 10.0.0.0 mask x', 18, 'not a mask'],
  ['net 10.0.0.0 mask', 17, 'a mask'],
  ['net 0', 4, 'ambiguous'],
  ['net 256', 4, 'not an IPv4 address'],
  ['port http', 5, 'not a port', 'names are not looked up'],
  ['port 65536', 5, 'not a port'],
  ['port 010', 5, 'not a port'],
  ['port 80-90', 5, 'not a port', 'portrange 80-90'],
  ['port 80 or 1.2.3.4', 11, 'not a port', 'host 1.2.3.4'],
  ['portrange 90-80', 10, 'runs backwards', '80-90'],
  ['portrange 1-2-3', 10, 'not a range'],
  ['portrange 1-65536', 10, 'not a range'],
  ['src', 3, 'ends too early'],
  ['src or port 80', 7, 'expected "dst"'],
  ['src dst port 80', 4, 'unexpected "dst"'],
  ['tcp host 1.2.3.4', 0, '"tcp" cannot stand before "host"', 'port, portrange'],
  ['tcp src 1.2.3.4', 0, '"tcp" cannot stand before "host"'],
  ['ip port 80', 0, '"ip" cannot stand before "port"', 'host, net, proto'],
  ['icmp src 1.2.3.4', 0, '"icmp" cannot stand before "host"', 'icmp and'],
  ['ether host 1.2.3.4', 0, '"ether" cannot stand before "host"', 'proto'],
  ['ether', 5, 'expected "proto"'],
  ['tcp proto 6', 0, '"tcp" cannot stand before "proto"'],
  ['ip proto 256', 9, 'not an IP protocol', '0 to 255'],
  ['ip proto foo', 9, 'not an IP protocol'],
  ['proto arp', 6, 'not an IP protocol'],
  ['ether proto 5', 12, 'not an EtherType', '0x600'],
  ['ether proto 0x10000', 12, 'not an EtherType'],
  ['ether proto constructor', 12, 'not an EtherType'],
  ['src zone plant', 4, 'unexpected "zone"'],
  ['tcp zone plant', 4, 'unexpected "zone"'],
  ['zone', 4, 'a value for "zone"'],
  ['host \\ip', 5, 'unexpected "ip"'],
  ['constructor', 0, 'unexpected "constructor"'],
];

describe('a match that cannot be read', () => {
  it.each(REFUSED)('is refused at the word: %s', (text, offset, message, hint) => {
    const error = errorOf(() => parseMatch(text));
    expect(error.message).toContain(message);
    expect(error.offset).toBe(offset);
    if (hint !== undefined) expect(error.hint).toContain(hint);
  });

  it('is refused at the name of an unknown zone when it is bound', () => {
    const node = parseMatch('tcp and zone lab');
    const error = errorOf(() => compileMatch(node, bindings));
    expect(error).toMatchObject({ offset: 13, hint: 'zones: plant, office' });
    expect(error.message).toContain('"lab"');
  });

  it(`is refused beyond ${MATCH_DEPTH_MAX} levels`, () => {
    const nested = (depth: number) => `${'('.repeat(depth)}ip${')'.repeat(depth)}`;
    expect(parseMatch(nested(MATCH_DEPTH_MAX))).toMatchObject({ kind: 'ether-type' });
    expect(errorOf(() => parseMatch(nested(MATCH_DEPTH_MAX + 1))).offset).toBe(MATCH_DEPTH_MAX);
    const changes = 'ip or udp and '.repeat(MATCH_DEPTH_MAX / 2 + 1);
    expect(errorOf(() => parseMatch(`${changes}arp`)).message).toContain('nested deeper');
    expect(errorOf(() => parseMatch('!'.repeat(5000))).offset).toBe(MATCH_DEPTH_MAX);
  });

  it(`is refused beyond ${MATCH_TEXT_MAX} characters`, () => {
    expect(parseMatch('ip'.padEnd(MATCH_TEXT_MAX))).toMatchObject({ kind: 'ether-type' });
    const error = errorOf(() => parseMatch('ip'.padEnd(MATCH_TEXT_MAX + 1)));
    expect(error.offset).toBe(MATCH_TEXT_MAX);
  });

  it('never fails otherwise, whatever the text', () => {
    const words = ['tcp', 'port', '80', 'or', 'not', '(', ')', 'src', 'net', '10', '/', '1.2.3.4'];
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(fc.constantFrom(...words)).map((parts) => parts.join(' ')),
    );
    const property = fc.property(text, (input) => {
      try {
        parseMatch(input);
      } catch (error) {
        expect(error).toBeInstanceOf(MatchError);
        expect((error as MatchError).offset).toBeLessThanOrEqual(input.length);
      }
    });
    fc.assert(property, { seed: 7, numRuns: 2000 });
  });
});
