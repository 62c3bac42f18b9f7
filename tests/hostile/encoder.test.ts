import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { boot } from '../firmware/board-under-test.ts';
import { firmwareOf, OPEN, routerYaml } from '../firmware/configuration.ts';
import { sentBy } from '../firmware/frames.ts';
import { sluice } from '../scripts/sluice.ts';
import { changed, eachRow, type HostileSystem, READS, verdict, WRITES } from './crime.ts';
import { writeHostileSystem } from './hostile-system.ts';

/** Six bits of the source port, which the module may read, in DSCP, which it may write. */
const ENCODER: HostileSystem = {
  keys: `accepts: udp
reads: [l4.sport]
writes: { ipv4.dscp: any }
outputs: { out: ip }`,
  code: {
    process: eachRow(`${verdict(1)} ${changed(1)}
      (i32.store8 offset=${WRITES} (local.get $row) (i32.and (i32.const 63)
        (i32.load16_u offset=${READS} (i32.mul (local.get $row) (i32.const 2)))))`),
  },
};

it('a module may encode what it reads in what it may write: the manifest says so', async () => {
  const system = await writeHostileSystem(ENCODER);
  const board = await boot(routerYaml(OPEN), { firmware: await firmwareOf(system) });
  const ports = [4001, 4042, 4063];
  const step = board.send(ports.map((port) => `udp 10.1.0.20:${port} > 10.2.0.7:502`));
  expect(sentBy(step).map(({ frame }) => frame[15] >> 2)).toEqual(ports.map((port) => port & 63));
  expect(step.audit).toEqual([]);
  expect(step.delta).toMatchObject({ received: 3, 'modules.liar.packets': 3 });
  expect(Object.keys(step.delta).filter((path) => /violation|drop/.test(path))).toEqual([]);
  // The same, said of it before it ran.
  const { stdout } = await sluice('module', 'show', join(dirname(system), 'liar'));
  await expect(stdout).toMatchFileSnapshot('../golden/module/show-encoder.txt');
});
