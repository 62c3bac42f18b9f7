/**
 * The report of a run: what `--json` prints, key for key, and what the text is made from.
 * Names and keys are API; docs/report.schema.json is made from this file.
 */
import { z } from 'zod';

/** Counters are exact to 2^53 packets. */
const count = z.int().nonnegative().max(Number.MAX_SAFE_INTEGER);

const port = z.strictObject({
  received: count.describe('Frames that arrived on the port'),
  transmitted: count.describe('Frames that the port sent'),
});

const flow = z.strictObject({
  packets: count.describe('Frames transmitted, both ways'),
  bytes: count.describe('IP total lengths of them'),
  connections: count.describe('Connections and pseudo-connections that were opened'),
});

const denied = z.strictObject({
  from: z.string().describe('Zone that the packets came from, or `other`'),
  to: z.string().describe('Zone that they were for, or `other`'),
  protocol: z.string().describe('tcp, udp, icmp, icmp6, sctp, or `ip proto N`; or `other`'),
  source: z.string().describe('IPv4 address, or `other`'),
  destination: z.string().describe('IPv4 address, or `other`'),
  port: z.int().min(0).max(65535).describe('Destination port, 0 where the protocol has none'),
  packets: count,
});

const moduleCounts = z.strictObject({
  packets: count.describe('Packets that the module was handed, over all its places'),
  violations: count.describe('Attempts at something that its manifest does not declare'),
  violationsByKind: z.record(z.string(), count).describe('The same, by what was tried'),
  faults: count.describe('Calls that trapped or exceeded a limit'),
  restarts: count.describe('Times that it was given a fresh instance after a fault'),
  state: z.enum(['running', 'quarantined']).describe('Quarantined: it failed too often'),
});

export const reportSchema = z
  .strictObject({
    received: count.describe('Frames that arrived'),
    originated: count.describe('Frames that modules made'),
    transmitted: count.describe('Frames that left'),
    consumed: count.describe('Frames that a module or the router itself took in'),
    dropped: count.describe('Frames that went no further'),
    held: count.describe('Frames that were still waiting at the end'),
    drops: z.record(z.string(), count).describe('Dropped frames by reason'),
    ports: z.record(z.string(), port),
    flows: z.record(z.string(), flow).describe('What each flow of the router file carried'),
    denied: z.array(denied).describe('What no flow permits: at most 1,000 rows, then one `other`'),
    modules: z.record(z.string(), moduleCounts),
    audit: z
      .strictObject({
        lines: count.describe('Lines of the audit log'),
        head: z
          .string()
          .regex(/^[0-9a-f]{64}$/)
          .describe('SHA-256 of its last line'),
      })
      .describe('What `sluice audit verify` compares the log with'),
    receipt: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .optional()
      .describe('SHA-256 over firmware, configuration, inputs, sent frames and audit'),
    developerMode: z.literal(true).optional().describe('There when another module set was run'),
    seconds: z.number().nonnegative().describe('Time that the run took; differs between runs'),
    packetsPerSecond: z.number().nonnegative().describe('received / seconds; differs between runs'),
  })
  .describe('What a router did with what it was given');

/** received + originated = transmitted + consumed + dropped + held, always. */
export type Report = z.infer<typeof reportSchema>;

export type DeniedRow = Report['denied'][number];

/** Stands for a zone that a packet was not yet known to go to. */
export const ZONE_UNKNOWN = 'none';

/** Rows of `denied` before the rest is one row. */
export const DENIED_ROWS_MAX = 1000;

/** The row that stands for all the others. */
export function otherDenied(packets: number): DeniedRow {
  const other = 'other';
  return {
    from: other,
    to: other,
    protocol: other,
    source: other,
    destination: other,
    port: 0,
    packets,
  };
}

/** What is missing or too many if the counters do not add up: 0 in every report. */
export function imbalance(report: Report): number {
  const { received, originated, transmitted, consumed, dropped, held } = report;
  return received + originated - transmitted - consumed - dropped - held;
}

/** What `--json` prints: one object. */
export function reportJson(report: Report): string {
  return `${JSON.stringify(report, null, 2)}\n`;
}

/** JSON Schema of `--json` (draft 2020-12), as in docs/report.schema.json. */
export function reportJsonSchema(): string {
  const schema = { title: 'Sluice report', ...z.toJSONSchema(reportSchema) };
  return `${JSON.stringify(schema, null, 2)}\n`;
}
