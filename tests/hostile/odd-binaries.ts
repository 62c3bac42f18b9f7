/** Modules that no text format can write, and parts of text that repeat. */
import { plainModule, wasmBinary } from '../firmware/wasm-binary.ts';
import type { WatParts } from '../firmware/wat.ts';

const HEADER_SIZE = 8;
const SECTION_CUSTOM = 0;
const SECTION_CODE = 10;
const PAGE = 65_536;
const BLOCKS = ['read_block', 'write_block', 'inbox', 'outbox', 'frames'];

export function leb(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...leb(Math.floor(value / 128))];
}

/** The same bytes, so many times. */
export function repeat(count: number, ...bytes: number[]): number[] {
  return Array.from({ length: count * bytes.length }, (_, i) => bytes[i % bytes.length]);
}

/** An export of function 0. */
export function exportOf(name: string): number[] {
  const bytes = new TextEncoder().encode(name);
  return leb(bytes.length).concat(...bytes, 0, 0);
}

/** A data section of one segment of so many bytes, for address 0. */
export function dataOf(size: number): number[] {
  return [1, 0, 0x41, 0, 0x0b].concat(leb(size), Array(size).fill(0));
}

/** A plain module whose section `id` holds `content` instead of its own. */
export function withSection(id: number, content: readonly number[]): Uint8Array {
  const binary = [...wasmBinary(plainModule())];
  const section = [id, ...leb(content.length)].concat(content);
  let at = HEADER_SIZE;
  // Every section of a plain module is shorter than 128 bytes.
  while (at < binary.length && binary[at] < id) at += 2 + binary[at + 1];
  const end = binary[at] === id ? at + 2 + binary[at + 1] : at;
  return Uint8Array.from(binary.slice(0, at).concat(section, binary.slice(end)));
}

/** A plain module whose first body is these bytes, locals first. */
export function withBody(body: readonly number[]): Uint8Array {
  return withSection(SECTION_CODE, [2, ...leb(body.length)].concat(body, 2, 0, 0x0b));
}

/** A plain module with a custom section of so many bytes behind it. */
export function withCustomSection(size: number): Uint8Array {
  const binary = wasmBinary(plainModule());
  const bytes = new Uint8Array(binary.length + 1 + leb(size).length + size);
  bytes.set(binary);
  bytes.set([SECTION_CUSTOM, ...leb(size)], binary.length);
  return bytes;
}

/** `count` functions, each of which calls the next; the last calls function `last`, if any. */
export function chain(count: number, last?: number): WatParts {
  const body = (next: number) => `(func ${'nop '.repeat(100)} call ${next})`;
  const functions = Array.from({ length: count - 1 }, (_, i) => body(i + 3));
  return {
    process: 'call 2',
    more: `${functions.join('')}${last === undefined ? '(func)' : body(last)}`,
  };
}

/** The globals of a plain module's blocks, but for some of their addresses. */
export function blocksAt(addresses: Readonly<Record<string, number>>, type = 'i32'): WatParts {
  const globals = BLOCKS.map((name, i) => {
    const address = addresses[name] ?? PAGE * (i + 1);
    return `(global (export "${name}") ${type} (i32.const ${address}))`;
  });
  return { globals: globals.join('\n') };
}

/** The globals of a plain module's blocks, the first of this type and value. */
export function withReadBlock(global: string): WatParts {
  const { globals } = blocksAt({});
  return { globals: globals?.replace('i32 (i32.const 65536)', global) ?? '' };
}
