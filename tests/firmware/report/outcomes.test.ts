import { beforeAll, describe, expect, test } from 'vitest';
import { loadRouter } from '../../../config/router.ts';
import { Board } from '../../../firmware/board/board.ts';
import type { Firmware } from '../../../firmware/boot/assemble.ts';
import { OUTCOME_CAPACITY } from '../../../firmware/boot/table-layout.ts';
import { compileTables } from '../../../firmware/boot/tables.ts';
import { type Outcome, takeOutcomes, traceOutcomes } from '../../../firmware/report/outcomes.ts';
import { buildPacket } from '../../../netstack/build-packet.ts';
import { parsePacketText } from '../../../netstack/packet-text.ts';
import { WiredBoard } from '../../../scripts/replay/wired-board.ts';
import { loadFirmware } from '../../../scripts/toolchain/load-firmware.ts';
import { plantRouter } from '../../scripts/sluice.ts';

const FRAMES = 3 * OUTCOME_CAPACITY;
const OFFICE = 1;

let firmware: Firmware;

beforeAll(async () => {
  firmware = await loadFirmware();
});

/** Feeds frames to the example router from the office; the outcomes taken after each breath. */
function outcomesOf(texts: readonly string[], isTraced: boolean): Outcome[] {
  const router = loadRouter(plantRouter);
  const board = new Board(firmware, router, compileTables(firmware.system, router));
  const wired = new WiredBoard(board, { receipt: null, writers: [] });
  const outcomes: Outcome[] = [];
  wired.afterBreath.push(() => {
    outcomes.push(...takeOutcomes(board));
  });
  if (isTraced) traceOutcomes(board);
  const { mac } = router.board.ports[OFFICE];
  for (let index = 0; index < FRAMES; index++) {
    const text = texts[index % texts.length];
    const frame = buildPacket(parsePacketText(text), { destination: mac });
    wired.feed(OFFICE, frame, 0, frame.length, frame.length, index >> 10, 0);
  }
  board.finish();
  outcomes.push(...takeOutcomes(board));
  return outcomes;
}

// Two of three are answered by frames that modules make.
const TEXTS = [
  'icmp 10.1.0.30 > 10.1.0.1',
  'tcp 10.1.0.20:4000 > 10.2.0.7:502 ttl 1',
  'tcp 10.1.0.21:4000 > 10.2.0.7:502',
];

describe('outcomes taken after each breath', () => {
  test('tell of every frame once, however many there are', () => {
    const arrivals = outcomesOf(TEXTS, true).flatMap(({ arrival }) => arrival ?? []);
    expect(arrivals.toSorted((a, b) => a - b)).toEqual(Array.from({ length: FRAMES }, (_, i) => i));
  });

  test('are none unless somebody asked for them', () => {
    expect(outcomesOf(TEXTS, false)).toEqual([]);
  });
});
