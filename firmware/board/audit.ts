/** The audit log: what was refused, as JSON Lines, with a running SHA-256 over all of them. */
import { createHash } from 'node:crypto';
import { dropReasonName } from '../../config/drop-reasons.ts';
import type { Router } from '../../config/router.ts';
import * as layout from '../boot/table-layout.ts';

/** Names of the kernel's violations, by number. */
const violationNames = new Map<number, string>(
  Object.entries(layout)
    .filter(([name]) => name.startsWith('VIOLATION_'))
    .map(([name, id]) => [id as number, name.slice(10).toLowerCase().replaceAll('_', '-')]),
);

/** A zone by the kernel's number; null where there is none. */
export function zoneName(router: Router, zone: number): string | null {
  return zone === router.zones.length ? 'router' : (router.zones[zone] ?? null);
}

/** What the audit must know to name things. */
export interface AuditNames {
  zone(number: number): string | null;
  port(number: number): string | null;
  node(number: number): string;
}

export type AuditSink = (line: string) => void;

export class Audit {
  lines = 0;
  readonly #hash = createHash('sha256');
  readonly #names: AuditNames;
  readonly #sink: AuditSink | null;

  constructor(names: AuditNames, sink: AuditSink | null) {
    this.#names = names;
    this.#sink = sink;
  }

  /** SHA-256, in hex, of all lines so far. */
  get digest(): string {
    return this.#hash.copy().digest('hex');
  }

  /** Appends one event; `time` is ns since boot. */
  write(time: bigint, event: string, fields: Readonly<Record<string, unknown>>): void {
    const seconds = `${time / 1_000_000_000n}.${String(time % 1_000_000_000n).padStart(9, '0')}`;
    const line = JSON.stringify({ time: seconds, event, ...fields });
    this.#hash.update(`${line}\n`);
    this.lines++;
    this.#sink?.(line);
  }

  /** Takes in the kernel's events of one breath, in the order of the packets they are about. */
  take(events: DataView): void {
    const count = events.getUint32(0, true);
    if (count === 0) return;
    const offsets = Array.from({ length: count }, (_, i) => 64 + i * layout.EVENT_SIZE);
    const sequence = (at: number) => events.getUint32(at + layout.EVENT_SEQUENCE_OFFSET, true);
    offsets.sort((a, b) => sequence(a) - sequence(b));
    for (const at of offsets) this.#writeEvent(events, at);
    events.setUint32(0, 0, true);
  }

  #writeEvent(events: DataView, at: number): void {
    const u8 = (offset: number) => events.getUint8(at + offset);
    const isDenial = u8(layout.EVENT_KIND_OFFSET) === layout.EVENT_DENIED;
    const detail = u8(layout.EVENT_DETAIL_OFFSET);
    const packet = {
      from: this.#names.zone(u8(layout.EVENT_FROM_OFFSET)),
      to: this.#names.zone(u8(layout.EVENT_TO_OFFSET)),
      in: this.#names.port(u8(layout.EVENT_INGRESS_OFFSET)),
      out: this.#names.port(u8(layout.EVENT_EGRESS_OFFSET)),
      protocol: u8(layout.EVENT_PROTO_OFFSET),
      source: dotted(events.getUint32(at + layout.EVENT_SRC_OFFSET, true)),
      destination: dotted(events.getUint32(at + layout.EVENT_DST_OFFSET, true)),
      sport: events.getUint16(at + layout.EVENT_SPORT_OFFSET, true),
      dport: events.getUint16(at + layout.EVENT_DPORT_OFFSET, true),
    };
    const time = events.getBigInt64(at + layout.EVENT_TIME_OFFSET, true);
    const by = this.#names.node(u8(layout.EVENT_NODE_OFFSET));
    if (isDenial) {
      this.write(time, 'denied', { by, reason: dropReasonName(detail), ...packet });
      return;
    }
    const value = events.getBigUint64(at + layout.EVENT_VALUE_OFFSET, true);
    const violation = violationNames.get(detail);
    this.write(time, 'violation', { by, violation, value: String(value), ...packet });
  }
}

function dotted(address: number): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join('.');
}
