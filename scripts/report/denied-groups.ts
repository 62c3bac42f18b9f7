/**
 * What was denied, as a person asks about it: by who talks to whom, not packet by packet.
 */
import type { DeniedRow } from './report.ts';

/** Denied packets of one service between two zones. */
export interface DeniedGroup {
  readonly from: string;
  readonly to: string;
  readonly protocol: string;
  /** Destination port, 0 where the protocol has none. */
  readonly port: number;
  /** In the order in which they were first denied. */
  readonly sources: readonly string[];
  readonly destinations: readonly string[];
  readonly packets: number;
  /** Packets the other way that look like answers: what permits the group permits them too. */
  readonly answers: number;
}

/** Ports below are given out to services. RFC 6335 §6. */
const SYSTEM_PORTS_END = 1024;

/** Services of plants and offices with ports that a client might as well have been given. */
const SERVICE_PORTS: ReadonlySet<number> = new Set([
  1433, 1521, 1883, 1911, 1962, 2222, 2404, 3306, 3389, 4840, 4911, 5007, 5060, 5432, 5450, 5900,
  8080, 8443, 8883, 9600, 18245, 20000, 34962, 34963, 34964, 44818, 47808,
]);

function isServicePort(port: number): boolean {
  return port < SYSTEM_PORTS_END || SERVICE_PORTS.has(port);
}

/** Whether the row stands for all that the router could not keep apart. */
export function isOther(row: Pick<DeniedRow, 'protocol'>): boolean {
  return row.protocol === 'other';
}

function groupKey({ from, to, protocol, port }: DeniedRow): string {
  return [from, to, protocol, port].join(' ');
}

function pathKey(row: DeniedRow): string {
  return [row.from, row.to, row.protocol, row.source, row.destination].join(' ');
}

function pathBackKey(row: DeniedRow): string {
  return [row.to, row.from, row.protocol, row.destination, row.source].join(' ');
}

/** For each path the row with its lowest port: where clients go. */
function servicesByPath(rows: readonly DeniedRow[]): Map<string, DeniedRow> {
  const services = new Map<string, DeniedRow>();
  for (const row of rows) {
    const known = services.get(pathKey(row));
    if (known === undefined || row.port < known.port) services.set(pathKey(row), row);
  }
  return services;
}

/** The row that this one answers, if it looks like that: to a port that only a client has. */
function answered(row: DeniedRow, services: Map<string, DeniedRow>): DeniedRow | undefined {
  if (row.port === 0 || isServicePort(row.port)) return undefined;
  const service = services.get(pathBackKey(row));
  return service !== undefined && service.port < row.port ? service : undefined;
}

/** Denied rows by zones, protocol and destination port, most packets first. */
export function groupDenied(denied: readonly DeniedRow[]): DeniedGroup[] {
  const rows = denied.filter((row) => !isOther(row));
  const services = servicesByPath(rows);
  const members = new Map<string, DeniedRow[]>();
  const answers = new Map<string, number>();
  for (const row of rows) {
    const service = answered(row, services);
    if (service !== undefined) {
      const key = groupKey(service);
      answers.set(key, (answers.get(key) ?? 0) + row.packets);
      continue;
    }
    const group = members.get(groupKey(row));
    if (group === undefined) members.set(groupKey(row), [row]);
    else group.push(row);
  }
  const groups = [...members].map(([key, group]) => groupOf(group, answers.get(key) ?? 0));
  return groups.sort((a, b) => b.packets + b.answers - a.packets - a.answers);
}

function groupOf(rows: readonly DeniedRow[], answers: number): DeniedGroup {
  const { from, to, protocol, port } = rows[0];
  return {
    ...{ from, to, protocol, port },
    sources: [...new Set(rows.map(({ source }) => source))],
    destinations: [...new Set(rows.map(({ destination }) => destination))],
    packets: rows.reduce((sum, { packets }) => sum + packets, 0),
    answers,
  };
}
