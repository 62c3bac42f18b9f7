import { describe, expect, it } from 'vitest';
import {
  DENIED_ROWS_MAX,
  imbalance,
  reportJson,
  reportSchema,
} from '../../../scripts/report/report.ts';
import { reportText } from '../../../scripts/report/report-text.ts';
import { colourStyle } from '../../../scripts/report/style.ts';
import { REPORT_COLUMNS } from '../../../scripts/report/table.ts';
import { emptyReport, exampleReport } from './example-report.ts';

const title = { command: 'sluice replay', router: 'config/routers/plant.yaml' };
const golden = (name: string) => `../../golden/report/${name}`;

describe('a report as text', () => {
  it('looks like tests/golden/report/replay.txt', async () => {
    await expect(reportText(exampleReport, title)).toMatchFileSnapshot(golden('replay.txt'));
  });

  it('says so in developer mode', async () => {
    const report = { ...exampleReport, developerMode: true as const };
    await expect(reportText(report, title)).toMatchFileSnapshot(golden('developer-mode.txt'));
  });

  it('has little to say of a run in which nothing happened', async () => {
    await expect(reportText(emptyReport, title)).toMatchFileSnapshot(golden('empty.txt'));
  });

  it('differs in colour only by its colours', () => {
    const coloured = reportText(exampleReport, title, colourStyle);
    expect(coloured).not.toBe(reportText(exampleReport, title));
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control characters
    expect(coloured.replaceAll(/\u001b\[\d+m/g, '')).toBe(reportText(exampleReport, title));
  });

  it('fits the columns, whatever the names and however large the numbers', () => {
    const huge = Number.MAX_SAFE_INTEGER;
    const name = 'x'.repeat(64);
    const report = {
      ...exampleReport,
      ...{ received: huge, originated: huge, transmitted: huge, consumed: huge, dropped: huge },
      drops: { [name]: huge, denied: huge },
      ports: { [name]: { received: huge, transmitted: huge } },
      flows: { [name]: { packets: huge, bytes: huge, connections: huge } },
      denied: [{ ...exampleReport.denied[1], from: name, to: name, packets: huge }],
      modules: {
        [name]: { ...exampleReport.modules.icmp, packets: huge, violations: huge, faults: huge },
      },
    };
    const lines = reportText(report, { ...title, router: `${name}/`.repeat(4) }).split('\n');
    const tooLong = lines.filter((line) => line.length > REPORT_COLUMNS);
    expect(tooLong).toEqual([]);
  });

  it('shows the first rows of many and counts the others', () => {
    const row = exampleReport.denied[1];
    const denied = Array.from({ length: 50 }, (_, port) => ({ ...row, port: port + 1 }));
    const text = reportText({ ...exampleReport, denied }, title);
    expect(text).toContain('… and 40 more (--html, --json)');
  });
});

describe('a report as JSON', () => {
  it('looks like tests/golden/report/replay.json', async () => {
    await expect(reportJson(exampleReport)).toMatchFileSnapshot(golden('replay.json'));
  });

  it('fits its own schema', () => {
    expect(reportSchema.parse(JSON.parse(reportJson(exampleReport)))).toEqual(exampleReport);
  });

  it.each([
    ['a key too many', { ...exampleReport, colour: 'blue' }],
    ['half a packet', { ...exampleReport, received: 1.5 }],
    ['a receipt that is none', { ...exampleReport, receipt: 'beef' }],
  ])('does not fit with %s', (_, report) => {
    expect(reportSchema.safeParse(report).success).toBe(false);
  });
});

it('adds up', () => {
  expect(imbalance(exampleReport)).toBe(0);
  expect(imbalance({ ...exampleReport, held: 0 })).toBe(4);
  expect(DENIED_ROWS_MAX).toBe(1000);
});
