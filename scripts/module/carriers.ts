/**
 * Covert channels: what a module may do can carry what it may read. Computed from the manifest
 * alone, as upper bounds: whatever its program is, it has these ways and no others.
 */
import { PORTS_MAX } from '../../config/abi.ts';
import { type ColumnName, columns } from '../../config/columns.ts';
import { INTERFACES_MAX } from '../../config/limits.ts';
import type { Manifest, MessageType, Place, Range } from '../../config/manifest.ts';
import { FIELD_SIZES } from '../../config/message-record.ts';
import type { Router } from '../../config/router.ts';
import { FRAME_SIZE_MAX } from '../../drivers/nic-ring.ts';

/** Something that is told apart: its name, and how much its value says at most. */
export interface Readable {
  readonly name: string;
  readonly bits: number;
}

/** Something that a module may do. `bits` is for each of `unit`. */
export interface Carrier extends Readable {
  readonly unit: 'packet' | 'frame' | 'record';
}

/** MAC addresses, ethertype and checksums are the kernel's. */
const FRAME_BITS_MAX = (FRAME_SIZE_MAX - 14) * 8;
/** Bits of a MAC address that is no group's: a packet is sent to one host. */
const UNICAST_BITS = 47;

/** Bits of a column's value; `size` is its bytes a row. */
function columnBits(column: ColumnName, size: number, router: Router | null): number {
  if (column === 'meta.ingress' || column === 'meta.egress') {
    return Math.log2(router?.board.ports.length ?? PORTS_MAX);
  }
  const { max } = columns[column];
  return max > 0 ? Math.log2(max + 1) : size * 8;
}

/** Everything that a place is shown of a packet. */
export function readablesOf(place: Place, router: Router | null): Readable[] {
  return place.reads.map(({ column, size }) => {
    return { name: column, bits: columnBits(column, size, router) };
  });
}

/** Values that a write may leave in a column; what it was is one more, if the range lacks it. */
function writeBits(column: ColumnName, range: Range, router: Router | null): number {
  const all = columnBits(column, columns[column].size, router);
  switch (range.kind) {
    case 'any':
      return column === 'eth.dst' ? UNICAST_BITS : all;
    case 'values': {
      const values = range.intervals.reduce((sum, [low, high]) => sum + high - low + 1, 0);
      return Math.min(all, Math.log2(values + 1));
    }
    case 'bound':
      return Math.log2((router?.interfaces.length ?? INTERFACES_MAX) + 1);
  }
}

/** Ways out, drops, taking in and holding: one choice for each packet. */
function verdictCarrier(place: Place, drops: readonly string[]): Carrier {
  const powers = [place.consumes, place.holds].filter(Boolean).length;
  const choices = place.outputs.length + drops.length + 1 + powers;
  return { name: `one of ${choices} verdicts`, bits: Math.log2(choices), unit: 'packet' };
}

/** All that a place may do with a packet, or because of it. */
export function carriersOf(place: Place, manifest: Manifest, router: Router | null): Carrier[] {
  const carriers = [verdictCarrier(place, manifest.drops)];
  for (const { column, range } of place.writes) {
    carriers.push({ name: column, bits: writeBits(column, range, router), unit: 'packet' });
  }
  if (place.answers !== undefined) {
    carriers.push({ name: 'the answer to it', bits: FRAME_BITS_MAX, unit: 'packet' });
  }
  if (place.originates !== undefined) {
    carriers.push({ name: 'a frame of its own', bits: FRAME_BITS_MAX, unit: 'frame' });
  }
  return carriers;
}

function recordBits({ fields }: MessageType): number {
  return fields.reduce((sum, { type }) => sum + FIELD_SIZES[type] * 8, 0);
}

/** All that a module may tell other modules, whichever place it learned it at. */
export function messageCarriersOf({ messages }: Manifest): Carrier[] {
  return messages.sends.map((message) => {
    return { name: `message ${message.name}`, bits: recordBits(message), unit: 'record' };
  });
}

/** Units that a carrier needs for a whole value; null: it carries nothing. */
export function unitsFor({ bits }: Readable, carrier: Carrier): number | null {
  return carrier.bits === 0 ? null : Math.ceil(bits / carrier.bits);
}
