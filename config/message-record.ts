/**
 * The records of messages: fields in declared order, naturally aligned, little endian.
 */
import { MESSAGE_HEADER_SIZE, REGION_HEADER_SIZE, REGION_SIZE } from './abi.ts';
import type { ConfigurationFile } from './configuration-file.ts';
import type { MessageField, MessageType } from './manifest.ts';
import type { ManifestData } from './manifest-schema.ts';
import type { Path } from './yaml-document.ts';

/** Bytes of each type of field. */
export const FIELD_SIZES = { u8: 1, u16: 2, u32: 4, u64: 8 } as const;

/** Gives each field its offset; the record's size is padded to its largest alignment. */
export function layOutRecord(
  file: ConfigurationFile<ManifestData>,
  at: Path,
  name: string,
  declared: readonly Readonly<Record<string, MessageField['type']>>[],
): MessageType {
  const fields: MessageField[] = [];
  let end = 0;
  let alignment = 1;
  declared.forEach((entry, index) => {
    const pairs = Object.entries(entry);
    if (pairs.length !== 1) {
      const message = `a field is one name with its type, found ${pairs.length}`;
      file.report('CONFIG_VALUE', [...at, index], message, 'write e.g. [prefix: u32, length: u8]');
    }
    for (const [fieldName, type] of pairs) {
      if (fields.some((field) => field.name === fieldName)) {
        const message = `field "${fieldName}" stands twice`;
        const hint = 'give it a name of its own';
        file.report('CONFIG_DUPLICATE', [...at, index], message, hint);
      }
      const size = FIELD_SIZES[type];
      const offset = Math.ceil(end / size) * size;
      fields.push({ name: fieldName, type, offset });
      end = offset + size;
      alignment = Math.max(alignment, size);
    }
  });
  return { name, fields, size: Math.ceil(end / alignment) * alignment };
}

const GETTERS = { u8: 'getUint8', u16: 'getUint16', u32: 'getUint32' } as const;

/** The values of one record by field name; it starts `at` bytes in. */
export function readRecord(
  type: MessageType,
  bytes: Uint8Array,
  at: number,
): Record<string, number> {
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, type.size);
  return Object.fromEntries(
    type.fields.map(({ name, type: width, offset }) => [
      name,
      width === 'u64'
        ? Number(view.getBigUint64(offset, true))
        : view[GETTERS[width]](offset, true),
    ]),
  );
}

const SETTERS = { u8: 'setUint8', u16: 'setUint16', u32: 'setUint32' } as const;

/** Records of a type from values by field name, as messages carry them. */
export function writeRecords(
  type: MessageType,
  values: readonly Readonly<Record<string, number>>[],
): Uint8Array {
  const bytes = new Uint8Array(values.length * type.size);
  const view = new DataView(bytes.buffer);
  for (const [k, value] of values.entries()) {
    for (const { name, type: width, offset } of type.fields) {
      const at = k * type.size + offset;
      if (width === 'u64') view.setBigUint64(at, BigInt(value[name] ?? 0), true);
      else view[SETTERS[width]](at, value[name] ?? 0, true);
    }
  }
  return bytes;
}

/** Records of one entry: as many as an inbox holds. */
export function recordsMax(type: MessageType): number {
  return Math.min(
    65_535,
    Math.floor((REGION_SIZE - REGION_HEADER_SIZE - MESSAGE_HEADER_SIZE) / type.size),
  );
}
