/** What a board under load has counted, as the bench asks for it. */
import type { Board } from '../../firmware/board/board.ts';
import { COUNTER_FLOWS_EVICTED } from '../../firmware/boot/table-layout.ts';
import { readCounters } from '../../firmware/report/counters.ts';

export function droppedByReason(board: Board): Readonly<Record<string, number>> {
  return readCounters(board).drops;
}

export function connectionsOpened(board: Board): number {
  const { flows } = readCounters(board);
  return Object.values(flows).reduce((sum, { connections }) => sum + connections, 0);
}

/** Flows that the table has evicted or had no room for. */
export function flowsWithoutRoom(board: Board): number {
  const { kernel } = board;
  const address = kernel.countersAddress() + 8 * COUNTER_FLOWS_EVICTED;
  const [evicted] = new BigUint64Array(kernel.memory.buffer, address, 1);
  return Number(evicted) + (droppedByReason(board)['flow-table-full'] ?? 0);
}
