/**
 * The shape of a system description. Its meaning is checked in system.ts and the files it uses.
 */
import { z } from 'zod';
import { matchText, nameOf } from './fields.ts';

/** The shape of a system description. */
export const systemSchema = z.strictObject({
  modules: z
    .record(nameOf("a module's name"), z.string().min(1))
    .describe('Modules and their folders, relative to this file'),
  links: z
    .record(z.string(), z.union([z.string(), z.record(matchText, z.string())]))
    .describe('From a kernel node or an output to a kernel node or place; first match first'),
  messages: z
    .record(z.string(), z.string())
    .default({})
    .describe(
      'sender.message: module or console; receiver.message: $routes, $neighbors, … or $links',
    ),
});

/** A system description that has the right shape. */
export type SystemData = z.output<typeof systemSchema>;
