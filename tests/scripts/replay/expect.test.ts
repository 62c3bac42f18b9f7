import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../../scripts/report/report.ts';
import { plantCapture, plantRouter, replayJson, sluice, temporaryFolder } from '../sluice.ts';

const folder = temporaryFolder();
const WORDS = [plantCapture, '--config', plantRouter];

let report: Report;

beforeAll(async () => {
  report = await replayJson(WORDS);
});

/** A replay of the example with an expectation: exit code, and stderr without the file's path. */
async function expecting(
  value: unknown,
): Promise<{ code: number; stderr: string; stdout: string }> {
  const file = join(folder, 'expected.json');
  writeFileSync(file, typeof value === 'string' ? value : JSON.stringify(value));
  const run = await sluice('replay', ...WORDS, '--json', '--expect', file);
  return { ...run, stderr: run.stderr.replaceAll(file, 'expected.json') };
}

describe('replay --expect', () => {
  it('is met by the report of the same replay, whatever time that took', async () => {
    const run = await expecting({ ...report, seconds: 1e6, packetsPerSecond: 1 });
    expect(run).toMatchObject({ code: 0, stderr: '' });
  });

  it('compares only the keys that are given', async () => {
    const { receipt, drops } = report;
    const run = await expecting({ receipt, drops: { denied: drops['denied'] }, flows: {} });
    expect(run.code).toBe(0);
  });

  it('says where the report differs, and prints it all the same', async () => {
    const expected = {
      received: 281,
      drops: { denied: 1, spoofed: 0, 'no-route': 2 },
      flows: { 'historian polls PLCs': { packets: 3, bytes: 9900 }, 'no such flow': {} },
    };
    const run = await expecting(expected);
    expect(run.code).toBe(1);
    expect(JSON.parse(run.stdout)).toMatchObject({ received: 280 });
    expect(run.stderr).toBe(`\
sluice: the report is not what expected.json expects: 5 differences
  received                            expected 281, found 280
  drops.denied                        expected 1, found ${report.drops['denied']}
  drops.no-route                      expected 2, found 0
  flows.historian polls PLCs.packets  expected 3, found 204
  flows.no such flow                  expected {}, found nothing
`);
  });

  it('compares lists whole, and shows the rows that only one has', async () => {
    const [first, ...rest] = report.denied;
    const changed = { ...first, packets: 7 };
    const run = await expecting({ denied: [changed, ...rest] });
    expect(run.code).toBe(1);
    expect(run.stderr).toContain(`expected ${JSON.stringify(changed)}, found nothing`);
    expect(run.stderr).toContain(`expected nothing, found ${JSON.stringify(first)}`);
    expect(await expecting({ denied: report.denied.toReversed() })).toMatchObject({ code: 1 });
    expect(await expecting({ denied: rest })).toMatchObject({ code: 1 });
  });

  it.each([
    ['{ "recieved": 1 }', '1:3: CONFIG_UNKNOWN_KEY "recieved"; did you mean "received"?'],
    ['{\n  "ports": { "eth0": { "sent": 1 } } }', '2:24: CONFIG_UNKNOWN_KEY "sent"; known here:'],
    ['{ "received": "many" }', '1:15: CONFIG_TYPE received: expected a number, found text'],
    ['{ "received": 1, ', '1:18: CONFIG_YAML '],
    ['', '1:1: CONFIG_TYPE expected a map, found nothing'],
    ['[]', '1:1: CONFIG_TYPE expected a map, found a list'],
  ])('refuses %j and says where', async (text, message) => {
    const run = await expecting(text);
    expect(run).toMatchObject({ code: 2, stdout: '' });
    expect(run.stderr).toContain(`expected.json:${message}`);
  });

  it('refuses a file that is not there', async () => {
    const run = await sluice('replay', ...WORDS, '--expect', join(folder, 'none.json'));
    expect(run).toMatchObject({ code: 2, stdout: '' });
  });
});
