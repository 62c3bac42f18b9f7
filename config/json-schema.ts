/**
 * JSON Schemas of the four files, for editors; config/schemas holds them.
 */
import { z } from 'zod';
import { boardSchema } from './board.ts';
import { manifestSchema } from './manifest-schema.ts';
import { routerSchema } from './router-schema.ts';
import { systemSchema } from './system-schema.ts';

const schemas = {
  board: { schema: boardSchema, title: 'Sluice board' },
  router: { schema: routerSchema, title: 'Sluice router' },
  manifest: { schema: manifestSchema, title: 'Sluice module manifest' },
  system: { schema: systemSchema, title: 'Sluice system description' },
};

/** The kinds of file that have a schema. */
export const schemaNames = Object.keys(schemas) as (keyof typeof schemas)[];

/** The text of config/schemas/NAME.json: JSON Schema draft 7 of what the file may say. */
export function jsonSchemaText(name: keyof typeof schemas): string {
  const { schema, title } = schemas[name];
  const { $schema, ...rest } = z.toJSONSchema(schema, { target: 'draft-7', io: 'input' });
  return `${write({ $schema, title, ...rest }, '', 0)}\n`;
}

const LINE_SIZE_MAX = 100;

/** As the project's formatter has it: objects on lines of their own, short lists on one. */
function write(value: unknown, indent: string, before: number): string {
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    const isFlat = value.every((item) => typeof item !== 'object');
    const flat = `[${value.map((item) => JSON.stringify(item)).join(', ')}]`;
    if (isFlat && indent.length + before + flat.length + 1 <= LINE_SIZE_MAX) return flat;
    return `[\n${value.map((item) => inner + write(item, inner, 0)).join(',\n')}\n${indent}]`;
  }
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  if (entries.length === 0) return '{}';
  const lines = entries.map(([key, item]) => {
    const start = `${JSON.stringify(key)}: `;
    return inner + start + write(item, inner, start.length);
  });
  return `{\n${lines.join(',\n')}\n${indent}}`;
}
