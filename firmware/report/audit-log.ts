/** The audit log of a board: what its kernel reports of single packets, named. docs/audit.md. */
import { dropReasonName } from '../../config/drop-reasons.ts';
import type { Router } from '../../config/router.ts';
import { formatIpv4 } from '../../netstack/address.ts';
import { Audit, type AuditEnd, type AuditFields, type AuditSink } from '../board/audit.ts';
import type { Board } from '../board/board.ts';
import type { KernelExports } from '../board/kernel.ts';
import * as layout from '../boot/table-layout.ts';
import type { Tables } from '../boot/tables.ts';
import { violations } from './violations.ts';
import { zoneName } from './zone-name.ts';

const RECORDS_OFFSET = 64;
/**
 * How often at most denials are told of anew, ns of virtual time: 2,000 lines of a flood an hour.
 */
const DENIED_WINDOW_NS = 3_600_000_000_000n;

export class AuditLog extends Audit {
  readonly #kernel: KernelExports;
  readonly #router: Router;
  readonly #tables: Tables;
  readonly #events: DataView;
  /** When a full table of denials may be emptied again. */
  #nextForgetting = 0n;
  /** Denied packets that the table of denials had counted when it was emptied. */
  #toldDenied = 0;

  /**
   * Whatever becomes of the lines, the log has an end: `sink` may be null. It goes on after `end`.
   */
  constructor({ kernel, router, tables }: Board, sink: AuditSink | null = null, end?: AuditEnd) {
    super(sink, end);
    this.#kernel = kernel;
    this.#router = router;
    this.#tables = tables;
    this.#events = new DataView(kernel.memory.buffer, kernel.eventsAddress());
  }

  override onBreath(now: bigint): void {
    this.#take();
    super.onBreath(now);
  }

  override finish(now: bigint): AuditEnd {
    this.#take();
    this.flush(now);
    this.#writeDenied(now);
    return this.end;
  }

  /**
   * Where the table of denials is full, writes what it has counted and begins a new one: a board
   * that runs for long is not blind to who is denied next. At most once an hour.
   */
  renewDenied(now: bigint): void {
    const isFull = this.#count(layout.COUNTER_DENIED_ROWS) === layout.DENIED_ROWS_MAX;
    if (!isFull || now < this.#nextForgetting) return;
    this.#nextForgetting = now + DENIED_WINDOW_NS;
    this.#take();
    this.#writeDenied(now);
    this.#kernel.forgetDenied();
    this.#toldDenied = this.#count(layout.COUNTER_DENIED_OTHER);
  }

  #count(counter: number): number {
    const { memory } = this.#kernel;
    return Number(new BigUint64Array(memory.buffer, this.#kernel.countersAddress())[counter]);
  }

  /** Takes the events since the last call, in the order of the packets that they are about. */
  #take(): void {
    const count = this.#events.getUint32(0, true);
    if (count === 0) return;
    const offsets = Array.from({ length: count }, (_, i) => RECORDS_OFFSET + i * layout.EVENT_SIZE);
    const sequence = (at: number) =>
      this.#events.getUint32(at + layout.EVENT_SEQUENCE_OFFSET, true);
    offsets.sort((a, b) => sequence(a) - sequence(b));
    for (const at of offsets) this.#writeEvent(at);
    this.#events.setUint32(0, 0, true);
  }

  /** One line a denied tuple whose packets were only counted since its first. */
  #writeDenied(now: bigint): void {
    const { memory } = this.#kernel;
    const rows = this.#count(layout.COUNTER_DENIED_ROWS);
    const view = new DataView(memory.buffer, this.#kernel.deniedAddress());
    for (let base = 0; base < rows * layout.DENIED_SIZE; base += layout.DENIED_SIZE) {
      const repeated = Number(view.getBigUint64(base + layout.DENIED_PACKETS_OFFSET, true)) - 1;
      if (repeated === 0) continue;
      const first = view.getBigInt64(base + layout.DENIED_FIRST_OFFSET, true);
      const last = view.getBigInt64(base + layout.DENIED_LAST_OFFSET, true);
      this.writeRepeated(now, 'denied', this.#tuple(view, base), { repeated, first, last });
    }
    // The first of them has a line of its own.
    const others = this.#count(layout.COUNTER_DENIED_OTHER) - this.#toldDenied - 1;
    if (others > 0) this.write(now, 'denied', { repeated: others, others: true });
  }

  /** What the table of denials tells packets apart by. */
  #tuple(view: DataView, base: number): AuditFields {
    const zone = (offset: number) => zoneName(this.#router, view.getUint8(base + offset));
    return {
      from: zone(layout.DENIED_FROM_OFFSET),
      to: zone(layout.DENIED_TO_OFFSET),
      protocol: view.getUint8(base + layout.DENIED_PROTO_OFFSET),
      source: formatIpv4(view.getUint32(base + layout.DENIED_SRC_OFFSET, true)),
      destination: formatIpv4(view.getUint32(base + layout.DENIED_DST_OFFSET, true)),
      dport: view.getUint16(base + layout.DENIED_PORT_OFFSET, true),
    };
  }

  #writeEvent(at: number): void {
    const events = this.#events;
    const detail = events.getUint8(at + layout.EVENT_DETAIL_OFFSET);
    const node = events.getUint8(at + layout.EVENT_NODE_OFFSET);
    const time = events.getBigInt64(at + layout.EVENT_TIME_OFFSET, true);
    const by = this.#tables.pipeline.nameOf(node);
    if (events.getUint8(at + layout.EVENT_KIND_OFFSET) === layout.EVENT_DENIED) {
      // The kernel has told them apart, and has counted those that were alike.
      this.write(time, 'denied', { by, reason: dropReasonName(detail), ...this.#packet(at) });
      return;
    }
    const { name, why } = violations.get(detail)!;
    const value = String(events.getBigUint64(at + layout.EVENT_VALUE_OFFSET, true));
    const kind = { module: this.#moduleAt(node), by, violation: name, why };
    this.record(time, 'violation', kind, { value, ...this.#packet(at) });
  }

  /** The module whose place a node is; null: a node of the kernel. */
  #moduleAt(node: number): string | null {
    const { places } = this.#tables.pipeline;
    return places[node - layout.NODE_PLACE_FIRST]?.label.split('.')[0] ?? null;
  }

  #packet(at: number): AuditFields {
    const events = this.#events;
    const u8 = (offset: number) => events.getUint8(at + offset);
    const port = (offset: number) => this.#router.board.ports[u8(offset)]?.name ?? null;
    return {
      from: zoneName(this.#router, u8(layout.EVENT_FROM_OFFSET)),
      to: zoneName(this.#router, u8(layout.EVENT_TO_OFFSET)),
      in: port(layout.EVENT_INGRESS_OFFSET),
      out: port(layout.EVENT_EGRESS_OFFSET),
      protocol: u8(layout.EVENT_PROTO_OFFSET),
      source: formatIpv4(events.getUint32(at + layout.EVENT_SRC_OFFSET, true)),
      destination: formatIpv4(events.getUint32(at + layout.EVENT_DST_OFFSET, true)),
      sport: events.getUint16(at + layout.EVENT_SPORT_OFFSET, true),
      dport: events.getUint16(at + layout.EVENT_DPORT_OFFSET, true),
    };
  }
}
