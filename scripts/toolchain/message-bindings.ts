/**
 * The part of a module's `./manifest` about messages: a reader for each type that the module
 * receives, a function for each type that it sends.
 */
import { MESSAGE_HEADER_SIZE } from '../../config/abi.ts';
import type { Manifest, MessageField, MessageType } from '../../config/manifest.ts';
import { camelCase } from './identifier.ts';

function valueType(field: MessageField): string {
  return field.type === 'u64' ? 'u64' : 'u32';
}

function receivedType(inline: string, message: MessageType, index: number): string {
  const readers = message.fields.map((field) => {
    const value = `load<${field.type}>(record, ${field.offset})`;
    const name = camelCase(field.name);
    const signature = `${name}(record: usize): ${valueType(field)}`;
    return `${inline}export function ${signature} { return ${value}; }`;
  });
  return `export namespace ${camelCase(message.name)} {
export const TYPE: u32 = ${index};
export const SIZE: usize = ${message.size};
${readers.join('\n')}
}`;
}

function sentType(message: MessageType, index: number): string {
  const parameters = message.fields.map((f) => `${camelCase(f.name)}: ${valueType(f)}`);
  const stores = message.fields.map(
    (f) => `  store<${f.type}>(record, <${f.type}>${camelCase(f.name)}, ${f.offset});`,
  );
  return `/** Sends one record; false where the outbox has no room. */
export function ${camelCase(message.name)}(${parameters.join(', ')}): bool {
  const record = appendMessage(outbox, ${index}, ${message.size});
  if (record == 0) return false;
${stores.join('\n')}
  return true;
}`;
}

/** The namespaces `receives` and `sends`; empty ones are left out. */
export function messageBindings(
  messages: Manifest['messages'],
  options: { inline: string; headerSize: number },
): string {
  const { inline, headerSize } = options;
  const parts: string[] = [];
  if (messages.receives.length > 0) {
    const sizes = messages.receives.map((m, i) => `if (type == ${i}) return ${m.size};`);
    parts.push(`export namespace receives {
${inline}export function first(): usize { return inbox + ${headerSize}; }
${inline}export function end(): usize { return inbox + ${headerSize} + load<u32>(inbox); }
${inline}export function messageType(entry: usize): u32 { return load<u16>(entry); }
${inline}export function records(entry: usize): u32 { return load<u16>(entry, 2); }
${inline}export function firstRecord(entry: usize): usize { return entry + ${MESSAGE_HEADER_SIZE}; }
function sizeOf(type: u32): usize {
  ${sizes.join('\n  ')}
  return 0;
}
export function next(entry: usize): usize {
  const size = <usize>records(entry) * sizeOf(messageType(entry));
  return entry + ${MESSAGE_HEADER_SIZE} + ((size + 7) & ~7);
}
${messages.receives.map((message, i) => receivedType(inline, message, i)).join('\n')}
}`);
  }
  if (messages.sends.length > 0) {
    parts.push(`export namespace sends {\n${messages.sends.map(sentType).join('\n')}\n}`);
  }
  return parts.join('\n');
}
