/**
 * The shape of the operator's file. Its meaning is checked in router.ts.
 */
import { z } from 'zod';
import { ipv4, ipv4Cidr, label, matchText, nameOf, portName } from './fields.ts';
import { FLOWS_MAX, MTU_MAX, MTU_MIN, ROUTES_MAX, TESTS_MAX } from './limits.ts';

const zoneName = nameOf("a zone's name");

const interfaceSchema = z.strictObject({
  port: portName.describe("The board's port"),
  zone: zoneName.describe('The zone that the port belongs to; "router" is reserved'),
  address: ipv4Cidr,
  mtu: z
    .int()
    .min(MTU_MIN)
    .max(MTU_MAX)
    .default(1500)
    .describe('Longest IP packet on this wire, in bytes'),
});

const interfaceName = nameOf("an interface's name");

/** Exactly one of `via` and `interface`: route-checks.ts says which is missing or too many. */
const routeSchema = z.strictObject({
  to: ipv4Cidr,
  via: ipv4.optional().describe('The next router, a neighbour on the wire of an interface'),
  interface: interfaceName
    .optional()
    .describe('Instead of via: the destinations are neighbours on the wire of this interface'),
});

/** A list that may be left out, or left empty: a key whose entries are all commented out. */
function listOf<T extends z.ZodType>(entry: T, countMax: number) {
  return z
    .array(entry)
    .max(countMax)
    .nullish()
    .transform((list) => list ?? []);
}

const flowSchema = z.strictObject({
  name: label.describe('Name of the flow in reports'),
  from: zoneName.describe('Zone of the side that opens the flow, or "router"'),
  to: zoneName.describe('Zone of the other side, or "router"'),
  match: matchText.optional().describe('Which packets open it, in pcap-filter syntax; else all'),
});

const testSchema = z.strictObject({
  packet: z.string().describe('A packet, e.g. tcp 10.1.0.20:4000 > 10.2.0.7:502'),
  in: portName.optional().describe('The port that it arrives on; else the one of its source'),
  expect: z.string().describe('Name of a flow, "denied", or a drop reason'),
});

const BOARD = 'A board that comes with Sluice, such as three-port, or a file beside this one';

/** The shape of a router file. */
export const routerSchema = z.strictObject({
  board: z.string().min(1).optional().describe(BOARD),
  interfaces: z.record(interfaceName, interfaceSchema),
  routes: listOf(routeSchema, ROUTES_MAX),
  flows: listOf(flowSchema, FLOWS_MAX).describe(
    'Every flow that the router may carry; all else is denied',
  ),
  options: z
    .strictObject({
      'tcp-pickup': z
        .boolean()
        .default(false)
        .describe('Take TCP connections that are first seen in their middle'),
    })
    .default({ 'tcp-pickup': false }),
  tests: listOf(testSchema, TESTS_MAX),
  wires: z
    .record(interfaceName, z.string())
    .nullish()
    .transform((map) => map ?? {})
    .describe('What each port, by its name or its interface, is plugged into: KIND:WHAT'),
});

/** A router file that has the right shape. */
export type RouterData = z.output<typeof routerSchema>;
