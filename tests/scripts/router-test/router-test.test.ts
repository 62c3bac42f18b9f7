import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { scratchFolder } from '../../config/scratch-files.ts';
import { plantBoard, plantRouter, sluice } from '../sluice.ts';

const scratch = scratchFolder();
const example = readFileSync(plantRouter, 'utf8').replace(/boards\/.*\.yaml/, plantBoard);
const head = example.slice(0, example.indexOf('tests:'));

/** The example router with other tests. */
function routerWith(name: string, tests: readonly [packet: string, expect: string][]): string {
  const lines = tests.map(
    ([packet, expected]) => `  - packet: ${packet}\n    expect: ${expected}\n`,
  );
  return scratch.write(name, tests.length === 0 ? head : `${head}tests:\n${lines.join('')}`);
}

const LINE = head.split('\n').length + 1;

describe('sluice test', () => {
  it('finds that the example does what its tests say', async () => {
    const run = await sluice('test', plantRouter);
    expect(run).toMatchObject({ code: 0, stderr: '' });
    const text = run.stdout.replace(plantRouter, 'config/routers/plant.yaml');
    await expect(text).toMatchFileSnapshot('../../golden/test/example.txt');
  });

  const POLL = 'tcp 10.1.0.20:4000 > 10.2.0.7:502';
  const MISSES: [string, string, string, string][] = [
    ['carried, not denied', POLL, 'denied', 'transmitted by port eth0, in flow "historian polls'],
    [
      'denied, not carried',
      'tcp 10.1.0.9:4 > 10.2.0.7:502',
      'historian polls PLCs',
      'dropped as d',
    ],
    ['another flow', 'icmp 10.1.0.20 > 10.2.0.7', 'historian polls PLCs', '"historian pings PLCs"'],
    ['another reason', `${POLL} ttl 1`, 'denied', 'dropped as ttl-expired by icmp.errors'],
    ['taken in', 'arp who-has 10.1.0.1 tell 10.1.0.9', 'denied', 'it was taken in by arp'],
    ['too long a frame', `${POLL} size 3000`, 'denied', 'dropped as frame-too-long by wire'],
  ];
  it.each(MISSES)('says what happened instead (%s)', async (name, packet, expected, happened) => {
    const file = routerWith(`${name.replaceAll(/\W/g, '-')}.yaml`, [[packet, expected]]);
    const run = await sluice('test', file);
    expect(run).toMatchObject({ code: 1, stderr: '' });
    const text = run.stdout.replaceAll(/\s+/g, ' ');
    expect(text).toContain(`${file}:${LINE}:5: expected "${expected}", but`);
    expect(text).toContain(happened);
    expect(text).toMatch(/0 passed, 1 failed $/);
  });

  it('starts each test with nothing of the one before', async () => {
    const reply = 'tcp 10.2.0.7:502 > 10.1.0.20:4000 flags syn-ack';
    const file = routerWith('fresh.yaml', [
      [POLL, 'historian polls PLCs'],
      [reply, 'tcp-not-syn'],
    ]);
    expect(await sluice('test', file)).toMatchObject({ code: 0 });
  });

  it('says so where there is nothing to test', async () => {
    const file = routerWith('none.yaml', []);
    const run = await sluice('test', file);
    expect(run.code).toBe(0);
    expect(run.stderr).toContain('has no tests');
  });
});
