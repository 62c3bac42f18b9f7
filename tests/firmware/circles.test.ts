/** What modules do among themselves goes round a few times and no more, whatever they try. */
import { describe, expect, it } from 'vitest';
import { boot } from './board-under-test.ts';
import { OPEN, routerYaml } from './configuration.ts';
import { lyingSystem } from './lying-modules.ts';

const TEXT = 'udp 10.1.0.20:4000 > 10.2.0.7:502';

/** Drops every packet, and says `ball` to the other whenever it is called. */
const PLAYER = `
import { begin, sends } from './manifest';
export function initialize(): void {}
export function process(): void { begin(); sends.ball(1); }
export function receive(): void { begin(); sends.ball(1); }
`;
const PLAYER_KEYS = `
accepts: ip
outputs: { out: ip }
messages: { receives: { ball: [n: u32] }, sends: { ball: [n: u32] } }
`;

const player = { keys: PLAYER_KEYS, source: PLAYER };

describe('circles', () => {
  it('of messages end, and are a violation', async () => {
    const firmware = await lyingSystem(
      { ping: player, pong: player },
      {
        own: [],
        links: '  wire: { ip: ping }\n  ping.out: pong',
        messages: '  ping.ball: pong\n  pong.ball: ping',
      },
    );
    const board = await boot(routerYaml(OPEN), { firmware });
    const step = board.send(TEXT);
    expect(step.audit).toMatchObject([{ violation: 'message-loop', value: '5' }]);
    // All of it at the time of the packet.
    expect(board.board.kernel.now()).toBe(1_000_000_000n);
    // The next packet plays as long as the first.
    expect(board.send(TEXT).delta).toEqual(step.delta);
  });

  it('of holding and letting go end', async () => {
    const holder = `
import { begin, rowCount, rows, sends } from './manifest';
export function initialize(): void {}
export function process(): void {
  begin();
  for (let row: u32 = 0; row < rowCount(); row++) rows.setVerdict(row, rows.HOLD);
  sends.ball(1);
}
export function receive(): void { begin(); }
`;
    const firmware = await lyingSystem(
      {
        holder: { keys: `${PLAYER_KEYS}holds: true`, source: holder },
        waker: { keys: PLAYER_KEYS, source: PLAYER },
      },
      {
        own: [],
        links: '  wire: { ip: holder }\n  holder.out: waker',
        messages: '  holder.ball: waker\n  waker.ball: holder',
      },
    );
    const board = await boot(routerYaml(OPEN), { firmware });
    const step = board.send(TEXT);
    expect(step.delta).toMatchObject({ received: 1, held: 1 });
    expect(step.audit).toMatchObject([{ violation: 'message-loop' }]);
    // Timed out once, it may not be held again.
    const end = board.finish();
    expect(end.delta).toMatchObject({ held: -1, dropped: 1, 'drops.violation': 1 });
    expect(end.audit.map(({ violation }) => violation)).toContain('hold');
  });

  it('of answers to the answers of the emulation end, and count', async () => {
    const asker = `
import { begin, frames, rowCount, sends } from './manifest';
export function initialize(): void {}
export function process(): void {
  begin();
  sends.ball(1);
  let at = frames + 8;
  for (let row: u32 = 0; row < rowCount(); row++, at += 64) {
    memory.fill(at, 0, 64);
    store<u16>(at, 42); store<u8>(at, 1, 2); store<u16>(at, row, 4);
    const arp = at + 16;
    store<u16>(arp, 0x0608, 12); store<u16>(arp, 0x0100, 14); store<u16>(arp, 0x0008, 16);
    store<u8>(arp, 6, 18); store<u8>(arp, 4, 19); store<u16>(arp, 0x0100, 20);
    store<u32>(arp, 0x0100020a, 28); // who is there? says 10.2.0.1
  }
  store<u32>(frames, <u32>(at - frames - 8));
}
export function receive(): void { begin(); }
`;
    const keys = `accepts: arp\nreads: [eth.src]\noutputs: { answer: arp }\nanswers: arp
messages: { receives: { ball: [n: u32] }, sends: { ball: [n: u32] } }`;
    const firmware = await lyingSystem(
      { asker: { keys, source: asker }, pong: player, ping: player },
      {
        own: [],
        links: '  wire: { arp: asker, tcp: ping }\n  asker.answer: tx\n  ping.out: pong',
        messages: '  asker.ball: ping\n  ping.ball: pong\n  pong.ball: asker',
      },
    );
    const board = await boot(routerYaml(OPEN), { firmware });
    const question = 'arp who-has 10.2.0.1 tell 10.2.0.7';
    const step = board.send(question, { in: 'eth0' });
    // What a module makes is counted, also when it answers what is in no counter.
    expect(step.delta.originated).toBeGreaterThan(100);
    expect(step.delta.originated).toBeLessThan(1100);
    expect(step.delta.transmitted).toBe(step.delta.originated);
    // The message on its way in breath 1,001 is lost with it: in the one before it were two.
    expect(board.board.messages.lost).toBe(1);
    // And it goes on afterwards.
    expect(board.send(question, { in: 'eth0', at: 2 }).delta).toEqual(step.delta);
    // What ends them ends nothing else: here, a packet that comes while they go round.
    board.setTime(3);
    board.put(board.build(question, { in: 'eth0' }).frame, 'eth0');
    board.setTime(3.005);
    board.put(board.build(TEXT).frame, 'eth1');
    expect(board.run().delta).toMatchObject({ received: 2, 'drops.unlinked': 1 });
  });

  it('of messages from one call are bounded in their volume', async () => {
    const flooder = `
import { begin, sends } from './manifest';
export function initialize(): void {}
export function process(): void { begin(); while (sends.ball(1)) {} }
export function receive(): void { begin(); }
`;
    const sink = `
import { begin } from './manifest';
export function initialize(): void {}
export function process(): void { begin(); }
export function receive(): void { begin(); }
`;
    const firmware = await lyingSystem(
      {
        flooder: { keys: PLAYER_KEYS, source: flooder },
        sink: { keys: PLAYER_KEYS, source: sink },
      },
      {
        own: [],
        links: '  wire: { ip: flooder }\n  flooder.out: sink',
        messages: '  flooder.ball: sink\n  sink.ball: flooder',
      },
    );
    const board = await boot(routerYaml(OPEN), { firmware, vectorRows: 1 });
    const step = board.send([TEXT, TEXT, TEXT]);
    expect(step.audit).toMatchObject([
      { module: 'flooder', violation: 'message-rate' },
      { violation: 'message-rate', repeated: 1 },
    ]);
    expect(step.delta['modules.flooder.violationsByKind.message-rate']).toBe(2);
  });
});
