/** Values of tests.yaml: numbers, and the texts that stand for them. */
import { HELD_NEW, HELD_RELEASED, HELD_TIMED_OUT, PORT_NONE } from '../../config/abi.ts';
import type { ColumnName } from '../../config/columns.ts';
import { dropReasonId } from '../../config/drop-reasons.ts';
import type { MessageField, MessageType } from '../../config/manifest.ts';
import type { ColumnValue } from '../../firmware/report/kernel-rows.ts';
import { formatIpv4, formatMac, parseIpv4, parseMac } from '../../netstack/address.ts';
import { columnText } from '../explain/column-text.ts';

type Ports = readonly { readonly name: string }[];
type Written = number | string;

const HELD: Readonly<Record<string, number>> = {
  new: HELD_NEW,
  released: HELD_RELEASED,
  'timed-out': HELD_TIMED_OUT,
};

/** A column's value from its text, as `columnText` writes it; null: it is none. */
export function columnNumber(column: ColumnName, text: Written, ports: Ports): number | null {
  if (typeof text === 'number') return text;
  switch (column) {
    case 'meta.egress': {
      const port = ports.findIndex(({ name }) => name === text);
      if (port >= 0) return port;
      return text === 'none' ? PORT_NONE : null;
    }
    case 'meta.held':
      return HELD[text] ?? null;
    case 'meta.reason':
      return text === 'none' ? 0 : (dropReasonId(text) ?? null);
    case 'meta.nexthop':
      return text === 'none' ? 0 : parseIpv4(text);
    default:
      return null;
  }
}

/** Whether a column has the value that was expected, written as a number or as its text. */
export function isColumn(
  column: ColumnName,
  value: ColumnValue,
  expected: Written | undefined,
  ports: Ports,
): boolean {
  return expected === value || expected === columnText(column, value, ports);
}

/** A field's value from its text: an address or a MAC address; null: it is none. */
export function fieldNumber(text: Written): number | null {
  return typeof text === 'number' ? text : (parseIpv4(text) ?? parseMac(text));
}

function fieldText(type: MessageField['type'], value: number): string {
  if (type === 'u32') return formatIpv4(value);
  return type === 'u64' ? formatMac(value) : String(value);
}

/** A record as it is told of: addresses as such where that was expected, else numbers. */
export function recordText(
  { name, fields }: MessageType,
  record: Readonly<Record<string, number>>,
  like: Readonly<Record<string, Written>> = {},
): string {
  const texts = fields.map((field) => {
    const value = record[field.name] ?? 0;
    const isText = typeof like[field.name] === 'string';
    return `${field.name} ${isText ? fieldText(field.type, value) : value}`;
  });
  return `${name}: ${texts.join(', ')}`;
}
