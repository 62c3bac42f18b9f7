import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MESSAGE_HEADER_SIZE, REGION_HEADER_SIZE, REGION_SIZE } from '../../config/abi.ts';
import { loadSystem, type System } from '../../config/system.ts';
import { entryOf, Messages } from '../../firmware/board/messages.ts';
import {
  GENERATION_MAX,
  VIOLATION_MESSAGE,
  VIOLATION_MESSAGE_LOOP,
  VIOLATION_MESSAGE_RATE,
} from '../../firmware/boot/table-layout.ts';
import { scratchFolder } from './configuration.ts';
import { writeBelow } from './write-below.ts';

const ENTRIES_SIZE_MAX = REGION_SIZE - REGION_HEADER_SIZE;
/** `asker` asks `answerer`: one field of eight bytes. */
const ASK_SIZE = 8;
const ENTRY_SIZE = MESSAGE_HEADER_SIZE + ASK_SIZE;

const manifest = (name: string, told: string) =>
  `name: ${name}\nversion: 1.0.0\nsummary: Talks.\naccepts: ip\nmessages: { ${told} }
limits: { memory: 512 KiB, fuel-per-packet: 1, fuel-per-message: 1 }\n`;

/** A system of two modules, by what they tell, are told, and how that is linked. */
function systemOf(asker: string, answerer: string, links: readonly string[]): System {
  const folder = scratchFolder();
  writeBelow(folder, 'asker/manifest.yaml', manifest('asker', asker));
  writeBelow(folder, 'answerer/manifest.yaml', manifest('answerer', answerer));
  const text = `modules: { asker: asker, answerer: answerer }
links: { wire: { ip: asker } }\nmessages: { ${links.join(', ')} }\n`;
  return loadSystem(writeBelow(folder, 'system.yaml', text));
}

