/**
 * What a bench found: `--json` prints this object, people get tables of it (bench-text.ts).
 * Names and keys are API; docs/bench.schema.json is made from this file.
 */
import { cpus, release, type } from 'node:os';
import { z } from 'zod';

const count = z.int().nonnegative();
const ns = z.number().positive();

const result = z.strictObject({
  test: z
    .enum(['throughput', 'flows', 'new-flows', 'rules', 'refusals', 'routes', 'modules'])
    .describe('What was varied; of `new-flows` every packet opens a flow'),
  traffic: z
    .enum(['permitted', 'new', 'denied', 'malformed', 'half IPv6'])
    .describe(
      'All denied or malformed, or every other frame IPv6: dropped, and counted as packets',
    ),
  frame: z.string().describe('Size as --frame has it, or imix'),
  frameBytes: z.number().positive().describe('With FCS; of a mix the mean'),
  flows: count.describe('Connections'),
  routes: count,
  rules: count.describe('Flows of the policy'),
  modules: count.describe(
    'Modules on the board; a packet passes route, neighbor and all that were added',
  ),
  mpps: z.number().positive().describe('Million packets a second'),
  gbps: z.number().positive().describe('Bits of frames, FCS included, without preamble and gap'),
  nsPerPacket: ns.describe('The median of the runs'),
  min: ns.describe('ns a packet of the best run'),
  max: ns.describe('ns a packet of the worst run'),
  vectorUs: z
    .strictObject({ p50: z.number(), p99: z.number(), max: z.number() })
    .describe('How long 256 frames took from their arrival to the wire, microseconds'),
  yardstick: z
    .strictObject({
      nsPerPacket: ns.describe('Of the plain C loop'),
      ratio: z.number().positive().describe('How much of its speed we have: median of the turns'),
    })
    .optional(),
});

const taxPart = z.strictObject({
  part: z
    .string()
    .describe('What was taken out; `all protections on` is the whole, with nothing taken out'),
  nsPerPacket: z.number().describe('What it costs; less than 0 where the machine was uneven'),
  share: z.number().describe('Of the whole'),
  low: z.number().describe('A quarter of the turns had no greater share'),
  high: z.number().describe('A quarter of the turns had no smaller share'),
});

export const benchReportSchema = z
  .strictObject({
    machine: z.string(),
    results: z.array(result),
    tax: z.array(taxPart).describe('What each protection costs; empty if it was not measured'),
  })
  .describe('How fast a router forwards, in memory, on one core');

export type BenchReport = z.infer<typeof benchReportSchema>;
/** One figure. */
export type BenchResult = BenchReport['results'][number];
export type TaxPart = BenchReport['tax'][number];

export function describeMachine(): string {
  const [first] = cpus();
  const model = first?.model.trim().replaceAll(/\s+/g, ' ') ?? 'unknown processor';
  const system = `${type()} ${release()}, Node ${process.version.slice(1)}`;
  return `${model}, ${cpus().length} cores, ${system}`;
}

/** JSON Schema of `--json` (draft 2020-12), as in docs/bench.schema.json. */
export function benchJsonSchema(): string {
  const schema = { title: 'Sluice bench', ...z.toJSONSchema(benchReportSchema) };
  return `${JSON.stringify(schema, null, 2)}\n`;
}
