// Ports from 32,768 on once read as negative: an untyped literal had made the look-up signed.
import { expect, it } from 'vitest';
import { PolicyBench } from './policy/policy-bench.ts';

it.each([32_767, 32_768, 40_000, 65_535])(
  'a flow to destination port %d is found',
  async (dport) => {
    const bench = await PolicyBench.boot(`
board: board.yaml
interfaces:
  in0: { port: eth0, zone: in, address: 192.0.2.1/30 }
  out0: { port: eth1, zone: out, address: 192.0.2.5/30 }
routes: [{ to: 0.0.0.0/0, via: 192.0.2.2 }]
flows: [{ name: one, from: in, to: out, match: udp dst portrange 1024-65535 }]
`);
    const question = {
      ingress: 'eth0',
      egress: 1,
      src: 0x01010101,
      dst: 0x02020202,
      proto: 17,
      sport: 9,
      dport,
    };
    expect(bench.ask([question])).toEqual(['one']);
  },
);
