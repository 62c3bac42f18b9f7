/**
 * Messages between modules, and from the configuration to them: fixed records of declared types.
 * What a module leaves in its outbox is an allegation; each entry is checked against the manifest.
 */
import { MESSAGE_HEADER_SIZE, REGION_HEADER_SIZE, REGION_SIZE } from '../../config/abi.ts';
import type { MessageType } from '../../config/manifest.ts';
import { readRecord } from '../../config/message-record.ts';
import type { System } from '../../config/system.ts';
import {
  GENERATION_MAX,
  VIOLATION_MESSAGE,
  VIOLATION_MESSAGE_LOOP,
  VIOLATION_MESSAGE_RATE,
} from '../boot/table-layout.ts';

const ENTRIES_SIZE_MAX = REGION_SIZE - REGION_HEADER_SIZE;
/** Entries that wait on one lane, in bytes; beyond them a message is lost and counted. */
const LANE_SIZE_MAX = 16 * ENTRIES_SIZE_MAX;
/** Messages to the console that are kept; beyond them one is lost and counted. */
const CONSOLE_MESSAGES_MAX = 1000;

/** Where the messages of one type of one module go. */
type Route =
  | { readonly kind: 'module'; readonly module: number; readonly type: number }
  | { readonly kind: 'console' }
  | { readonly kind: 'nowhere' };

/** What is wrong with an entry, and the number that says so: bytes, a type. */
export interface MessageViolation {
  readonly violation: number;
  readonly value: number;
}

/** What was wrong with an outbox, if anything. */
type Collected = MessageViolation | null;

/** Which message of whose is sent: `id` is its number among those that the module sends. */
interface Sending {
  readonly module: number;
  readonly id: number;
  readonly type: MessageType;
  readonly generation: number;
}

/** A message to the console: `record` holds the declared fields. */
export interface ConsoleMessage {
  readonly module: string;
  readonly message: string;
  readonly record: Readonly<Record<string, number>>;
}

/** The sender of what modules are told of the machine and by the console. */
const MACHINE = -1;

/**
 * What waits for one module from one sender. Critical for isolation: whatever a module sends, the
 * messages of others to the same receiver have room, and their turn.
 */
interface Lane {
  readonly from: number;
  readonly to: number;
  readonly entries: { readonly bytes: Uint8Array; readonly generation: number }[];
  size: number;
}

export class Messages {
  lost = 0;
  readonly console: ConsoleMessage[] = [];
  readonly #system: System;
  readonly #routes: Route[][];
  /** Those that have been used; whoever has had its turn stands behind the others. */
  readonly #lanes: Lane[] = [];
  /** Bytes that each module has sent in this breath. */
  readonly #sent: Uint32Array;

