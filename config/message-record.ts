/**
 * The records of messages: fields in declared order, naturally aligned.
 */
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
