/**
 * A run over its virtual time: what each flow carried and what was dropped for each reason. Only
 * counters are looked at, so it changes nothing, and what it adds up to is what the report says.
 */
import { DROP_REASONS_MAX } from '../../config/abi.ts';
import type { Board } from '../../firmware/board/board.ts';
import * as layout from '../../firmware/boot/table-layout.ts';
import { reasonName } from '../../firmware/report/counters.ts';
import { type BinnedAmounts, TimeBins } from './time-bins.ts';

/** What a timeline shows. */
export interface TimelineData {
  /** Frames and bytes of IP packets transmitted, both ways, by flow. */
  readonly packets: BinnedAmounts;
  readonly bytes: BinnedAmounts;
  /** Dropped frames by reason. */
  readonly drops: BinnedAmounts;
}

const NANOSECONDS_PER_SECOND = 1e9;
const WORDS_PER_COUNTER = 2;

/** Counters in the kernel's memory, as they were when they were looked at last. */
class Watched {
  private readonly words: Uint32Array;
  private readonly last: Uint32Array;
  private readonly stride: number;

  /** `count` counters of 64 bits from `address` on, `stride` bytes apart. */
  constructor(buffer: ArrayBufferLike, address: number, count: number, stride: number) {
    this.stride = stride / Uint32Array.BYTES_PER_ELEMENT;
    const size = count === 0 ? 0 : (count - 1) * this.stride + WORDS_PER_COUNTER;
    this.words = new Uint32Array(buffer, address, size);
    this.last = new Uint32Array(count);
  }

  /** Calls `use` with each counter that has moved, and by how much: less than 2^32 a breath. */
  changes(use: (index: number, amount: number) => void): void {
    const { words, last, stride } = this;
    for (let index = 0, at = 0; index < last.length; index++, at += stride) {
      const amount = (words[at] - last[index]) >>> 0;
      if (amount === 0) continue;
      last[index] = words[at];
      use(index, amount);
    }
  }
}

/** Looks at a board's counters breath by breath, from its boot on. */
export class Timeline {
  private readonly board: Board;
  private readonly bins = new TimeBins();
  private readonly packets: Watched;
  private readonly bytes: Watched;
  private readonly drops: Watched;
  private readonly flowNames: readonly string[];

  constructor(board: Board) {
    this.board = board;
    const { kernel, router } = board;
    const { buffer } = kernel.memory;
    this.flowNames = router.flows.map(({ name }) => name);
    const flows = kernel.flowCountersAddress();
    const flowCounters = (offset: number) =>
      new Watched(buffer, flows + offset, this.flowNames.length, layout.FLOW_COUNTER_SIZE);
    this.packets = flowCounters(layout.FLOW_PACKETS_OFFSET);
    this.bytes = flowCounters(layout.FLOW_BYTES_OFFSET);
    const size = BigUint64Array.BYTES_PER_ELEMENT;
    const drops = kernel.countersAddress() + layout.COUNTER_DROPS * size;
    this.drops = new Watched(buffer, drops, DROP_REASONS_MAX, size);
  }

  /** Takes what has happened since the last time as having happened in the present breath. */
  sample(): void {
    const { bins, board } = this;
    const bin = bins.binAt(Number(board.kernel.breathTime()) / NANOSECONDS_PER_SECOND);
    this.packets.changes((flow, count) => bins.add(bin, 'packets', this.flowNames[flow], count));
    this.bytes.changes((flow, count) => bins.add(bin, 'bytes', this.flowNames[flow], count));
    this.drops.changes((id, count) => bins.add(bin, 'drops', reasonName(board.tables, id), count));
  }

  /** All so far. */
  data(): TimelineData {
    const { bins } = this;
    return {
      packets: bins.amounts('packets'),
      bytes: bins.amounts('bytes'),
      drops: bins.amounts('drops'),
    };
  }
}
