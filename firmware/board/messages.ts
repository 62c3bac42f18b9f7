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
/** Entries that wait for one module, in bytes; beyond them a message is lost and counted. */
const QUEUE_SIZE_MAX = 16 * ENTRIES_SIZE_MAX;
/** What one module may send in a breath, in bytes: a record for each of 256 rows many times over. */
const SENT_SIZE_MAX = ENTRIES_SIZE_MAX;

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

/** A message to the console: `record` holds the declared fields. */
export interface ConsoleMessage {
  readonly module: string;
  readonly message: string;
  readonly record: Readonly<Record<string, number>>;
}

interface Queue {
  readonly entries: { readonly bytes: Uint8Array; readonly generation: number }[];
  size: number;
  /** Bytes that the module itself has sent in this breath. */
  sent: number;
}

export class Messages {
  lost = 0;
  readonly console: ConsoleMessage[] = [];
  readonly #system: System;
  readonly #routes: Route[][];
  readonly #queues: Queue[];

  constructor(system: System) {
    this.#system = system;
    this.#queues = system.modules.map(() => ({ entries: [], size: 0, sent: 0 }));
    this.#routes = system.modules.map(({ name, manifest }) =>
      manifest.messages.sends.map((type) => routeOf(system, `${name}.${type.name}`, type.name)),
    );
  }

  get isWaiting(): boolean {
    for (const { size } of this.#queues) if (size > 0) return true;
    return false;
  }

  /** A new breath: every module may send a regionful again. */
  openBreath(): void {
    for (const queue of this.#queues) queue.sent = 0;
  }

  /** Forgets all that waits, and counts it as lost. */
  discard(): void {
    for (const module of this.#queues.keys()) this.forget(module);
  }

  /** Forgets what waits for one module, and counts it as lost. */
  forget(module: number): void {
    const queue = this.#queues[module];
    this.lost += queue.entries.length;
    queue.entries.length = 0;
    queue.size = 0;
  }

  /** Takes in `used` bytes of a module's outbox; stops at the first entry that is not declared. */
  collect(
    module: number,
    outbox: Uint8Array,
    used: number,
    generation: number,
  ): MessageViolation | null {
    if (used > ENTRIES_SIZE_MAX) return { violation: VIOLATION_MESSAGE, value: used };
    if (generation > GENERATION_MAX)
      return { violation: VIOLATION_MESSAGE_LOOP, value: generation };
    this.#queues[module].sent += used;
    const { sent } = this.#queues[module];
    if (sent > SENT_SIZE_MAX) return { violation: VIOLATION_MESSAGE_RATE, value: sent };
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
      this.#send(module, id, type, records, generation);
      at += padded(MESSAGE_HEADER_SIZE + size);
    }
    return null;
  }

  /** Queues records of a type that `module` receives. */
  enqueue(module: number, type: number, records: Uint8Array, count: number, generation = 0): void {
    const queue = this.#queues[module];
    const entry = new Uint8Array(padded(MESSAGE_HEADER_SIZE + records.length));
    new Uint16Array(entry.buffer).set([type, count]);
    entry.set(records, MESSAGE_HEADER_SIZE);
    if (queue.size + entry.length > QUEUE_SIZE_MAX) {
      this.lost++;
      return;
    }
    queue.entries.push({ bytes: entry, generation });
    queue.size += entry.length;
  }

  /**
   * The next inboxful for a module, null when nothing waits; with its generation. Messages of
   * different generations come apart: none shortens how far an answer to another may go.
   */
  take(module: number): { readonly entries: Uint8Array; readonly generation: number } | null {
    const queue = this.#queues[module];
    if (queue.size === 0) return null;
    const [{ generation }] = queue.entries;
    let count = 0;
    let size = 0;
    for (const entry of queue.entries) {
      const isNext = entry.generation === generation;
      if (!isNext || size + entry.bytes.length > ENTRIES_SIZE_MAX) break;
      size += entry.bytes.length;
      count++;
    }
    queue.size -= size;
    const taken = queue.entries.splice(0, count).map(({ bytes }) => bytes);
    return { entries: Buffer.concat(taken), generation };
  }

  #send(
    module: number,
    index: number,
    type: MessageType,
    records: Uint8Array,
    generation: number,
  ): void {
    const route = this.#routes[module][index];
    const count = records.length / type.size;
    if (route.kind === 'module') this.enqueue(route.module, route.type, records, count, generation);
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
