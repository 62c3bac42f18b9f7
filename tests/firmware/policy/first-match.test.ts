import { describe, expect, it } from 'vitest';
import { bindingsOf } from '../../../firmware/boot/class-tables.ts';
import { readColumns } from '../../../netstack/columns.ts';
import { compileMatch } from '../../../netstack/match/compile.ts';
import { pointOf } from '../../../netstack/match/point.ts';
import { Random } from '../random.ts';
import { PolicyBench, type Question } from './policy-bench.ts';

const TOPOLOGY = `
board: board.yaml
interfaces:
  a0: { port: eth0, zone: a, address: 192.168.0.1/24 }
  b0: { port: eth1, zone: b, address: 192.168.1.1/24 }
  c0: { port: eth2, zone: b, address: 192.168.2.1/24 }
routes:
  - { to: 10.0.0.0/8, via: 192.168.0.2 }
  - { to: 20.0.0.0/8, via: 192.168.1.2 }
  - { to: 30.0.0.0/8, via: 192.168.2.2 }
`;
const SOURCES = [0x0a000000, 0x14000000, 0x1e000000];
const PORTS = [22, 53, 80, 502, 4000];
const NETS = ['10.0.0.0/8', '20.0.0.0/31', '10.0.0.2', '20.0.0.0/30', '30.0.0.0/8', '0.0.0.0/0'];
const WORDS = ['tcp', 'udp', 'icmp', 'ip', 'vlan', 'ip proto 47', 'zone a', 'port 53 or 80', 'arp'];

function randomMatch(random: Random, depth = 0): string {
  const simple = () => {
    const way = random.pick(['', 'src ', 'dst ']);
    const kind = random.below(3);
    if (kind === 0) return `${way}net ${random.pick(NETS.filter((net) => net.includes('/')))}`;
    if (kind === 1) return `${random.pick(['tcp ', 'udp ', ''])}${way}port ${random.pick(PORTS)}`;
    return random.pick(WORDS);
  };
  if (depth > 1 || random.oneIn(3)) return random.oneIn(5) ? `not (${simple()})` : simple();
  const joint = random.pick(['and', 'or', 'and not']);
  return `(${randomMatch(random, depth + 1)}) ${joint} (${randomMatch(random, depth + 1)})`;
}

describe('policy: the first flow that matches admits a new packet', () => {
  it.each([1, 2, 3, 4, 5, 6])('as a linear evaluation finds it, random policy %d', async (seed) => {
    const random = new Random(0x5eed2000 + seed);
    const flows = Array.from({ length: 4 + random.below(20) }, (_, i) => {
      const [from, to] = random.pick([
        ['a', 'b'],
        ['b', 'a'],
        ['b', 'b'],
      ]);
      const match = random.oneIn(8) ? '' : `, match: "${randomMatch(random)}"`;
      return `  - { name: f${i}, from: ${from}, to: ${to}${match} }`;
    });
    const bench = await PolicyBench.boot(`${TOPOLOGY}flows:\n${flows.join('\n')}`);
    const { router } = bench.board;
    const bindings = bindingsOf(router);
    const rules = router.flows.map(({ name, from, to, match }) => ({
      ...{ name, from, to },
      isMatch: match === null ? () => true : compileMatch(match, bindings),
    }));
    const questions = Array.from({ length: 1500 }, (): Question => {
      const port = random.below(3);
      const egress = (port + 1 + random.below(2)) % 3;
      return {
        ...{ ingress: `eth${port}`, egress, isTagged: random.oneIn(4) },
        src: SOURCES[port] + random.below(5),
        dst: random.pick(SOURCES) + random.below(5),
        proto: random.pick([1, 6, 17, 47, 132 - 81]),
        sport: random.pick(PORTS),
        dport: random.pick(PORTS),
      };
    });
    const zoneOf = (port: number) => router.interfaces[port].zone;
    const expected = questions.map((question) => {
      const ingress = Number(question.ingress.slice(3));
      const point = pointOf(readColumns(bench.frameOf(question)), ingress);
      const [from, to] = [zoneOf(ingress), zoneOf(question.egress)];
      const rule = rules.find(
        (each) => each.from === from && each.to === to && each.isMatch(point),
      );
      return rule?.name ?? 'denied';
    });
    const answers = bench.ask(questions);
    // A tuple met before belongs to its flow, whatever its tag says now.
    const first = new Map<string, string>();
    const keys = questions.map(({ src, dst, proto, sport, dport, ingress, egress }) => {
      const ports = proto === 6 || proto === 17 ? `${sport}-${dport}` : '';
      return `${src} ${dst} ${proto} ${ports} ${zoneOf(Number(ingress.slice(3)))} ${zoneOf(egress)}`;
    });
    let compared = 0;
    for (const [i, key] of keys.entries()) {
      const known = first.get(key);
      if (known !== undefined) continue;
      const reverse = keys.slice(0, i).includes(reverseOf(questions[i], zoneOf));
      if (reverse) continue;
      first.set(key, answers[i]);
      expect(`${key}: ${answers[i]}`).toBe(`${key}: ${expected[i]}`);
      compared++;
    }
    expect(compared).toBeGreaterThan(300);
  });
});

/** The key of the packet that this one could be an answer to. */
function reverseOf(question: Question, zoneOf: (port: number) => string): string {
  const { src, dst, proto, sport, dport, ingress, egress } = question;
  const ports = proto === 6 || proto === 17 ? `${dport}-${sport}` : '';
  return `${dst} ${src} ${proto} ${ports} ${zoneOf(egress)} ${zoneOf(Number(ingress.slice(3)))}`;
}
