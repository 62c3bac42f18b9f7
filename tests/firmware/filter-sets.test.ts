/**
 * The filter sets of PClassEval and their traces, whose last column is the number of the first rule
 * that matches: an oracle for first match that nobody here made.
 */
import * as fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import { PolicyBench, type Question } from './policy/policy-bench.ts';

const folder = new URL('../../../shared/data/acl/song/', import.meta.url);
const hasFilterSets = fs.existsSync(folder);

const TOPOLOGY = `
board: board.yaml
interfaces:
  in0: { port: eth0, zone: in, address: 192.0.2.1/30 }
  out0: { port: eth1, zone: out, address: 192.0.2.5/30 }
routes: [{ to: 0.0.0.0/0, via: 192.0.2.2 }]
`;

function portText(way: string, first: string, last: string): string {
  if (first === '0' && last === '65535') return '';
  return `${way} portrange ${first}-${last}`;
}

/** A rule as a match; ports without a protocol mean any protocol that has them. */
function matchOf(line: string): string {
  const parts = line
    .replace('@', '')
    .split(/\s+/)
    .filter((part) => part !== '' && part !== ':');
  const [src, dst, sport, sportLast, dport, dportLast, protocol] = parts;
  const [proto, mask] = protocol.split('/').map(Number);
  const words = [`src net ${src}`, `dst net ${dst}`, mask === 0 ? 'ip' : `ip proto ${proto}`];
  for (const text of [portText('src', sport, sportLast), portText('dst', dport, dportLast)]) {
    if (text !== '') words.push(text);
  }
  return words.join(' and ');
}

function lines(name: string): string[] {
  return fs
    .readFileSync(new URL(name, folder), 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '');
}

/** Addresses that never get as far as policy. */
function isSpecial(address: number): boolean {
  const first = address >>> 24;
  return first === 0 || first === 127 || first >= 224 || address >>> 3 === 0xc0000200 >>> 3;
}

describe.skipIf(!hasFilterSets)(
  'policy: first match of public filter sets (else: they are not beside the project)',
  () => {
    it.each(['acl1_100', 'fw1_100', 'ipc1_100', 'acl1_1K', 'fw1_1K', 'ipc1_1K'])(
      '%s',
      async (name) => {
        const rules = lines(name).map(matchOf);
        const flows = rules.map(
          (match, i) => `  - { name: "${i + 1}", from: in, to: out, match: "${match}" }`,
        );
        const bench = await PolicyBench.boot(`${TOPOLOGY}flows:\n${flows.join('\n')}`);
        const trace = lines(`${name}_trace`).map((line) => line.trim().split(/\s+/).map(Number));
        const usable = trace.filter(
          ([src, dst, , , proto]) =>
            !isSpecial(src) && !isSpecial(dst) && (proto === 6 || proto === 17),
        );
        const questions = usable.map(
          ([src, dst, sport, dport, proto]): Question => ({
            ...{ ingress: 'eth0', egress: 1 },
            ...{ src, dst, sport, dport, proto },
          }),
        );
        const answers = bench.ask(questions);
        const wrong = usable
          .map((header, i) => `${header.join(' ')}: ${answers[i]}`)
          .filter((text, i) => answers[i] !== String(usable[i][5]) && text !== '');
        expect(wrong.slice(0, 5)).toEqual([]);
        expect(usable.length).toBeGreaterThan(trace.length / 20);
      },
    );
  },
);
