import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { plantCapture, plantRouter, replayJson, sluice, temporaryFolder } from '../sluice.ts';

const folder = temporaryFolder();
const guard = join(folder, 'guard');

describe('a new module', () => {
  it('builds, is tested, may be loaded and runs as it is', async () => {
    expect((await sluice('module', 'new', guard)).code).toBe(0);
    expect(await sluice('module', 'test', guard)).toMatchObject({ code: 0, stderr: '' });
    expect(await sluice('module', 'check', guard)).toMatchObject({ code: 0, stderr: '' });
    const built = await sluice('module', 'build', guard);
    expect(built.stdout).toMatch(/binary {3}.*guard\/module\.wasm, \d+ bytes\n/);
    const system = join(guard, 'system.yaml');
    const words = [plantCapture, '--config', plantRouter, '--system', system];
    const { modules, ...report } = await replayJson(words);
    const without = await replayJson([plantCapture, '--config', plantRouter]);
    const { received, transmitted, consumed, dropped } = without;
    expect(report).toMatchObject({ received, transmitted, consumed, dropped });
    expect(modules['guard']).toMatchObject({ packets: 235, violations: 0, faults: 0 });
  });

  it('is not made over anything that is there', async () => {
    const there = join(folder, 'there');
    mkdirSync(there);
    const { code, stderr } = await sluice('module', 'new', there);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: `sluice: ${there} is there already; name another folder\n`,
    });
    expect(readdirSync(there)).toEqual([]);
  });

  it.each([
    ['Guard', "cannot be a module's name"],
    ['a_b', "cannot be a module's name"],
    ['2nd', "cannot be a module's name"],
    ['policy', 'is a node of the kernel'],
    ['route', 'comes with Sluice'],
    [join('no-such-folder', 'guard'), 'cannot be made (ENOENT)'],
  ])('is not made as %s', async (name, why) => {
    const { code, stderr } = await sluice('module', 'new', join(folder, name));
    expect(code).toBe(2);
    expect(stderr).toContain(why);
    expect(existsSync(join(folder, name))).toBe(false);
  });
});
