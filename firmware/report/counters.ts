/** The kernel's counters, by name. A snapshot is numbers: nothing in it moves. */
import { DROP_NAMED_FIRST, DROP_REASONS_MAX, PORTS_MAX } from '../../config/abi.ts';
import { dropReasonName } from '../../config/drop-reasons.ts';
import type { Router } from '../../config/router.ts';
import type { Board } from '../board/board.ts';
import type { KernelExports } from '../board/kernel.ts';
import type { ModuleSlot } from '../board/module-slot.ts';
import * as layout from '../boot/table-layout.ts';
import type { Tables } from '../boot/tables.ts';
import { violations } from './violations.ts';
import { zoneName } from './zone-name.ts';

/** received + originated = transmitted + consumed + dropped + held, always. */
export interface Counters {
  readonly received: number;
  readonly originated: number;
  readonly transmitted: number;
  readonly consumed: number;
  readonly dropped: number;
  readonly held: number;
  readonly drops: Readonly<Record<string, number>>;
  readonly ports: Readonly<Record<string, { received: number; transmitted: number }>>;
  /** By policy flow: frames transmitted both ways, their IP total lengths, entries committed. */
  readonly flows: Readonly<Record<string, { packets: number; bytes: number; connections: number }>>;
  readonly modules: Readonly<Record<string, ModuleCounters>>;
  readonly denied: readonly DeniedRow[];
  /** Denied packets beyond the table's rows. */
  readonly deniedOther: number;
  readonly eventsLost: number;
}

/** What one module did, over all its places. */
export interface ModuleCounters {
  readonly packets: number;
  readonly violations: number;
  readonly violationsByKind: Readonly<Record<string, number>>;
  readonly faults: number;
  readonly restarts: number;
  readonly state: 'running' | 'quarantined';
}

/** Denied packets of one tuple; `to` is null where no route was known. */
export interface DeniedRow {
  readonly from: string | null;
  readonly to: string | null;
  readonly protocol: number;
  readonly source: number;
  readonly destination: number;
  readonly port: number;
  readonly packets: number;
}

export function readCounters({ kernel, tables, router, slots }: Board): Counters {
  const words = new BigUint64Array(
    kernel.memory.buffer,
    kernel.countersAddress(),
    layout.COUNTER_TOTAL,
  );
  const at = (index: number) => Number(words[index]);
  const drops: Record<string, number> = {};
  for (let id = 0; id < DROP_REASONS_MAX; id++) {
    const count = at(layout.COUNTER_DROPS + id);
    const name = reasonName(tables, id);
    if (count > 0) drops[name] = (drops[name] ?? 0) + count;
  }
  return {
    received: at(layout.COUNTER_RECEIVED),
    originated: at(layout.COUNTER_ORIGINATED),
    transmitted: at(layout.COUNTER_TRANSMITTED),
    consumed: at(layout.COUNTER_CONSUMED),
    dropped: at(layout.COUNTER_DROPPED),
    held: at(layout.COUNTER_HELD),
    drops: sortByCount(drops),
    ports: Object.fromEntries(
      router.board.ports.slice(0, PORTS_MAX).map(({ name }, port) => [
        name,
        {
          received: at(layout.COUNTER_PORT_RECEIVED + port),
          transmitted: at(layout.COUNTER_PORT_TRANSMITTED + port),
        },
      ]),
    ),
    flows: readFlows(kernel, router),
    modules: readModules(tables, slots, at),
    denied: readDenied(kernel, router, at(layout.COUNTER_DENIED_ROWS)),
    deniedOther: at(layout.COUNTER_DENIED_OTHER),
    eventsLost: at(layout.COUNTER_EVENTS_LOST),
  };
}

/** The name of a drop reason: the kernel's, or one that a manifest gives. */
export function reasonName(tables: Tables, id: number): string {
  const named = tables.namedDrops[id - DROP_NAMED_FIRST];
  return named ?? dropReasonName(id) ?? `reason-${id}`;
}

function sortByCount(drops: Record<string, number>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(drops).sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)),
  );
}

function readFlows(kernel: KernelExports, router: Router): Counters['flows'] {
  const view = new DataView(kernel.memory.buffer, kernel.flowCountersAddress());
  return Object.fromEntries(
    router.flows.map(({ name }, flow) => {
      const base = flow * layout.FLOW_COUNTER_SIZE;
      const read = (offset: number) => Number(view.getBigUint64(base + offset, true));
      return [
        name,
        {
          packets: read(layout.FLOW_PACKETS_OFFSET),
          bytes: read(layout.FLOW_BYTES_OFFSET),
          connections: read(layout.FLOW_CONNECTIONS_OFFSET),
        },
      ];
    }),
  );
}

function readModules(
  tables: Tables,
  slots: readonly ModuleSlot[],
  at: (index: number) => number,
): Counters['modules'] {
  return Object.fromEntries(
    slots.map(({ loaded, index, supervisor }) => {
      const places = tables.pipeline.places.flatMap(({ module }, place) =>
        module === index ? [place] : [],
      );
      const sum = (counter: (place: number) => number) =>
        places.reduce((total, place) => total + at(counter(place)), 0);
      const kinds = [...violations]
        .map(([id, { name }]) => {
          const first = layout.COUNTER_PLACE_VIOLATIONS + id;
          return [name, sum((place) => first + place * layout.VIOLATIONS_MAX)] as const;
        })
        .filter(([, count]) => count > 0);
      const counters = {
        packets: sum((place) => layout.COUNTER_PLACE_PACKETS + place),
        violations: kinds.reduce((total, [, count]) => total + count, 0),
        violationsByKind: Object.fromEntries(kinds),
        faults: supervisor.faults,
        restarts: supervisor.restarts,
        state: supervisor.state === 'quarantined' ? 'quarantined' : 'running',
      } as const;
      return [loaded.name, counters];
    }),
  );
}

function readDenied(kernel: KernelExports, router: Router, rows: number): DeniedRow[] {
  const view = new DataView(kernel.memory.buffer, kernel.deniedAddress());
  return Array.from({ length: rows }, (_, row) => {
    const base = row * layout.DENIED_SIZE;
    return {
      from: zoneName(router, view.getUint8(base + layout.DENIED_FROM_OFFSET)),
      to: zoneName(router, view.getUint8(base + layout.DENIED_TO_OFFSET)),
      protocol: view.getUint8(base + layout.DENIED_PROTO_OFFSET),
      source: view.getUint32(base + layout.DENIED_SRC_OFFSET, true),
      destination: view.getUint32(base + layout.DENIED_DST_OFFSET, true),
      port: view.getUint16(base + layout.DENIED_PORT_OFFSET, true),
      packets: Number(view.getBigUint64(base + layout.DENIED_PACKETS_OFFSET, true)),
    };
  });
}
