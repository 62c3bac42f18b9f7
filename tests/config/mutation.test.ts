import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadBoard } from '../../config/board.ts';
import { loadManifest } from '../../config/manifest.ts';
import { loadRouter } from '../../config/router.ts';
import { loadSystem } from '../../config/system.ts';
import { parseYaml } from '../../config/yaml-document.ts';
import { isLong } from '../project/is-long.ts';
import { complaints, scratchFolder } from './scratch-files.ts';

const scratch = scratchFolder();
const read = (name: string) =>
  readFileSync(fileURLToPath(new URL(`../../config/${name}`, import.meta.url)), 'utf8');

const BOARD = read('boards/three-port.yaml');
const ROUTER = read('routers/plant.yaml');
const MANIFEST = `name: m
version: 1.0.0
summary: A module.
places:
  in:
    accepts: ip and (tcp or udp)
    reads: [meta.ingress, ipv4.src, "payload[28]"]
    writes: { ipv4.dst: $addresses, l4.dport: [1-2, 7] }
    outputs: { on: ip, off: { match: ip, reason: no-route } }
    answers: icmp
    originates: { match: arp, ports: any, per-second: 100 }
drops: [gone]
messages: { receives: { rules: [prefix: u32, port: u8] }, sends: {} }
limits: { memory: 8 MiB, fuel-per-packet: 500, fuel-per-message: 500 }
`;
const SYSTEM = `modules: { m: . }
links:
  wire: { ip and to-router: local, ip: m.in }
  m.in.on: policy
  policy.permitted: tx
messages: { m.rules: $routes }
`;

/** What breaks YAML, numbers, addresses, names and prototypes. */
const SNIPPETS = [
  ...[
    '',
    ' ',
    '\n',
    '  ',
    ':',
    ': ',
    '- ',
    '[',
    ']',
    '{',
    '}',
    ',',
    '"',
    "'",
    '|',
    '>',
    '#',
    '&a ',
  ],
  ...[
    '*a',
    '!!binary ',
    '!x ',
    '? ',
    '<<: ',
    '%',
    '@',
    '`',
    '\t',
    '\0',
    '\ufeff',
    '---\n',
    '...\n',
  ],
  ...[
    'null',
    '~',
    'true',
    '-1',
    '0',
    '1e999',
    '.nan',
    '.inf',
    '0x10',
    '9007199254740993',
    '/',
    '$',
  ],
  ...[
    '__proto__: {}',
    'constructor',
    'toString',
    '10.0.0.1/0',
    '255.255.255.255/32',
    'zone x',
    'not',
  ],
];

const mutations = fc.array(
  fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    remove: fc.integer({ min: 0, max: 12 }),
    insert: fc.oneof(fc.constantFrom(...SNIPPETS), fc.string({ maxLength: 6 })),
  }),
  { minLength: 1, maxLength: 4 },
);

function mutate(text: string, edits: { at: number; remove: number; insert: string }[]): string {
  return edits.reduce((now, { at, remove, insert }) => {
    const start = Math.floor(at * now.length);
    return now.slice(0, start) + insert + now.slice(start + remove);
  }, text);
}

describe('whatever a file says, loading it throws nothing but ConfigError', () => {
  const board = scratch.write('board.yaml', BOARD);
  scratch.write('manifest.yaml', MANIFEST);
  it.each([
    ['board', BOARD, (path: string) => loadBoard(path)],
    ['router', ROUTER, (path: string) => loadRouter(path, { board })],
    ['manifest', MANIFEST, (path: string) => loadManifest(path)],
    ['system', SYSTEM, (path: string) => loadSystem(path)],
  ])('%s', { timeout: 300_000 }, (name, text, load) => {
    const path = scratch.write(`${name}.mutated.yaml`, text);
    expect(complaints(scratch.folder, () => load(path))).toEqual([]);
    fc.assert(
      fc.property(mutations, (edits) => {
        const mutated = mutate(text, edits);
        writeFileSync(path, mutated);
        for (const complaint of complaints(scratch.folder, () => load(path))) {
          expect(complaint).toMatch(/^\S+\.yaml:[1-9]\d*:[1-9]\d*: CONFIG_[A-Z_]+ /);
          expect(complaint).not.toMatch(/\n/);
        }
      }),
      { numRuns: isLong ? 2000 : 100 },
    );
  });

  it('nested without end', () => {
    const depth = 100_000;
    const closed = '['.repeat(depth) + ']'.repeat(depth);
    expect(complaints('', () => parseYaml('deep.yaml', closed))).toEqual([
      'deep.yaml:1:1: CONFIG_YAML is nested too deeply',
    ]);
    const open = complaints('', () => parseYaml('open.yaml', '['.repeat(depth)));
    expect(open.length).toBeLessThanOrEqual(20);
    for (const line of open) expect(line).toMatch(/^open.yaml:1:\d+: CONFIG_YAML /);
  });

  it('aliases that multiply', () => {
    let text = 'a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n';
    for (let index = 1; index < 9; index++) {
      text += `a${index}: &a${index} [${Array(10)
        .fill(`*a${index - 1}`)
        .join(', ')}]\n`;
    }
    expect(complaints('', () => parseYaml('bomb.yaml', text))).toEqual([
      'bomb.yaml:1:1: CONFIG_YAML has too many aliases',
    ]);
  });

  it('bytes that are no UTF-8', () => {
    const path = scratch.write('latin.yaml', '');
    writeFileSync(path, Uint8Array.of(0x6e, 0xe4));
    expect(complaints(scratch.folder, () => loadBoard(path))).toEqual([
      'latin.yaml:1:1: CONFIG_READ is not UTF-8 text',
    ]);
  });

  it('a folder', () => {
    expect(complaints('', () => loadBoard(scratch.folder))[0]).toMatch(/cannot be read \(EISDIR\)/);
  });
});
