import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MODULE_CODES } from '../../../firmware/boot/module-codes.ts';
import { watModule } from '../../firmware/wat.ts';
import { inProject, sluice, temporaryFolder } from '../sluice.ts';

const folder = temporaryFolder();

function write(name: string, text: string | Uint8Array): string {
  const path = join(folder, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, text);
  return path;
}

const manifest = write(
  'manifest.yaml',
  `name: small
version: 1.0.0
summary: Drops everything.
accepts: ip
reads: [ipv4.proto]
outputs: { out: ip }
limits: { memory: 512 KiB, fuel-per-packet: 10 }
`,
);

describe('module check', () => {
  it('says yes to a binary from any compiler, with what it is', async () => {
    const file = write('small.wasm', await watModule());
    const { code, stdout } = await sluice('module', 'check', file, '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ ok: true, name: 'small', memory: 524_288 });
  });

  it('says no with the code, the function, the byte and what to change', async () => {
    const file = write('float.wasm', await watModule({ process: '(drop (f32.const 1))' }));
    const words = ['module', 'check', file, '--manifest', manifest];
    const { code, stdout, stderr } = await sluice(...words);
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toMatch(
      /^sluice: MODULE_FLOAT float\.wasm: .* in function 1 \(process\), at byte/,
    );
    const json = await sluice(...words, '--json');
    expect(json).toMatchObject({ code: 3, stderr: '' });
    const { ok, code: why, function: at, byte, hint } = JSON.parse(json.stdout);
    expect({ ok, why, at }).toEqual({ ok: false, why: 'MODULE_FLOAT', at: 1 });
    expect(byte).toBeGreaterThan(8);
    expect(hint).toBe(MODULE_CODES.MODULE_FLOAT.hint);
  });

  it.skipIf(!existsSync('/dev/zero'))('says no to a file without an end', async () => {
    const refused = { code: 3, stderr: expect.stringContaining('MODULE_LIMIT') };
    const words = ['module', 'check', '/dev/zero', '--manifest', manifest];
    expect(await sluice(...words)).toMatchObject(refused);
    const { stdout } = await sluice(...words, '--json');
    expect(JSON.parse(stdout)).toMatchObject({ ok: false, code: 'MODULE_LIMIT' });
    write('endless/manifest.yaml', readFileSync(manifest));
    symlinkSync('/dev/zero', join(folder, 'endless', 'module.wasm'));
    expect(await sluice('module', 'check', join(folder, 'endless'))).toMatchObject(refused);
  });

  it('says no to a file that is no program, and to an empty one', async () => {
    for (const bytes of [new Uint8Array(0), new TextEncoder().encode('hello')]) {
      const { code, stdout } = await sluice('module', 'check', write('no.wasm', bytes), '--json');
      expect(code).toBe(3);
      expect(JSON.parse(stdout)).toMatchObject({ ok: false, code: 'MODULE_MALFORMED' });
    }
  });

  it('says no to sources that do not compile, with their place', async () => {
    const source = write('broken/index.ts', 'export function initialize(): void { nothing(); }\n');
    write(
      'broken/manifest.yaml',
      'name: broken\nversion: 1.0.0\nsummary: x\naccepts: ip\nlimits: { memory: 256 KiB, fuel-per-packet: 1 }\n',
    );
    const { code, stderr } = await sluice('module', 'check', join(folder, 'broken'));
    expect(code).toBe(3);
    expect(stderr).toContain(`${source}:1:38: `);
  });

  it.each([
    [['check', join(folder, 'none.wasm')], 'no such file'],
    [['check', inProject('package.json')], 'by which manifest?'],
    [['check', folder], 'has no index.ts or module.wasm'],
    [['check', manifest, '--out', 'x'], 'module check has no --out'],
    [['build', manifest], 'is no folder'],
    [['new', join(folder, 'x'), '--json'], 'module new has no --json'],
    [['show', join(folder, 'none')], 'no such file'],
    [['frob', folder], 'action cannot have this value'],
  ])('refuses %s', async (words, why) => {
    const { code, stdout, stderr } = await sluice('module', ...words);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(why);
  });
});
