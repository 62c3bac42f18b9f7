/** What a module sees in columns that the kernel brings up to date when a place asks for them. */
import { expect, it } from 'vitest';
import { HONEST, type HostileModule, READS, rewrite } from '../hostile/crime.ts';
import {
  AFTER_POLICY,
  BEFORE_POLICY,
  hostileFirmware,
  ROUTED_AT_ONCE,
} from '../hostile/hostile-system.ts';
import { type BoardUnderTest, boot } from './board-under-test.ts';
import { OPEN, routerYaml } from './configuration.ts';
import { ipv4Header, mend, udpFrame } from './frames.ts';

const PACKET = 'udp 10.1.0.20:4000 > 10.2.0.7:502';
const INTERFACES = `board: board.yaml
interfaces:
  plant0: { port: eth0, zone: plant, address: 10.2.0.1/24, mtu: 600 }
  office0: { port: eth1, zone: office, address: 10.1.0.1/24, mtu: 700 }
  uplink0: { port: eth2, zone: internet, address: 203.0.113.2/30 }
`;

const TOO_BIG = { 'policy.too-big': 'liar', 'liar.out': 'icmp.errors' };

/** A module that looks at a column of every packet, and sends it on. */
const watcher = (column: string): HostileModule => ({
  keys: `accepts: ip\nreads: [${column}]\noutputs: { out: ip }`,
  code: { process: HONEST },
});

/** The first column of the first packet that a module was handed last. */
function seenBy(board: BoardUnderTest, module: number): DataView {
  return new DataView(board.board.slots[module]?.memory as ArrayBuffer, READS);
}

it.each([
  ['before the policy', PACKET, BEFORE_POLICY, 0],
  ['after it', PACKET, AFTER_POLICY, 600],
  ['of a packet that is too big', `${PACKET} size 680`, TOO_BIG, 600],
  ['of one for the router', 'icmp 10.1.0.20 > 10.1.0.1', { local: 'liar' }, 0],
  ['of one of its own', `${PACKET} ttl 1`, { 'icmp.errors.error': 'liar' }, 0],
] as const)('the MTU %s', async (_, text, links, mtu) => {
  const firmware = await hostileFirmware({
    ...watcher('meta.mtu'),
    links: { wire: ROUTED_AT_ONCE, ...links },
  });
  const board = await boot(routerYaml(OPEN, INTERFACES), { firmware });
  expect(board.send(text).delta['modules.liar.packets']).toBe(1);
  expect(seenBy(board, 0).getUint16(0, true)).toBe(mtu);
});

it('the DSCP of a packet, and then what another module has made of it', async () => {
  const frame = udpFrame(PACKET, new Uint8Array(0));
  ipv4Header(frame)[1] = 46 << 2;
  mend(frame);
  const links = { 'liar.out': 'accomplice', 'accomplice.out': 'route' };
  for (const [code, dscp] of [
    [{ process: HONEST }, 46],
    [{ process: rewrite(1, 10) }, 10],
  ] as const) {
    const firmware = await hostileFirmware({
      ...{ keys: 'accepts: ip\nwrites: { ipv4.dscp: any }\noutputs: { out: ip }', code, links },
      accomplice: watcher('ipv4.dscp'),
    });
    const board = await boot(routerYaml(OPEN), { firmware });
    const { sent } = board.sendFrames([frame], 'eth1');
    expect(seenBy(board, 1).getUint8(0)).toBe(dscp);
    expect(ipv4Header(sent.at(-1)?.frame as Uint8Array)[1]).toBe(dscp << 2);
  }
});
