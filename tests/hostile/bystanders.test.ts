/** What a module does with what it shares with others: their packets must not pay for it. */
import { expect, it } from 'vitest';
import { OUTCOME_CAPACITY } from '../../firmware/boot/table-layout.ts';
import { buildArp } from '../../netstack/arp.ts';
import { buildEthernet } from '../../netstack/ethernet.ts';
import { type BoardUnderTest, boot } from '../firmware/board-under-test.ts';
import { OPEN, routerYaml } from '../firmware/configuration.ts';
import { linesOf } from '../firmware/frames.ts';
import { frameEntry } from '../firmware/puppet.ts';
import {
  eachRow,
  FRAMES,
  fill,
  type HostileSystem,
  messageEntry,
  OUTBOX,
  READS,
  verdict,
} from './crime.ts';
import { AFTER_POLICY, hostileFirmware } from './hostile-system.ts';

const VICTIM = 'udp 10.1.0.20:4000 > 10.2.0.7:502';
const BYSTANDER = 'tcp 10.1.0.30:4000 > 10.2.0.9:80';

async function bootWith(system: HostileSystem, isTraced = false): Promise<BoardUnderTest> {
  return boot(routerYaml(OPEN), { firmware: await hostileFirmware(system), isTraced });
}

/** The router tells the plant of itself: nobody answers that. */
const ANNOUNCEMENT = frameEntry(
  buildEthernet({
    destination: 0xffffffffffff,
    source: 0,
    tags: [],
    type: 0x0806,
    payload: buildArp({
      operation: 2,
      senderMac: 0,
      senderAddress: 0x0a020001,
      targetMac: 0,
      targetAddress: 0x0a020001,
    }),
  }),
  { row: null, egress: 0 },
);

it('a module that makes as many frames as it can leaves others room for theirs', async () => {
  const flood = fill(FRAMES, Buffer.concat(Array(1000).fill(ANNOUNCEMENT)));
  const system = {
    keys: `accepts: udp\noutputs: { out: arp }
originates: { match: arp, ports: any, per-second: 10000 }`,
    links: { 'liar.out': 'tx' },
    fuelPerPacket: 20_000,
    code: { ...flood, more: `${flood.more} (func (export "tick") ${flood.process})` },
  };
  const board = await bootWith(system, true);
  // Once at a tick, and once with its packet.
  const step = board.send([VICTIM, BYSTANDER]);
  expect(step.delta).toMatchObject({ 'drops.arena-full': 2 * (1000 - 256) });
  // Nor does the trace of what became of each lose a packet to them.
  const refused = step.outcomes.filter(({ reason }) => reason === 'arena-full');
  expect(refused.length).toBeLessThan(OUTCOME_CAPACITY / 2);
  expect(step.outcomes).toContainEqual(
    expect.objectContaining({ kind: 'transmitted', arrival: 1 }),
  );
  // Its neighbour had to be asked for, by a frame that module arp makes.
  expect(linesOf(step)).toEqual([expect.stringContaining(`eth0 ${BYSTANDER}`)]);
});

it('a packet that one module was handed back is new to the next', async () => {
  const HELD = `(i32.load8_u offset=${READS} (local.get $row))`;
  const board = await boot(routerYaml(OPEN), {
    firmware: await hostileFirmware({
      keys: 'accepts: udp\nreads: [meta.held]\noutputs: { out: udp }\nholds: true',
      links: AFTER_POLICY,
      code: {
        process: eachRow(`(if ${HELD} (then ${verdict(1)}) (else ${verdict(255)}))`),
      },
    }),
  });
  expect(linesOf(board.send(VICTIM))).toEqual([]);
  // The next hop is not known: module neighbor holds it in its turn, and asks.
  const step = board.advance(10);
  expect(linesOf(step)).toEqual([expect.stringContaining(`eth0 ${VICTIM}`)]);
  expect(step.audit).toEqual([]);
});

it('what a module makes at a tick counts for its first place that may make such', async () => {
  const make = fill(FRAMES, ANNOUNCEMENT);
  const board = await bootWith({
    keys: `accepts: udp
outputs: { out: icmp }
originates: { match: icmp, ports: any, per-second: 10 }`,
    links: { 'accomplice.look.out': 'route', 'accomplice.tell.out': 'tx' },
    code: {},
    accomplice: {
      keys: `places:
  look: { accepts: udp, outputs: { out: udp } }
  tell:
    accepts: udp
    outputs: { out: arp }
    originates: { match: arp, ports: any, per-second: 10 }`,
      code: { more: `(func (export "tick") ${make.process}) ${make.more}` },
    },
  });
  const { delta, audit } = board.advance(2);
  expect(audit).toEqual([]);
  expect(delta).toMatchObject({ originated: 1, transmitted: 1 });
});

it('a module that talks while it is configured is not heard before the others are', async () => {
  const interfaces = 'interfaces: [port: u8, address: u32, length: u8, mac: u64, mtu: u16]';
  const note = fill(OUTBOX, messageEntry(0, 1, 8));
  const TYPE = '(i32.load16_u (i32.const 196616))';
  const board = await bootWith({
    keys: `accepts: udp\noutputs: { out: udp }
messages: { receives: { ${interfaces} }, sends: { note: [n: u32] } }`,
    code: { more: `(func (export "receive") ${note.process}) ${note.more}` },
    accomplice: {
      keys: `accepts: udp
messages: { receives: { ${interfaces}, note: [n: u32] }, sends: { heard: [n: u32] } }`,
      code: {
        more: `(func (export "receive") (if ${TYPE} (then ${note.process}))) ${note.more}`,
      },
    },
    messages: `  liar.interfaces: $interfaces
  liar.note: accomplice
  accomplice.interfaces: $interfaces
  accomplice.heard: console
`,
  });
  const { messages } = board.board;
  expect(messages.console).toEqual([]);
  board.run();
  expect(messages.console).toEqual([{ module: 'accomplice', message: 'heard', record: { n: 0 } }]);
});