  constructor(system: System) {
    this.#system = system;
    this.#sent = new Uint32Array(system.modules.length);
    this.#routes = system.modules.map(({ name, manifest }) =>
      manifest.messages.sends.map((type) => routeOf(system, `${name}.${type.name}`, type.name)),
    );
  }

  get isWaiting(): boolean {
    return this.#lanes.some(({ size }) => size > 0);
  }

  /** A new breath: every module may send a regionful again. */
  openBreath(): void {
    this.#sent.fill(0);
  }

  /** Forgets what waits for one module, or for any, and counts it as lost. */
  forget(module?: number): void {
    for (const lane of this.#lanes.filter(({ to }) => to === (module ?? to))) {
      this.lost += lane.entries.splice(0).length;
      lane.size = 0;
    }
  }

  /** Takes in `used` bytes of a module's outbox; stops at the first entry that is not declared. */
  collect(module: number, outbox: Uint8Array, used: number, generation: number): Collected {
    if (used > ENTRIES_SIZE_MAX) return { violation: VIOLATION_MESSAGE, value: used };
    if (generation > GENERATION_MAX)
      return { violation: VIOLATION_MESSAGE_LOOP, value: generation };
    this.#sent[module] += used;
    const sent = this.#sent[module];
    // In a breath a regionful: a record for each of 256 rows many times over.
    if (sent > ENTRIES_SIZE_MAX) return { violation: VIOLATION_MESSAGE_RATE, value: sent };
    const view = new DataView(outbox.buffer, outbox.byteOffset + REGION_HEADER_SIZE, used);
    const types = this.#system.modules[module].manifest.messages.sends;
    for (let at = 0; at < used; ) {
      const from = at + MESSAGE_HEADER_SIZE;
      if (from > used) return { violation: VIOLATION_MESSAGE, value: used };
      const id = view.getUint16(at, true);
      const type = types[id];
      if (type === undefined) return { violation: VIOLATION_MESSAGE, value: id };
      const size = view.getUint16(at + 2, true) * type.size;
      if (from + size > used) return { violation: VIOLATION_MESSAGE, value: id };
      const records = outbox.slice(REGION_HEADER_SIZE + from, REGION_HEADER_SIZE + from + size);
      this.#send({ module, id, type, generation }, records);
      at += padded(MESSAGE_HEADER_SIZE + size);
    }
    return null;
  }

  /** Queues an entry of a type that the module `to` receives. */
  enqueue(to: number, bytes: Uint8Array, generation = 0, from = MACHINE): void {
    const lane = this.#laneOf(from, to);
    if (lane.size + bytes.length > LANE_SIZE_MAX) {
      this.lost++;
      return;
    }
    lane.entries.push({ bytes, generation });
    lane.size += bytes.length;
  }

  /**
   * The next inboxful for a module, null when nothing waits; with its generation. Messages of
   * different senders come apart, and so do those of different generations: none shortens how far
   * an answer to another may go.
   */
  take(module: number): { readonly entries: Uint8Array; readonly generation: number } | null {
    const turn = this.#lanes.findIndex(({ to, size }) => to === module && size > 0);
    if (turn < 0) return null;
    const [lane] = this.#lanes.splice(turn, 1);
    this.#lanes.push(lane);
    const [{ generation }] = lane.entries;
    let count = 0;
    let size = 0;
    for (const entry of lane.entries) {
      const isNext = entry.generation === generation;
      if (!isNext || size + entry.bytes.length > ENTRIES_SIZE_MAX) break;
      size += entry.bytes.length;
      count++;
    }
    lane.size -= size;
    const taken = lane.entries.splice(0, count).map(({ bytes }) => bytes);
    return { entries: Buffer.concat(taken), generation };
  }

  /** The lane of a sender to a receiver, which its first message opens. */
  #laneOf(from: number, to: number): Lane {
    const known = this.#lanes.find((lane) => lane.from === from && lane.to === to);
    if (known !== undefined) return known;
    const lane = { from, to, entries: [], size: 0 };
    this.#lanes.push(lane);
    return lane;
  }

  #send({ module, id, type, generation }: Sending, records: Uint8Array): void {
    const route = this.#routes[module][id];
    const count = records.length / type.size;
    if (route.kind === 'module') {
      this.enqueue(route.module, entryOf(route.type, records, count), generation, module);
    }
    if (route.kind !== 'console') return;
    for (let k = 0; k < count; k++) {
      if (this.console.length >= CONSOLE_MESSAGES_MAX) {
        this.lost += count - k;
        return;
      }
      const record = readRecord(type, records, k * type.size);
      this.console.push({ module: this.#system.modules[module].name, message: type.name, record });
    }
  }
}

/** So many records of a type that the receiver declares, as an inbox holds them. */
export function entryOf(type: number, records: Uint8Array, count: number): Uint8Array {
  const entry = new Uint8Array(padded(MESSAGE_HEADER_SIZE + records.length));
  new Uint16Array(entry.buffer).set([type, count]);
  entry.set(records, MESSAGE_HEADER_SIZE);
  return entry;
}

function routeOf(system: System, from: string, message: string): Route {
  const link = system.messages.find((candidate) => candidate.from === from);
  if (link === undefined) return { kind: 'nowhere' };
  if (link.to === 'console') return { kind: 'console' };
  const module = system.modules.findIndex(({ name }) => name === link.to);
  const { receives } = system.modules[module].manifest.messages;
  return { kind: 'module', module, type: receives.findIndex(({ name }) => name === message) };
}

function padded(size: number): number {
  return (size + 7) & ~7;
}
