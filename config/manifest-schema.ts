/**
 * The shape of a module's manifest. Its meaning is checked in manifest.ts.
 */
import { z } from 'zod';
import { matchText, nameOf } from './fields.ts';
import {
  DROPS_MAX,
  FIELDS_MAX,
  FUEL_PER_MESSAGE_MAX,
  FUEL_PER_PACKET_MAX,
  FUEL_PER_TICK_MAX,
  INTERVALS_MAX,
  ORIGINATED_PER_SECOND_MAX,
  READS_MAX,
} from './limits.ts';

const rangeText = z.union([z.int(), z.string()]);

const outputSchema = z.union([
  matchText,
  z.strictObject({
    match: matchText,
    reason: z
      .string()
      .optional()
      .describe('The drop reason of what leaves here, if it then goes no further'),
  }),
]);

/** What one place may see and do. */
const placeShape = {
  reads: z.array(z.string()).max(READS_MAX).optional().describe('Columns that it sees, in order'),
  writes: z
    .record(z.string(), z.union([rangeText, z.array(rangeText).max(INTERVALS_MAX)]))
    .optional()
    .describe('Columns that it may change, and to what: any, 7, 1024-65535, a list, $addresses'),
  outputs: z
    .record(nameOf("an output's name"), outputSchema)
    .optional()
    .describe('Ways out, and which packets may take them'),
  answers: matchText.optional().describe('Frames that it may send back for a packet'),
  originates: z
    .strictObject({
      match: matchText,
      ports: z.union([z.literal('any'), z.array(z.string())]),
      'per-second': z.int().min(1).max(ORIGINATED_PER_SECOND_MAX),
    })
    .optional()
    .describe('Frames that it may send unasked'),
  consumes: z.boolean().optional().describe('Whether it may take packets in (verdict 254)'),
  holds: z.boolean().optional().describe('Whether it may hold packets (verdict 255)'),
};

const placeSchema = z.strictObject({ accepts: matchText, ...placeShape });

/** The keys of a place, which a manifest with one place writes at its top level. */
export const placeKeys: readonly string[] = Object.keys(placeSchema.shape);

const field = z.record(nameOf("a field's name"), z.enum(['u8', 'u16', 'u32', 'u64']));
const messages = z
  .record(nameOf("a message's name"), z.array(field).min(1).max(FIELDS_MAX))
  .default({});
const fuel = (most: number) => z.int().min(1).max(most);

/** The shape of a manifest. */
export const manifestSchema = z.strictObject({
  name: nameOf("a module's name"),
  version: z.string().regex(/^\d{1,5}\.\d{1,5}\.\d{1,5}$/, {
    error: 'a version is three numbers, e.g. 1.0.0',
  }),
  summary: z
    .string()
    .min(1)
    .max(200)
    // It stands in what a reviewer reads on a terminal: it must not write over that.
    .regex(/^[^\p{Cc}\p{Cf}\u2028\u2029]*$/u, { error: 'a summary is one line of plain text' })
    .describe('One sentence'),
  accepts: matchText.optional().describe('Packets that it is handed; no others ever are'),
  ...placeShape,
  places: z
    .record(nameOf("a place's name"), placeSchema)
    .optional()
    .describe('Instead of the keys of one place: several, each with its own authority'),
  drops: z.array(nameOf("a drop's name")).max(DROPS_MAX).default([]),
  messages: z.strictObject({ receives: messages, sends: messages }).partial().default({}),
  limits: z.strictObject({
    memory: z.union([z.int(), z.string()]).describe('Bytes, or e.g. 8 MiB; a multiple of 64 KiB'),
    'fuel-per-packet': fuel(FUEL_PER_PACKET_MAX).describe('Instructions for a row of process()'),
    'fuel-per-tick': fuel(FUEL_PER_TICK_MAX).default(0).describe('Instructions for a tick()'),
    'fuel-per-message': fuel(FUEL_PER_MESSAGE_MAX)
      .default(0)
      .describe('Instructions for a record of receive()'),
  }),
});

/** A manifest that has the right shape. */
export type ManifestData = z.output<typeof manifestSchema>;

/** A place that has the right shape. */
export type PlaceData = z.output<typeof placeSchema>;

/** A range as written. */
export type RangeData = z.output<typeof rangeText> | z.output<typeof rangeText>[];
