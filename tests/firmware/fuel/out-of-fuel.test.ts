import { describe, expect, it } from 'vitest';
import { FUEL_PER_CALL_MAX } from '../../../config/limits.ts';
import { fuelFor } from '../../../firmware/board/fuel.ts';
import { type BoardUnderTest, boot } from '../board-under-test.ts';
import { OPEN, routerYaml } from '../configuration.ts';
import { puppetSystem } from '../puppet.ts';
import { type WatParts, watModule } from '../wat.ts';

const KEYS = 'accepts: ip\nreads: [l4.dport]\noutputs: { out: ip }';
/** Every row leaves by output 1. The read block is at 64 KiB, its columns 64 bytes in. */
const FORWARD = '(memory.fill (i32.const 131072) (i32.const 1) (i32.load (i32.const 65536)))';
/** For each row: what happens to one that goes to port 666. */
const eachRow = (poison: string, first = '') => `(local i32)
  ${first}
  (loop
    (if (i32.eq (i32.const 666)
          (i32.load16_u offset=65600 (i32.shl (local.get 0) (i32.const 1))))
      (then ${poison}))
    (local.set 0 (i32.add (local.get 0) (i32.const 1)))
    (br_if 0 (i32.lt_u (local.get 0) (i32.load (i32.const 65536)))))`;
const LOOP = '(loop (br 0))';

async function boardWith(parts: WatParts, keys = KEYS): Promise<BoardUnderTest> {
  const { firmware } = await puppetSystem(keys, {}, await watModule(parts));
  const board = await boot(routerYaml(OPEN), { firmware });
  // Both hosts are known from here on.
  board.send(['udp 10.1.0.20:1 > 10.2.0.7:1', 'udp 10.1.0.20:1 > 10.2.0.8:1']);
  return board;
}

const udp = (port: number) => `udp 10.1.0.20:4000 > 10.2.0.7:${port}`;
const faults = (audit: readonly Record<string, unknown>[]) =>
  audit.filter(({ event }) => event === 'fault');

describe('a module that runs out of fuel', () => {
  it('in process drops only the rows that do so alone', async () => {
    const board = await boardWith({ process: `${eachRow(LOOP)} ${FORWARD}` });
    const { sent, delta, audit } = board.send([udp(1), udp(666), udp(2)]);
    expect(sent.filter(({ uncounted }) => !uncounted)).toHaveLength(2);
    expect([delta.transmitted, delta.dropped]).toEqual([2, 1]);
    expect(faults(audit)[0]).toMatchObject({ module: 'puppet', fault: 'out-of-fuel' });
  });

  it('is told from one that traps', async () => {
    const board = await boardWith({ process: `${eachRow('unreachable')} ${FORWARD}` });
    const { audit } = board.send([udp(1), udp(666)]);
    expect(faults(audit)[0]).toMatchObject({ module: 'puppet', fault: 'trap' });
  });

  it('leaves nothing of the call: no verdict that it had set, no message, no frame', async () => {
    const board = await boardWith({ process: eachRow(LOOP, FORWARD) });
    const { delta } = board.send([udp(666)]);
    expect([delta.transmitted ?? 0, delta.dropped]).toEqual([0, 1]);
  });

  it('does so at the same row, whatever came before', async () => {
    const audits = [];
    for (let again = 0; again < 2; again++) {
      const board = await boardWith({ process: `${eachRow(LOOP)} ${FORWARD}` });
      audits.push(board.send([udp(1), udp(666), udp(2)], { at: 9 }).audit);
    }
    expect(audits[1]).toEqual(audits[0]);
  });

  it('in tick is stopped, and what flows goes on', async () => {
    const board = await boardWith({ process: FORWARD, more: `(func (export "tick") ${LOOP})` });
    const { audit } = board.advance(2);
    expect(faults(audit)[0]).toMatchObject({
      module: 'puppet',
      call: 'tick',
      fault: 'out-of-fuel',
    });
  });

  it('in initialize does not boot', async () => {
    await expect(boardWith({ initialize: LOOP, process: FORWARD })).rejects.toMatchObject({
      code: 'MODULE_FAULT',
      component: 'puppet',
    });
  });

  it('has fuel for each row that it is handed', async () => {
    // 18 instructions a row: 200 rows are more than the 1,000 of a call and the 1,000 of one row.
    const board = await boardWith({ process: `${eachRow('nop')} ${FORWARD}` });
    const { delta } = board.send(Array.from({ length: 200 }, (_, i) => udp(1000 + i)));
    expect(delta.transmitted).toBe(200);
  });
});

it.each([
  ['process', 3, 1000 + 3 * 10],
  ['process', 1e9, FUEL_PER_CALL_MAX],
  ['receive', 3, 1000 + 3 * 200],
  ['tick', 3, 1000 + 4000],
  ['initialize', 3, 1000 + 4_194_304],
] as const)('a call of %s with %i rows or records has %i of fuel', (procedure, count, fuel) => {
  const limits = { memory: 65_536, fuelPerPacket: 10, fuelPerMessage: 200, fuelPerTick: 4000 };
  expect(fuelFor(limits, procedure, count)).toBe(fuel);
});
