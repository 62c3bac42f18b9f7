/**
 * The board file: the emulated hardware that a router runs on.
 */
import { z } from 'zod';
import { formatMac, isUnicastMac } from '../netstack/address.ts';
import { PORTS_MAX } from './abi.ts';
import { ConfigurationFile } from './configuration-file.ts';
import { label, mac, portName } from './fields.ts';
import {
  FLOW_CAPACITY_MAX,
  FLOW_CAPACITY_MIN,
  FRAME_SLOTS_DEFAULT,
  FRAME_SLOTS_MAX,
  FRAME_SLOTS_MIN,
} from './limits.ts';

/** A board as loaded. `mac` is a number below 2^48, first wire byte in bits 47..40. */
export interface Board {
  file: string;
  name: string;
  ports: { name: string; mac: number }[];
  /** Frames that the kernel's arena holds. */
  frameSlots: number;
  /** Entries of the flow table, a power of two. */
  flowCapacity: number;
}

/** Locally administered (IEEE 802 §8.2.2), and not in 02:00, where far sides have theirs. */
const MAC_DEFAULT_FIRST = 0x0253_4c00_0001;

/** The shape of a board file. */
export const boardSchema = z.strictObject({
  name: label.describe("The board's name, for reports"),
  ports: z
    .record(
      portName,
      z.strictObject({
        mac: mac.optional().describe('MAC address; 02:53:4c:00:00:01 and on where not given'),
      }),
    )
    .describe('The ports, in the order of their numbers'),
  'frame-slots': z
    .int()
    .min(FRAME_SLOTS_MIN)
    .max(FRAME_SLOTS_MAX)
    .optional()
    .describe(
      'Frames of 2,048 bytes that the board holds; 1,024 a port at least, 8,192 by default',
    ),
  'flow-capacity': z
    .int()
    .min(FLOW_CAPACITY_MIN)
    .max(FLOW_CAPACITY_MAX)
    .default(262_144)
    .describe('Entries of the flow table, a power of two'),
});

/** Reads a board file. Throws ConfigError with all its mistakes. */
export function loadBoard(path: string): Board {
  const file = new ConfigurationFile(path, boardSchema);
  const { data } = file;
  const entries = Object.entries(data.ports);
  if (entries.length === 0 && !file.damaged.has('ports')) {
    file.report('CONFIG_REQUIRED', ['ports'], 'the board has no port', 'add one, e.g. eth0: {}');
  }
  if (entries.length > PORTS_MAX) {
    const message = `${entries.length} ports; a board has at most ${PORTS_MAX}`;
    file.report('CONFIG_LIMIT', ['ports'], message, 'use a second board');
  }
  const ports = entries.map(([name, port], index) => ({
    name,
    mac: port.mac ?? MAC_DEFAULT_FIRST + index,
  }));
  checkMacs(file, ports);
  const frameSlotsLeast = FRAME_SLOTS_MIN * ports.length;
  const frameSlots = data['frame-slots'] ?? Math.max(FRAME_SLOTS_DEFAULT, frameSlotsLeast);
  if (frameSlots < frameSlotsLeast) {
    const message = `frame-slots: ${frameSlots} is too few for ${ports.length} ports`;
    file.report('CONFIG_RANGE', ['frame-slots'], message, `at least ${frameSlotsLeast}`);
  }
  const flowCapacity = data['flow-capacity'];
  if (!Number.isInteger(Math.log2(flowCapacity))) {
    const next = 2 ** Math.ceil(Math.log2(flowCapacity));
    const message = `flow-capacity: ${flowCapacity} is not a power of two`;
    file.report('CONFIG_RANGE', ['flow-capacity'], message, `the next is ${next}`);
  }
  file.finish();
  return { file: path, name: data.name, ports, frameSlots, flowCapacity };
}

function checkMacs(
  file: ConfigurationFile<z.output<typeof boardSchema>>,
  ports: Board['ports'],
): void {
  const owners = new Map<number, string>();
  for (const port of ports) {
    const path = ['ports', port.name, 'mac'];
    const text = formatMac(port.mac);
    const owner = owners.get(port.mac);
    if (owner !== undefined) {
      const message = `${text} is the MAC address of ${owner} too`;
      file.report('CONFIG_DUPLICATE', path, message, 'give each port its own');
    } else if (port.mac === 0 || !isUnicastMac(port.mac)) {
      const message = `${text} cannot be the address of a port`;
      file.report('CONFIG_VALUE', path, message, 'its first byte must be even, and not all be 0');
    }
    owners.set(port.mac, port.name);
  }
}
