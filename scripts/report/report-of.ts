/**
 * From the board's counters to the report.
 */
import type { Counters, DeniedRow as DeniedCounts } from '../../firmware/report/counters.ts';
import { formatIpv4 } from '../../netstack/address.ts';
import { describeProtocol, hasPorts } from '../../netstack/protocols.ts';
import {
  DENIED_ROWS_MAX,
  type DeniedRow,
  otherDenied,
  type Report,
  ZONE_UNKNOWN,
} from './report.ts';

/** What a run knows beside its counters. `seconds` is the host's time, not the board's. */
export interface RunFacts {
  readonly audit: Report['audit'];
  /** undefined: the run was live, and cannot be repeated. */
  readonly receipt: string | undefined;
  readonly seconds: number;
  readonly isDeveloperMode: boolean;
}

function deniedRow(row: DeniedCounts): DeniedRow {
  return {
    from: row.from ?? ZONE_UNKNOWN,
    to: row.to ?? ZONE_UNKNOWN,
    protocol: describeProtocol(row.protocol),
    source: formatIpv4(row.source),
    destination: formatIpv4(row.destination),
    port: hasPorts(row.protocol) ? row.port : 0,
    packets: row.packets,
  };
}

function deniedRows(counters: Counters): DeniedRow[] {
  const rows = counters.denied.slice(0, DENIED_ROWS_MAX).map(deniedRow);
  const beyond = counters.denied.slice(DENIED_ROWS_MAX);
  const others = beyond.reduce((sum, { packets }) => sum + packets, counters.deniedOther);
  return others > 0 ? [...rows, otherDenied(others)] : rows;
}

/** The report of a run, its keys in the order in which `--json` prints them. */
export function reportOf(counters: Counters, facts: RunFacts): Report {
  const { received } = counters;
  const { seconds } = facts;
  return {
    received,
    originated: counters.originated,
    transmitted: counters.transmitted,
    consumed: counters.consumed,
    dropped: counters.dropped,
    held: counters.held,
    drops: { ...counters.drops },
    ports: { ...counters.ports },
    flows: { ...counters.flows },
    denied: deniedRows(counters),
    modules: { ...counters.modules },
    audit: facts.audit,
    ...(facts.receipt === undefined ? {} : { receipt: facts.receipt }),
    ...(facts.isDeveloperMode ? { developerMode: true as const } : {}),
    seconds,
    packetsPerSecond: seconds > 0 ? Math.round(received / seconds) : 0,
  };
}
