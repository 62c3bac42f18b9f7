/** What a crime is, and how it is written: a few lines of WebAssembly text. */
import type { WatParts } from '../firmware/wat.ts';

/** Where tests/firmware/wat.ts puts the blocks. */
export const READ = 65_536;
export const WRITE = 131_072;
export const OUTBOX = 262_144;
export const FRAMES = 327_680;
/** The first column of a read block. */
export const READS = READ + 64;
/** The first column of a write block. */
export const WRITES = WRITE + 512;

/** A module as a system has it: its manifest but for name and limits, and its program. */
export interface HostileModule {
  readonly keys: string;
  readonly code: WatParts;
  readonly fuelPerPacket?: number;
}

/** A module that lies, in a router that carries other flows too. */
export interface HostileSystem extends HostileModule {
  /** Which of its links are otherwise than those of a module before `route`. */
  readonly links?: Readonly<Record<string, string>>;
  /** Of the module, and of `accomplice`. */
  readonly messages?: string;
  readonly accomplice?: HostileModule;
}

/** What a module tries, and all that comes of it. */
export interface Crime extends HostileSystem {
  readonly name: string;
  /** Packets that the module is handed; one of UDP if not given. */
  readonly packets?: readonly string[];
  /** Rows of a vector, if not as many as there are. */
  readonly vectorRows?: number;
  /** All that moves besides the arrival of its packets and their way through the module. */
  readonly moved: Readonly<Record<string, number>>;
  /** All that the audit log says, in order. */
  readonly audit: readonly Readonly<Record<string, unknown>>[];
  /** What leaves all the same, besides other flows. */
  readonly leaves?: readonly string[];
}

/** Code for each row of a call; `$row` is its number. */
export function eachRow(code: string): string {
  return `(local.set $row (i32.const 0))
    (loop $rows (if (i32.lt_u (local.get $row) (i32.load (i32.const ${READ}))) (then
      ${code}
      (local.set $row (i32.add (local.get $row) (i32.const 1)))
      (br $rows))))`;
}

/** The row's verdict. */
export function verdict(value: number): string {
  return `(i32.store8 offset=${WRITE} (local.get $row) (i32.const ${value}))`;
}

/** The row's changed bits. */
export function changed(bits: number): string {
  return `(i32.store8 offset=${WRITE + 256} (local.get $row) (i32.const ${bits}))`;
}

/** A value for the row in the one column that the place may write, `width` bytes wide. */
export function put(width: 1 | 2 | 4 | 8, value: number | string): string {
  const store = { 1: 'i32.store8', 2: 'i32.store16', 4: 'i32.store', 8: 'i64.store' }[width];
  const constant = width === 8 ? `(i64.const ${value})` : `(i32.const ${value})`;
  const at = `(i32.mul (local.get $row) (i32.const ${width}))`;
  return `(${store} offset=${WRITES} ${at} ${constant})`;
}

/** What every honest module of these tests does: each row leaves by the first output. */
export const HONEST = eachRow(verdict(1));

/** Writes a value to the row, sets its changed bit and sends it on. */
export function rewrite(width: 1 | 2 | 4 | 8, value: number | string): string {
  return eachRow(put(width, value) + changed(1) + verdict(1));
}

/** Bytes that lie in the memory from the start. */
export function dataAt(address: number, bytes: Uint8Array): string {
  const text = Array.from(bytes, (byte) => `\\${byte.toString(16).padStart(2, '0')}`).join('');
  return `(data (i32.const ${address}) "${text}")`;
}

/** Where the bytes lie that a module copies into a region. */
const STORE = 1024;

/** Puts `count` times the same bytes into a region, and says that it holds `used` bytes. */
export function fill(region: number, bytes: Uint8Array, count = 1, used?: number): WatParts {
  const copies = Array.from({ length: count }, (_, i) => {
    const at = region + 8 + i * bytes.length;
    return `(memory.copy (i32.const ${at}) (i32.const ${STORE}) (i32.const ${bytes.length}))`;
  });
  const size = used ?? bytes.length * count;
  return {
    process: `${copies.join('\n')} (i32.store (i32.const ${region}) (i32.const ${size}))`,
    more: dataAt(STORE, bytes),
  };
}

/** Makes frames while it processes: `entries` as in the frames region. */
export function make(entries: Uint8Array, count = 1, used?: number): WatParts {
  return fill(FRAMES, entries, count, used);
}

/** Sends messages while it processes, and sends its packets on. */
export function tell(entries: Uint8Array, used?: number): WatParts {
  const parts = fill(OUTBOX, entries, 1, used);
  return { ...parts, process: `${HONEST} ${parts.process}` };
}

/** A message entry of so many records, of which `bytes` are there. */
export function messageEntry(type: number, records: number, bytes: number): Uint8Array {
  const entry = new Uint8Array(8 + bytes);
  new DataView(entry.buffer).setUint32(0, type | (records << 16), true);
  return entry;
}

