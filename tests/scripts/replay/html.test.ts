import { copyFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { reportSchema } from '../../../scripts/report/report.ts';
import {
  plantCapture,
  plantRouter,
  replayJson,
  sluice,
  temporaryFolder,
  timeless,
} from '../sluice.ts';

const folder = temporaryFolder();
const words = [plantCapture, '--config', plantRouter];

async function pageOf(name: string) {
  const file = join(folder, name);
  const run = await sluice('replay', ...words, '--json', '--html', file);
  expect(run).toMatchObject({ code: 0, stderr: '' });
  return { page: readFileSync(file, 'utf8'), report: reportSchema.parse(JSON.parse(run.stdout)) };
}

/** What the table beside a plot says: the sum of each series. */
function sums(page: string, kind: string): Record<string, number> {
  const figure = new RegExp(`<figure class="${kind}">[\\s\\S]*?</table>`).exec(page)?.[0] ?? '';
  const rows = figure.matchAll(/<th scope="row"><bdi>(.*?)<\/bdi><\/th><td class="number">(.*?)</g);
  return Object.fromEntries(
    [...rows].map(([, name, sum]) => [name, Number(sum.replaceAll(',', ''))]),
  );
}

describe('replay --html', () => {
  it('writes a page whose plots add up to the report, and changes nothing else', async () => {
    const { page, report } = await pageOf('plant.html');
    expect(timeless(report)).toEqual(timeless(await replayJson(words)));
    const flows = Object.entries(report.flows);
    expect(sums(page, 'drops')).toEqual(report.drops);
    expect(sums(page, 'packets')).toEqual(
      Object.fromEntries(flows.map(([name, { packets }]) => [name, packets])),
    );
    expect(sums(page, 'bits')).toEqual(
      Object.fromEntries(flows.map(([name, { bytes }]) => [name, bytes])),
    );
  });

  it('writes the same page again, but for the time that the run took', async () => {
    const [one, other] = [await pageOf('one.html'), await pageOf('other.html')];
    const rest = (page: string) => page.replace(/<p>280 frames in .*<\/p>/, '');
    expect(rest(one.page)).toBe(rest(other.page));
  });

  it.each([
    ['is a capture', (file: string) => [file, '--config', plantRouter, '--html', file]],
    ['is the router file', (file: string) => [plantCapture, '--config', file, '--html', file]],
  ])('refuses to write where it reads: the file %s', async (_, wordsOf) => {
    const file = join(folder, 'input');
    copyFileSync(plantRouter, file);
    const board = ['--board', 'three-port'];
    const run = await sluice('replay', ...wordsOf(file), ...board);
    expect(run.code).toBe(2);
    expect(run.stderr).toContain('would be written while it is read');
    expect(readFileSync(file)).toEqual(readFileSync(plantRouter));
  });

  it('says what is wrong with a place that cannot be written, before anything is run', async () => {
    const file = join(folder, 'no', 'such', 'folder.html');
    const run = await sluice('replay', ...words, '--html', file);
    expect(run).toMatchObject({ code: 2, stdout: '' });
    expect(run.stderr).toBe(`sluice: --html ${file}: the file cannot be written (ENOENT)\n`);
    expect(existsSync(file)).toBe(false);
  });

  it.each([
    ['stdout', ['--html', '-'], 'would go to stdout'],
    ['the folder of --out', ['--out', folder, '--html', join(folder, 'x')], 'folder of --out'],
    ['the file of --annotate', ['--annotate', 'x', '--html', './x'], 'both --annotate and --html'],
  ])('refuses %s', async (_, more, message) => {
    const run = await sluice('replay', ...words, ...more);
    expect(run).toMatchObject({ code: 2, stdout: '' });
    expect(run.stderr).toContain(message);
  });
});
