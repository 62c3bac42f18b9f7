/** One packet as the match language sees it; see FIELDS for what each value means. */
export interface Point {
  etherType: number;
  tagged: number;
  ingress: number;
  proto: number;
  src: number;
  dst: number;
  src6: bigint;
  dst6: bigint;
  sport: number;
  dport: number;
  laterFragment: number;
}

export type FieldName = keyof Point;

/** The fields whose values are bigint. */
export type WideFieldName = 'src6' | 'dst6';

/** The fields whose values are unsigned numbers of at most 32 bits. */
export type NarrowFieldName = Exclude<FieldName, WideFieldName>;

export interface Field {
  readonly name: FieldName;
  /** Bits. */
  readonly width: number;
  /** The variable of the field's highest bit; the others follow. */
  readonly first: number;
}

const WIDTHS: readonly (readonly [FieldName, number])[] = [
  ['etherType', 16], // after the VLAN tags
  ['tagged', 1], // 1 when a VLAN tag was taken off
  ['ingress', 8], // index of the port the packet came in by
  ['proto', 8], // IPv4 protocol, or IPv6 protocol after the extension headers
  ['src', 32], // IPv4 source, or ARP sender
  ['dst', 32], // IPv4 destination, or ARP target
  ['src6', 128],
  ['dst6', 128],
  ['sport', 16],
  ['dport', 16],
  ['laterFragment', 1], // 1 when the fragment offset is not 0
];

function layOut(): Field[] {
  let first = 0;
  return WIDTHS.map(([name, width]) => {
    const field = { name, width, first };
    first += width;
    return field;
  });
}

/** The fields of a packet in the order of the variables. A field that is absent reads 0. */
export const FIELDS: readonly Field[] = layOut();

/** Number of boolean variables: the bits of all fields. */
export const VARIABLE_COUNT: number = FIELDS.reduce((sum, field) => sum + field.width, 0);

const BY_NAME: Readonly<Record<FieldName, Field>> = Object.fromEntries(
  FIELDS.map((field) => [field.name, field]),
) as Record<FieldName, Field>;

/** The field with a name. */
export function fieldNamed(name: FieldName): Field {
  return BY_NAME[name];
}

/** Whether a field's values are bigint. */
export function isWide(name: FieldName): name is WideFieldName {
  return name === 'src6' || name === 'dst6';
}