describe('messages', () => {
  let system: System;
  let messages: Messages;
  const indexOf = (name: string) => system.modules.findIndex((module) => module.name === name);
  beforeAll(() => {
    const sends = '{ ask: [n: u64], refused: [prefix: u32, length: u8, why: u8] }';
    const links = ['asker.ask: answerer', 'asker.refused: console'];
    system = systemOf(`sends: ${sends}`, 'receives: { ask: [n: u64] }', links);
  });
  beforeEach(() => {
    messages = new Messages(system);
  });

  /** An outbox of entries: a type and a number of records each. */
  function outboxOf(...entries: [type: number, records: number, size: number][]) {
    const outbox = new Uint8Array(REGION_SIZE);
    const view = new DataView(outbox.buffer);
    let at = REGION_HEADER_SIZE;
    for (const [type, records, size] of entries) {
      view.setUint16(at, type, true);
      view.setUint16(at + 2, records, true);
      at += MESSAGE_HEADER_SIZE + Math.ceil((records * size) / 8) * 8;
    }
    return { outbox, used: at - REGION_HEADER_SIZE };
  }

  /** So many questions of `asker` in one entry. */
  function ask(records: number, generation = 1) {
    const { outbox, used } = outboxOf([0, records, ASK_SIZE]);
    return messages.collect(indexOf('asker'), outbox, used, generation);
  }

  it('go to the module that they are linked to, and to no other', () => {
    expect([ask(3), messages.isWaiting]).toEqual([null, true]);
    expect(messages.take(indexOf('asker'))).toBeNull();
    const inbox = messages.take(indexOf('answerer'));
    expect([inbox?.entries.length, inbox?.generation]).toEqual([8 + 3 * ASK_SIZE, 1]);
    const [type] = inbox?.entries ?? [];
    const { receives } = (system.modules[indexOf('answerer')] as System['modules'][number]).manifest
      .messages;
    expect(receives[type as number]?.name).toBe('ask');
    expect([messages.isWaiting, messages.take(indexOf('answerer'))]).toEqual([false, null]);
    expect(messages.console).toEqual([]);
  });

  it('are of the type that the receiver gives them, or go nowhere', () => {
    const between = new Messages(
      systemOf('sends: { x: [n: u8], y: [n: u8] }', 'receives: { z: [n: u8], y: [n: u8] }', [
        'asker.y: answerer',
      ]),
    );
    const { outbox, used } = outboxOf([0, 1, 1], [1, 1, 1]);
    expect(between.collect(0, outbox, used, 1)).toBeNull();
    const entry = [1, 0, 1, 0, ...Array<number>(12).fill(0)];
    expect([...(between.take(1)?.entries ?? [])]).toEqual(entry);
    expect([between.console, between.lost, between.take(0)]).toEqual([[], 0, null]);
  });

  it('are refused if an entry says more than there is', () => {
    const { outbox, used } = outboxOf([0, 2, ASK_SIZE]);
    const from = indexOf('asker');
    expect(messages.collect(from, outbox, used, 1)).toBeNull();
    const violation = VIOLATION_MESSAGE;
    expect(messages.collect(from, outbox, used - 1, 1)).toEqual({ violation, value: 0 });
    const header = MESSAGE_HEADER_SIZE;
    expect(messages.collect(from, outbox, header - 1, 1)).toEqual({ violation, value: header - 1 });
    expect(messages.collect(from, outboxOf([0, 0, 0]).outbox, header, 1)).toBeNull();
    const beyond = ENTRIES_SIZE_MAX + 1;
    expect(messages.collect(from, outbox, beyond, 1)).toEqual({ violation, value: beyond });
  });

  it('are refused if their type is not one that is sent', () => {
    const { outbox, used } = outboxOf([2, 0, 0]);
    const found = messages.collect(indexOf('asker'), outbox, used, 1);
    expect(found).toEqual({ violation: VIOLATION_MESSAGE, value: 2 });
  });

  it('may fill the region, once a breath', () => {
    const records = (ENTRIES_SIZE_MAX - MESSAGE_HEADER_SIZE) / ASK_SIZE;
    expect(ask(records)).toBeNull();
    const value = ENTRIES_SIZE_MAX + ENTRY_SIZE;
    expect(ask(1)).toEqual({ violation: VIOLATION_MESSAGE_RATE, value });
    messages.openBreath();
    expect(ask(1)).toBeNull();
  });

  it('end after so many generations', () => {
    expect(ask(1, GENERATION_MAX)).toBeNull();
    const value = GENERATION_MAX + 1;
    expect(ask(1, value)).toEqual({ violation: VIOLATION_MESSAGE_LOOP, value });
  });

  it('wait in a queue of sixteen regions, and are lost and counted beyond it', () => {
    const answerer = indexOf('answerer');
    const records = new Uint8Array(ENTRIES_SIZE_MAX - MESSAGE_HEADER_SIZE);
    for (let i = 0; i < 16; i++) messages.enqueue(answerer, entryOf(0, records, 1));
    expect(messages.lost).toBe(0);
    messages.enqueue(answerer, entryOf(0, new Uint8Array(0), 0));
    expect(messages.lost).toBe(1);
    for (let i = 0; i < 16; i++)
      expect(messages.take(answerer)?.entries).toHaveLength(ENTRIES_SIZE_MAX);
    expect(messages.take(answerer)).toBeNull();
  });

  it('of one sender take neither the room nor the turn of another', () => {
    const answerer = indexOf('answerer');
    const records = new Uint8Array(ENTRIES_SIZE_MAX - MESSAGE_HEADER_SIZE);
    for (let i = 0; i < 17; i++) messages.enqueue(answerer, entryOf(0, records, 1), 2, answerer);
    expect(messages.lost).toBe(1);
    expect(ask(2)).toBeNull();
    const taken = () => messages.take(answerer)?.entries.length;
    expect([taken(), taken(), taken()]).toEqual([
      ...[ENTRIES_SIZE_MAX, MESSAGE_HEADER_SIZE + 2 * ASK_SIZE, ENTRIES_SIZE_MAX],
    ]);
    const asker = indexOf('asker');
    messages.enqueue(asker, entryOf(0, new Uint8Array(8), 1), 3, answerer);
    messages.forget(answerer);
    expect([messages.isWaiting, messages.lost]).toEqual([true, 15]);
    expect(messages.take(asker)?.generation).toBe(3);
    expect(messages.isWaiting).toBe(false);
  });

  it('are taken as many at a time as an inbox holds', () => {
    const answerer = indexOf('answerer');
    const half = (ENTRIES_SIZE_MAX - 8) / 2 - MESSAGE_HEADER_SIZE;
    for (const size of [half, half, 8])
      messages.enqueue(answerer, entryOf(0, new Uint8Array(size), 1), 2);
    const first = messages.take(answerer);
    expect([first?.entries.length, first?.generation]).toEqual([ENTRIES_SIZE_MAX - 8, 2]);
    const second = messages.take(answerer);
    expect([second?.entries.length, second?.generation]).toEqual([MESSAGE_HEADER_SIZE + 8, 2]);
  });

  it('to the console are kept by their fields, up to a thousand', () => {
    const from = indexOf('asker');
    const { outbox, used } = outboxOf([1, 999, 8]);
    expect(messages.collect(from, outbox, used, 1)).toBeNull();
    expect([messages.console.length, messages.lost]).toEqual([999, 0]);
    expect(messages.console[0]).toEqual({
      ...{ module: 'asker', message: 'refused' },
      record: { prefix: 0, length: 0, why: 0 },
    });
    messages.openBreath();
    const more = outboxOf([1, 3, 8]);
    expect(messages.collect(from, more.outbox, more.used, 1)).toBeNull();
    expect([messages.console.length, messages.lost]).toEqual([1000, 2]);
    expect(messages.isWaiting).toBe(false);
  });

  it('that are forgotten are counted as lost', () => {
    ask(1, 3);
    messages.forget();
    expect([messages.isWaiting, messages.lost]).toEqual([false, 1]);
  });
});
