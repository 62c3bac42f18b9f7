import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { jsonSchemaText, schemaNames } from '../../config/json-schema.ts';

const folder = new URL('../../config/', import.meta.url);

describe('the JSON Schemas in config/schemas', () => {
  // Regenerate with: npx vitest run tests/config/schemas.test.ts -u
  it.each(schemaNames)('%s.json is what the loader checks', async (name) => {
    const path = fileURLToPath(new URL(`schemas/${name}.json`, folder));
    await expect(jsonSchemaText(name)).toMatchFileSnapshot(path);
  });

  it('are closed: every object with properties refuses others', () => {
    for (const name of schemaNames) {
      const open: string[] = [];
      const visit = (value: unknown, path: string): void => {
        if (typeof value !== 'object' || value === null) return;
        const schema = value as Record<string, unknown>;
        const isObject = schema['type'] === 'object' && schema['properties'] !== undefined;
        if (isObject && schema['additionalProperties'] !== false) open.push(path);
        for (const [key, inner] of Object.entries(schema)) visit(inner, `${path}/${key}`);
      };
      visit(JSON.parse(jsonSchemaText(name)), name);
      expect(open).toEqual([]);
    }
  });

  it.each([
    ['boards/three-port.yaml', 'board'],
    ['boards/two-port.yaml', 'board'],
    ['routers/plant.yaml', 'router'],
  ])('%s names its schema in its first line', (file, name) => {
    const [first] = readFileSync(new URL(file, folder), 'utf8').split('\n');
    expect(first).toBe(`# yaml-language-server: $schema=../schemas/${name}.json`);
  });
});
