/**
 * `npm run bench:fuel`: what metering costs. The same rows through the same modules, with and
 * without it, in turns; medians.
 */
import { join } from 'node:path';
import { loadRouter } from '../../config/router.ts';
import { Board } from '../../firmware/board/board.ts';
import type { ModuleSlot } from '../../firmware/board/module-slot.ts';
import { compileTables } from '../../firmware/boot/tables.ts';
import { buildPacket } from '../../netstack/build-packet.ts';
import { writeU48 } from '../../netstack/byte-order.ts';
import { parsePacketText } from '../../netstack/packet-text.ts';
import { median } from '../bench/statistics.ts';
import { unmeteredModule } from '../bench/tax/unmetered-module.ts';
import { buildModule } from '../toolchain/build-firmware.ts';
import { loadFirmware } from '../toolchain/load-firmware.ts';
import { findProjectRoot } from '../toolchain/project-root.ts';

const ROUNDS = 41;
const CALLS_A_ROUND = 4000;
const PACKETS = 256;
const MEASURED = ['route', 'neighbor'];

/** A vector of one flow each way, so that the modules' blocks have rows in them. */
function fill(board: Board): void {
  const office = board.router.interfaces.find(({ zone }) => zone === 'office');
  const nic = board.nics[office?.port ?? 0];
  for (let i = 0; i < PACKETS * 2; i++) {
    const frame = buildPacket(parsePacketText('tcp 10.1.0.20:4000 > 10.2.0.7:502'));
    writeU48(frame, 0, nic.mac);
    nic.receive(frame, 0, frame.length, frame.length, 0, 1, 0);
    if (i % PACKETS === 0) board.run();
  }
  board.run();
}

function nanosecondsARow(slot: ModuleSlot, rows: number): number {
  const start = process.cpuUsage();
  for (let i = 0; i < CALLS_A_ROUND; i++) {
    if (slot.call('process') !== null) throw new Error(`${slot.loaded.name} faults`);
  }
  // The time of this process alone: on a busy machine the clock tells of others.
  return (process.cpuUsage(start).user * 1000) / CALLS_A_ROUND / rows;
}

const firmware = await loadFirmware();
const router = loadRouter(join(findProjectRoot(), 'config/routers/plant.yaml'));
const tables = compileTables(firmware.system, router);
const built = await Promise.all(firmware.system.modules.map(({ path }) => buildModule(path)));
const modules = firmware.modules.map((loaded, i) => ({
  ...loaded,
  code: new WebAssembly.Module(unmeteredModule(built[i].wasm)),
}));
const boards = [firmware, { ...firmware, modules }].map((f) => new Board(f, router, tables));
for (const board of boards) fill(board);
for (const [i, { name, blocks }] of firmware.modules.entries()) {
  if (!MEASURED.includes(name)) continue;
  const rows = new Uint32Array(boards[0].slots[i].memory, blocks.read_block, 1)[0];
  const times: number[][] = [[], []];
  for (let round = 0; round < ROUNDS; round++) {
    for (const [k, board] of boards.entries()) {
      times[k].push(nanosecondsARow(board.slots[i], rows));
    }
  }
  const [metered, plain] = times.map(median);
  const ratio = (metered / plain).toFixed(3);
  const both = `${metered.toFixed(2)} ns a row metered, ${plain.toFixed(2)} without`;
  console.log(`${name}: ${both}: ${ratio} (${rows} rows)`);
}
