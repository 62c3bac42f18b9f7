/**
 * The AssemblyScript source that a module imports as `./manifest`: its blocks and regions, and an
 * accessor for everything that its manifest declares. What is not declared does not compile.
 */
import {
  REGION_HEADER_SIZE,
  REGION_SIZE,
  VERDICT_CONSUME,
  VERDICT_HOLD,
  VERDICT_NAMED_DROP_FIRST,
  WRITE_CHANGED_OFFSET,
} from '../../config/abi.ts';
import { type BlockColumn, readLayout, writeLayout } from '../../config/block-layout.ts';
import type { Manifest, Place } from '../../config/manifest.ts';
import { camelCase, pascalCase, upperCase } from './identifier.ts';
import { messageBindings } from './message-bindings.ts';

/** The globals that the sandbox contract asks for, in the order of the ABI. */
export const MODULE_GLOBALS = ['read_block', 'write_block', 'inbox', 'outbox', 'frames'] as const;

/** What the namespace of a manifest's only, unnamed place is called. */
const UNNAMED_PLACE = 'rows';
const INLINE = '// @ts-ignore: decorator\n@inline ';

function rowAddress(block: string, { size }: BlockColumn): string {
  return size === 1 ? `${block} + row` : `${block} + <usize>row * ${size}`;
}

function reader(column: BlockColumn): string {
  const name = camelCase(column.column);
  const { size, offset } = column;
  if (![1, 2, 4, 8].includes(size)) {
    const address = `read_block + ${offset} + <usize>row * ${size}`;
    return `${INLINE}export function ${name}(row: u32): usize { return ${address}; }`;
  }
  const result = size === 8 ? 'u64' : 'u32';
  const value = `load<u${size * 8}>(${rowAddress('read_block', column)}, ${offset})`;
  return `${INLINE}export function ${name}(row: u32): ${result} { return ${value}; }`;
}

function storeText(column: BlockColumn, value: string): string {
  const type = `u${column.size * 8}`;
  const address = rowAddress('write_block', column);
  return `store<${type}>(${address}, <${type}>${value}, ${column.offset});`;
}

function parameter(column: BlockColumn, name: string): string {
  return `${name}: ${column.size === 8 ? 'u64' : 'u32'}`;
}

function writer(column: BlockColumn, bit: number): string {
  const changed = `write_block + row, `;
  const mark = [
    `store<u8>(${changed}<u8>(load<u8>(write_block + row, ${WRITE_CHANGED_OFFSET}) | ${1 << bit})`,
    `${WRITE_CHANGED_OFFSET});`,
  ].join(', ');
  const signature = `set${pascalCase(column.column)}(row: u32, ${parameter(column, 'value')})`;
  return `${INLINE}export function ${signature}: void {
  ${storeText(column, 'value')}
  ${mark}
}`;
}

/** One call that writes every declared column of a row and a mask of what changed: a tight loop. */
function writeAll(columns: BlockColumn[]): string {
  const names = columns.map(({ column }) => camelCase(column));
  const parameters = columns.map((column, i) => parameter(column, names[i] as string));
  const stores = columns.map((column, i) => `  ${storeText(column, names[i] as string)}`);
  return `${INLINE}export function write(row: u32, changed: u32, ${parameters.join(', ')}): void {
${stores.join('\n')}
  store<u8>(write_block + row, <u8>changed, ${WRITE_CHANGED_OFFSET});
}`;
}

function placeBindings(place: Place, index: number): string {
  const written = writeLayout(place).columns;
  const lines = [`export const PLACE: u32 = ${index};`];
  place.outputs.forEach(({ name }, i) => {
    lines.push(`export const OUTPUT_${upperCase(name)}: u32 = ${i + 1};`);
  });
  if (place.consumes) lines.push(`export const CONSUME: u32 = ${VERDICT_CONSUME};`);
  if (place.holds) lines.push(`export const HOLD: u32 = ${VERDICT_HOLD};`);
  written.forEach(({ column }, bit) => {
    lines.push(`export const CHANGED_${upperCase(column)}: u32 = ${1 << bit};`);
  });
  lines.push(...readLayout(place).columns.map(reader));
  lines.push(...written.map(writer));
  if (written.length > 0) lines.push(writeAll(written));
  lines.push(
    `${INLINE}export function setVerdict(row: u32, verdict: u32): void {`,
    '  store<u8>(write_block + row, <u8>verdict);\n}',
  );
  const name = place.name === '' ? UNNAMED_PLACE : camelCase(place.name);
  return `export namespace ${name} {\n${lines.join('\n')}\n}`;
}

/**
 * The source of `./manifest` for a module with this manifest: the globals of the sandbox contract,
 * `rowCount()`, `place()`, `now()` (ns since boot, virtual), `begin()`, a namespace a place (`rows`
 * for an unnamed one), `DROP_*`, `receives` and `sends`.
 */
export function moduleBindings(manifest: Manifest): string {
  const readSize = Math.max(...manifest.places.map((place) => readLayout(place).size));
  const writeSize = Math.max(...manifest.places.map((place) => writeLayout(place).size));
  const sizes = [readSize, writeSize, REGION_SIZE, REGION_SIZE, REGION_SIZE];
  const globals = MODULE_GLOBALS.map(
    (name, i) => `export const ${name}: usize = memory.data(${sizes[i]}, 64);`,
  );
  const drops = manifest.drops.map(
    (name, i) => `export const DROP_${upperCase(name)}: u32 = ${VERDICT_NAMED_DROP_FIRST + i};`,
  );
  return `${[
    `// Generated from the manifest of ${manifest.name} ${manifest.version}.`,
    "import { appendMessage } from 'sluice/region';",
    `export const MEMORY_SIZE: usize = ${manifest.limits.memory};`,
    ...globals,
    ...drops,
    `${INLINE}export function rowCount(): u32 { return load<u32>(read_block); }`,
    `${INLINE}export function place(): u32 { return load<u32>(read_block, 4); }`,
    `${INLINE}export function now(): i64 { return load<i64>(read_block, 8); }`,
    '/** Empties outbox and frames: first in process, receive and tick. */',
    `${INLINE}export function begin(): void { store<u64>(outbox, 0); store<u64>(frames, 0); }`,
    ...manifest.places.map(placeBindings),
    messageBindings(manifest.messages, { inline: INLINE, headerSize: REGION_HEADER_SIZE }),
  ].join('\n')}\n`;
}
