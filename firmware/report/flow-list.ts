/** The kernel's flow table, as a person reads it. Nothing in it moves. */
import type { Board } from '../board/board.ts';
import * as layout from '../boot/table-layout.ts';
import { zoneName } from './zone-name.ts';

/** A live entry: `source` opened it. Ports are 0 where the protocol has none. */
export interface FlowEntry {
  readonly protocol: number;
  readonly source: number;
  readonly sport: number;
  readonly destination: number;
  readonly dport: number;
  readonly from: string | null;
  readonly to: string | null;
  /** The flow of the router file that admitted it. */
  readonly flow: string | null;
  readonly state: string;
  /** Seconds until it runs out if nothing more of it comes. */
  readonly secondsLeft: number;
}

/** By the kernel's numbers. */
const STATES: readonly string[] = [
  'free',
  'udp',
  'syn',
  'syn-ack',
  'established',
  'closing',
  'closed',
  'icmp',
  'other',
  'reset',
];
const NS_PER_SECOND = 1_000_000_000n;

/** Reads the table of a board; a view of its own, so that many may be read cheaply. */
class FlowTableReader {
  readonly capacity: number;
  private readonly board: Board;
  private readonly view: DataView;

  constructor(board: Board) {
    const { kernel, router } = board;
    this.board = board;
    this.capacity = router.board.flowCapacity;
    const size = this.capacity * layout.FLOW_ENTRY_SIZE;
    this.view = new DataView(kernel.memory.buffer, kernel.flowEntryAddress(0), size);
  }

  /** Whether entry `n` is live at `now`, seconds since boot. */
  isLive(n: number, now: number): boolean {
    const at = n * layout.FLOW_ENTRY_SIZE;
    const isFree = this.view.getUint8(at + layout.FLOW_ENTRY_STATE_OFFSET) === 0;
    return !isFree && this.view.getUint32(at + layout.FLOW_ENTRY_EXPIRES_OFFSET, true) >= now;
  }

  read(n: number, now: number): FlowEntry {
    const { view, board } = this;
    const at = n * layout.FLOW_ENTRY_SIZE;
    const u8 = (offset: number) => view.getUint8(at + offset);
    const u16 = (offset: number) => view.getUint16(at + offset, true);
    const u32 = (offset: number) => view.getUint32(at + offset, true);
    return {
      protocol: u8(layout.FLOW_ENTRY_PROTO_OFFSET),
      source: u32(layout.FLOW_ENTRY_SRC_OFFSET),
      sport: u16(layout.FLOW_ENTRY_SPORT_OFFSET),
      destination: u32(layout.FLOW_ENTRY_DST_OFFSET),
      dport: u16(layout.FLOW_ENTRY_DPORT_OFFSET),
      from: zoneName(board.router, u8(layout.FLOW_ENTRY_FROM_OFFSET)),
      to: zoneName(board.router, u8(layout.FLOW_ENTRY_TO_OFFSET)),
      flow: board.router.flows[u16(layout.FLOW_ENTRY_POLICY_OFFSET)]?.name ?? null,
      state: STATES[u8(layout.FLOW_ENTRY_STATE_OFFSET)] ?? 'unknown',
      secondsLeft: u32(layout.FLOW_ENTRY_EXPIRES_OFFSET) - now,
    };
  }
}

function nowOf({ kernel }: Board): number {
  return Number(kernel.now() / NS_PER_SECOND);
}

/** The live entries, `max` of them at most, and how many there are. */
export function listFlows(board: Board, max: number): { total: number; entries: FlowEntry[] } {
  const table = new FlowTableReader(board);
  const now = nowOf(board);
  const entries: FlowEntry[] = [];
  let total = 0;
  for (let n = 0; n < table.capacity; n++) {
    if (!table.isLive(n, now)) continue;
    total++;
    if (entries.length < max) entries.push(table.read(n, now));
  }
  return { total, entries };
}

/** Counts the live entries a part at a time, so that nobody waits for it. */
export class FlowCensus {
  /** As of the last full round. */
  total = 0;
  private readonly board: Board;
  private readonly table: FlowTableReader;
  private readonly partSize: number;
  private next = 0;
  private counted = 0;

  constructor(board: Board, partSize: number) {
    this.board = board;
    this.table = new FlowTableReader(board);
    this.partSize = partSize;
  }

  step(): void {
    const { table } = this;
    const now = nowOf(this.board);
    const end = Math.min(table.capacity, this.next + this.partSize);
    for (; this.next < end; this.next++) if (table.isLive(this.next, now)) this.counted++;
    if (this.next < table.capacity) return;
    this.total = this.counted;
    this.next = 0;
    this.counted = 0;
  }
}
