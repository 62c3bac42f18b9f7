import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { jsonSchemaText, schemaNames } from '../../config/json-schema.ts';

const folder = new URL('../../config/', import.meta.url);

describe('the JSON Schemas in config/schemas', () => {
  it.each(schemaNames)('%s.json describes itself and every key', (name) => {
    const bare: string[] = [];
    const visit = (value: unknown, path: string): void => {
      if (typeof value !== 'object' || value === null) return;
      const keys = (value as { properties?: object }).properties ?? {};
      for (const [key, inner] of Object.entries(keys)) {
        if (!('description' in inner)) bare.push(`${path}/${key}`);
      }
      for (const [key, inner] of Object.entries(value)) visit(inner, `${path}/${key}`);
    };
    const schema: unknown = JSON.parse(jsonSchemaText(name));
    visit(schema, name);
    expect(bare).toEqual([]);
    expect(schema).toMatchObject({ title: expect.any(String), description: expect.any(String) });
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
    ['../firmware/system.yaml', 'system'],
    ...['arp', 'icmp', 'neighbor', 'route'].map((module) => {
      return [`../firmware/modules/${module}/manifest.yaml`, 'manifest'];
    }),
  ])('%s names its schema in its first line', (file, name) => {
    const url = new URL(file, folder);
    const [first] = readFileSync(url, 'utf8').split('\n');
    const [, path = ''] = /^# yaml-language-server: \$schema=(\S+)$/.exec(first) ?? [];
    expect(new URL(path, url).href).toBe(new URL(`schemas/${name}.json`, folder).href);
  });
});
