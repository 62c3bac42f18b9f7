/** Nothing is allocated for a packet: what a breath allocates does not grow with its rows. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { loadRouter } from '../../config/router.ts';
import { FarSide } from '../../drivers/far-side.ts';
import { Board } from '../../firmware/board/board.ts';
import { neighborRanges } from '../../firmware/boot/address-map.ts';
import { compileTables } from '../../firmware/boot/tables.ts';
import { buildPacket } from '../../netstack/build-packet.ts';
import { writeU48 } from '../../netstack/byte-order.ts';
import { parsePacketText } from '../../netstack/packet-text.ts';
import { loadFirmware } from '../../scripts/toolchain/load-firmware.ts';
import { plantRouter } from '../scripts/sluice.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Few enough that no collection falls between two looks at the heap. */
const BREATHS = 300;
const ROWS_MAX = 256;
/** What a breath may allocate, whatever is in it: its times, which are 64-bit integers. */
const BREATH_BYTES_MAX = 4096;

/** A board that forwards packets of one open connection, `rows` a breath. */
async function forwarder(): Promise<(rows: number, breaths: number) => void> {
  const firmware = await loadFirmware();
  const router = loadRouter(plantRouter);
  const board = new Board(firmware, router, compileTables(firmware.system, router));
  const office = router.interfaces.find(({ zone }) => zone === 'office')?.port ?? 0;
  const ends = board.nics.map((nic, port) => {
    const hosts = neighborRanges(router).filter((range) => range.port === port);
    return { nic, sink: new FarSide(nic, hosts).watch };
  });
  board.onBreath = () => {
    for (const { nic, sink } of ends) nic.drain(sink);
  };
  const nic = board.nics[office];
  const frame = buildPacket(parsePacketText('tcp 10.1.0.20:4000 > 10.2.0.7:502'));
  writeU48(frame, 0, nic.mac);
  return (rows, breaths) => {
    for (let breath = 0; breath < breaths; breath++) {
      for (let row = 0; row < rows; row++) {
        nic.receive(frame, 0, frame.length, frame.length, 0, 1, 0);
      }
      board.run();
    }
  };
}

/** Bytes that so many breaths allocate: the least of some tries. */
function allocatedBy(forward: () => void): number {
  const tries = Array.from({ length: 5 }, () => {
    collectGarbage();
    const before = process.memoryUsage().heapUsed;
    forward();
    return process.memoryUsage().heapUsed - before;
  });
  return Math.min(...tries);
}

it('a breath of 256 packets allocates no more than a breath of one', async () => {
  const forward = await forwarder();
  forward(ROWS_MAX, 2000);
  forward(1, 2000);
  const one = allocatedBy(() => forward(1, BREATHS));
  const many = allocatedBy(() => forward(ROWS_MAX, BREATHS));
  const perPacket = (many - one) / (BREATHS * (ROWS_MAX - 1));
  expect(perPacket).toBeLessThan(0.5);
  expect(one / BREATHS).toBeLessThan(BREATH_BYTES_MAX);
});

it('a byte that is allocated for a packet is seen', () => {
  const kept: Uint8Array[] = [];
  const seen = allocatedBy(() => {
    for (let packet = 0; packet < BREATHS; packet++) kept.push(new Uint8Array(1));
  });
  expect(seen).toBeGreaterThan(BREATHS * 8);
});
