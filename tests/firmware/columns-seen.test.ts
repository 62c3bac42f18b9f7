/** What a module sees in columns that the kernel brings up to date when a place asks for them. */
import { expect, it } from 'vitest';
import { writeU32 } from '../../netstack/byte-order.ts';
import { HONEST, type HostileModule, READS, rewrite } from '../hostile/crime.ts';
import {
  AFTER_POLICY,
  BEFORE_POLICY,
  hostileFirmware,
  ROUTED_AT_ONCE,
} from '../hostile/hostile-system.ts';
import { type BoardUnderTest, boot } from './board-under-test.ts';
import { OPEN, routerYaml } from './configuration.ts';
import { ipv4Header, linesOf, mend, udpFrame } from './frames.ts';

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

it.each([
  ['ipv4.ttl', 1, 10],
  ['ipv4.dst', 4, 0x0a02_0007],
  ['l4.sport', 2, 4001],
] as const)(
  'nothing of what a module writes to the %s of its neighbour',
  async (column, width, value) => {
    const firmware = await hostileFirmware({
      keys: `accepts: ip\nwrites: { ${column}: any }\noutputs: { out: ip }`,
      code: { process: rewrite(width, value) },
      links: { wire: '{ arp: arp, udp dst port 502: liar, ip: route }', 'liar.out': 'route' },
    });
    const board = await boot(routerYaml(OPEN), { firmware });
    const beside = Array.from({ length: 8 }, (_, i) => `udp 10.1.0.30:${5000 + i} > 10.2.0.7:503`);
    const alone = await boot(routerYaml(OPEN), { firmware });
    const step = board.send([PACKET, ...beside]);
    expect(step.delta['modules.liar.packets']).toBe(1);
    expect(linesOf(step).slice(1)).toEqual(linesOf(alone.send(beside)));
  },
);

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

it.each([
  ['of a fragment in ARP', 'arp', 'ipv4.fragment', 'arp who-has 10.1.0.1 tell 10.1.0.20', 'arp'],
  ['of a sequence number in UDP', 'ip', 'tcp.seq', PACKET, 'route'],
  ['of an acknowledgement in UDP', 'ip', 'tcp.ack', `${PACKET} size 120`, 'route'],
])('nothing %s: what is no such field stays withheld', async (_, match, column, text, next) => {
  const firmware = await hostileFirmware({
    keys: `accepts: ${match}\nreads: [${column}]\noutputs: { out: ${match} }`,
    code: { process: HONEST },
    links: {
      wire: match === 'arp' ? '{ arp: liar, ip: route }' : '{ arp: arp, ip: liar }',
      'liar.out': next,
    },
  });
  const board = await boot(routerYaml(OPEN), { firmware });
  expect(board.send(text, { in: 'eth1' }).delta['modules.liar.packets']).toBe(1);
  expect(seenBy(board, 0).getUint16(0, true)).toBe(0);
});

it('the sequence numbers of TCP', async () => {
  const links = { wire: '{ arp: arp, ip: liar }', 'liar.out': 'route' };
  for (const [column, at] of [
    ['tcp.seq', 4],
    ['tcp.ack', 8],
  ] as const) {
    const firmware = await hostileFirmware({ ...watcher(column), links });
    const board = await boot(routerYaml(OPEN), { firmware });
    const { frame } = board.build('tcp 10.1.0.20:4000 > 10.2.0.7:502');
    writeU32(frame, 14 + 20 + at, 0x12345678);
    board.sendFrames([frame], 'eth1');
    expect(seenBy(board, 0).getUint32(0, true)).toBe(0x12345678);
  }
});

it.each([
  ['UDP', 17, 0, 8],
  ['ICMP', 1, 0, 8],
  ['SCTP', 132, 0, 12],
  ['GRE', 47, 0, 0],
  ['TCP', 6, 5, 20],
  ['TCP with options', 6, 8, 32],
  ['TCP that says too little of its header', 6, 1, 20],
])('the payload of %s, behind its header', async (_, protocol, dataOffset, begin) => {
  const links = { wire: '{ arp: arp, ip: liar }', 'liar.out': 'route' };
  const firmware = await hostileFirmware({ ...watcher('"payload[8]"'), links });
  const board = await boot(routerYaml(OPEN), { firmware });
  const { frame } = board.build(`${PACKET} size 120`);
  const l4 = 14 + 20;
  for (let at = l4; at < frame.length; at++) frame[at] = at - l4;
  frame[l4 + 12] = dataOffset === 0 ? 12 : dataOffset << 4;
  frame[14 + 9] = protocol;
  board.sendFrames([mend(frame)], 'eth1');
  expect(seenBy(board, 0).getUint8(0)).toBe(begin);
});