type Expected = Pick<Crime, 'moved' | 'audit'> & { readonly leaves?: readonly string[] };

/** So many packets of one flow are carried, and leave as they came; the crime comes to nothing. */
export function carried(count: number): Expected {
  return {
    moved: {
      transmitted: count,
      'ports.eth0.transmitted': count,
      'flows.office to plant.packets': count,
      'flows.office to plant.bytes': 28 * count,
      'flows.office to plant.connections': 1,
      'modules.liar.packets': count,
      'modules.route.packets': count,
      'modules.neighbor.packets': count,
    },
    audit: [],
    leaves: Array(count).fill('eth0 udp 10.1.0.20:4000 > 10.2.0.7:502 length 0 ttl 63'),
  };
}

export const CARRIED = carried(1);

interface Refusal {
  readonly value?: number;
  /** The drop reason, if it is another than the violation. */
  readonly reason?: string;
  /** Counters of the packet's way before. */
  readonly way?: Readonly<Record<string, number>>;
  /** Times that the module was handed the packet. */
  readonly calls?: number;
  /** Violations, and packets of the crime, if not one. */
  readonly times?: number;
  readonly packets?: number;
}

/** The audit's lines: the first in full, and one that counts those that are like it. */
function blames(violation: string, { value, times = 1 }: Refusal): Crime['audit'] {
  const event = { event: 'violation', by: 'liar', violation };
  const first = value === undefined ? event : { ...event, value: String(value) };
  return times === 1 ? [first] : [first, { ...event, repeated: times - 1 }];
}

/** The packet is dropped for a violation. */
export function refused(violation: string, refusal: Refusal = {}): Expected {
  const { reason = 'violation', way, calls = 1 } = refusal;
  return {
    moved: {
      dropped: 1,
      [`drops.${reason}`]: 1,
      'modules.liar.packets': calls,
      'modules.liar.violations': 1,
      [`modules.liar.violationsByKind.${violation}`]: 1,
      ...way,
    },
    audit: blames(violation, refusal),
  };
}

/** A frame is refused, or `times` as many; the packet itself ends as the place leaves it. */
export function refusedFrames(violation: string, refusal: Refusal = {}): Expected {
  const { way, times = 1 } = refusal;
  return {
    moved: {
      dropped: 1,
      'drops.by-module': 1,
      'modules.liar.packets': 1,
      'modules.liar.violations': times,
      [`modules.liar.violationsByKind.${violation}`]: times,
      ...way,
    },
    audit: blames(violation, refusal),
  };
}

/** A message is refused, or `times` as many; the packets are carried. */
export function refusedMessage(violation: string, refusal: Refusal = {}): Expected {
  const { packets = 1, times = 1 } = refusal;
  return {
    ...carried(packets),
    moved: {
      ...carried(packets).moved,
      'modules.liar.violations': times,
      [`modules.liar.violationsByKind.${violation}`]: times,
    },
    audit: blames(violation, refusal),
  };
}

/** A call faults, and again for one packet alone, which is dropped; `others` are carried. */
export function faulted(fault: 'trap' | 'out-of-fuel', others = 0): Expected {
  const { moved, leaves } = others === 0 ? { moved: {}, leaves: [] } : carried(others);
  const event = { event: 'fault', module: 'liar', call: 'process', fault, remedy: 'restart' };
  return {
    moved: {
      ...moved,
      dropped: 1,
      'drops.fault': 1,
      'modules.liar.packets': others + 1,
      'modules.liar.faults': 2,
      'modules.liar.restarts': 2,
    },
    audit: [event, { ...event, repeated: 1 }],
    leaves: leaves ?? [],
  };
}

/** Every call faults that the board makes on its own; the packet is carried. */
export function faultedOutside(call: 'tick' | 'receive', packets: Expected): Expected {
  const event = { event: 'fault', module: 'liar', call, fault: 'out-of-fuel' };
  return {
    ...packets,
    moved: { ...packets.moved, 'modules.liar.faults': 3, 'modules.liar.restarts': 2 },
    audit: [
      { ...event, remedy: 'restart' },
      { ...event, remedy: 'restart' },
      { ...event, remedy: 'quarantine' },
      { event: 'quarantine', module: 'liar', call, faults: 3, restarts: 2 },
    ],
  };
}

/** A call faults, and not again in the fresh instance: nothing is lost. */
export function forgotten(packets: number): Expected {
  const event = { event: 'fault', module: 'liar', call: 'process', fault: 'trap' };
  return {
    ...carried(packets),
    moved: { ...carried(packets).moved, 'modules.liar.faults': 1, 'modules.liar.restarts': 1 },
    audit: [{ ...event, remedy: 'restart' }],
  };
}
