// Ports from 32,768 on once read as negative: an untyped literal had made the look-up signed.
import { expect, it } from 'vitest';
import { PolicyBench } from './policy/policy-bench.ts';

const ROUTER = `
board: board.yaml
interfaces:
  in0: { port: eth0, zone: in, address: 192.0.2.1/30 }
  out0: { port: eth1, zone: out, address: 192.0.2.5/30 }
routes: [{ to: 0.0.0.0/0, via: 192.0.2.2 }]
flows:
  - { name: high, from: in, to: out, match: udp dst portrange 1024-65534 }
  - { name: last port, from: in, to: out, match: udp dst port 65535 }
  - { name: last protocol, from: in, to: out, match: ip proto 255 }
  - { name: of no zone, from: in, to: out, match: tcp and zone out }
  - { name: of its zone, from: in, to: out, match: tcp and zone in }
`;
const QUESTION = { ingress: 'eth0', egress: 1, src: 0x01010101, dst: 0x02020202, sport: 9 };

it('a flow is found up to the last port and protocol', async () => {
  const bench = await PolicyBench.boot(ROUTER);
  const ports = [1023, 1024, 32_767, 32_768, 40_000, 65_534, 65_535];
  const answers = bench.ask([
    ...ports.map((dport) => ({ ...QUESTION, proto: 17, dport })),
    ...[254, 255].map((proto) => ({ ...QUESTION, proto, dport: 0 })),
  ]);
  const high = ['high', 'high', 'high', 'high', 'high'];
  expect(answers).toEqual(['denied', ...high, 'last port', 'denied', 'last protocol']);
});

it('a flow whose match names another zone than its own admits nothing', async () => {
  const bench = await PolicyBench.boot(ROUTER);
  expect(bench.ask([{ ...QUESTION, proto: 6, dport: 80 }])).toEqual(['of its zone']);
});
