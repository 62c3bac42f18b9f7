import { expect, it } from 'vitest';
import { boot } from '../firmware/board-under-test.ts';
import { routerYaml } from '../firmware/configuration.ts';
import { linesOf } from '../firmware/frames.ts';
import { changed, eachRow, READS, verdict, WRITES } from './crime.ts';
import { BEFORE_POLICY, hostileFirmware } from './hostile-system.ts';

const REQUEST = 'udp 10.1.0.20:4000 > 10.2.0.7:502';

it('a port that a rewritten source is not behind is not believed for the replies', async () => {
  const SAME_ZONE = `
board: board.yaml
interfaces:
  plant0: { port: eth0, zone: plant, address: 10.2.0.1/24 }
  office0: { port: eth1, zone: office, address: 10.1.0.1/24 }
  office1: { port: eth2, zone: office, address: 10.3.0.1/24 }
`;
  const INGRESS = `(i32.load8_u offset=${READS} (local.get $row))`;
  const firmware = await hostileFirmware({
    keys: `accepts: ip
reads: [meta.ingress]
writes: { meta.egress: any, ipv4.src: any }
outputs: { out: ip }`,
    links: BEFORE_POLICY,
    code: {
      // Requests leave as if they came from the other office; replies go where they came in.
      process: eachRow(`${verdict(1)}
        (if ${INGRESS}
          (then ${changed(2)} (i32.store offset=${WRITES + 256}
            (i32.mul (local.get $row) (i32.const 4)) (i32.const ${0x0a030009})))
          (else ${changed(1)} (i32.store8 offset=${WRITES} (local.get $row) (i32.const 1))))`),
    },
  });
  const flows = 'routes: []\nflows: [{ name: all, from: office, to: plant, match: ip }]';
  const board = await boot(routerYaml(flows, SAME_ZONE), { firmware });
  expect(linesOf(board.send(REQUEST))).toEqual([expect.stringContaining('eth0 udp 10.3.0.9:4000')]);
  const step = board.send('udp 10.2.0.7:502 > 10.3.0.9:4000');
  expect(linesOf(step)).toEqual([]);
  expect(step.delta).toMatchObject({ 'drops.wrong-port': 1 });
});
