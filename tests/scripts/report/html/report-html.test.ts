import { describe, expect, it } from 'vitest';
import { reportHtml } from '../../../../scripts/report/html/report-html.ts';
import type { Report } from '../../../../scripts/report/report.ts';
import { TimeBins } from '../../../../scripts/report/time-bins.ts';
import type { TimelineData } from '../../../../scripts/report/timeline.ts';
import { emptyReport, exampleReport } from '../example-report.ts';

const title = { command: 'sluice replay', router: 'config/routers/plant.yaml' };
const begin = new Date(1_768_197_600_000);

/** Two bins with these names in them. */
function timelineOf(...names: string[]): TimelineData {
  const bins = new TimeBins();
  for (const kind of ['packets', 'bytes', 'drops']) {
    for (const [index, name] of names.entries()) {
      bins.add(bins.binAt(index / 1000), kind, name, index + 1);
    }
  }
  const [packets, bytes, drops] = ['packets', 'bytes', 'drops'].map((kind) => bins.amounts(kind));
  return { packets, bytes, drops };
}

/** Elements that are opened and never closed, or closed and never opened. */
function unbalanced(page: string): string[] {
  const empty = new Set(['meta', 'input', 'rect', 'line', 'polygon', '!doctype']);
  const open: string[] = [];
  const wrong: string[] = [];
  const body = page.replace(/<style>[\s\S]*?<\/style>/, '');
  for (const [, slash, name] of body.matchAll(/<(\/?)([a-z0-9!]+)[^>]*>/g)) {
    if (empty.has(name)) continue;
    if (slash === '') open.push(name);
    else if (open.pop() !== name) wrong.push(name);
  }
  return [...wrong, ...open];
}

describe('a report as a page', () => {
  const page = reportHtml(exampleReport, title, timelineOf('a', 'b'), begin);

  it('says the same in the same order as the text', () => {
    const order = ['frames in', 'received 12,345', 'Carried', 'historian polls PLCs', 'Denied'];
    const rest = ['name: tcp 502', '>The capture<', '--pickup', 'Dropped', 'Ports', 'Modules'];
    const places = [...order, ...rest, 'receipt 9f86'].map((text) => page.indexOf(text));
    expect(places).not.toContain(-1);
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(page).toContain('2026-01-12 06:00:00 UTC');
  });

  it('needs nothing and runs nothing', () => {
    expect(page).not.toMatch(/<(script|link|img|iframe|object|embed|base)\b/i);
    expect(page).not.toMatch(/\b(src|href|style|on[a-z]+)=/i);
    expect(page).not.toMatch(/url\(|@import/);
    expect(page).toMatch(/Content-Security-Policy" content="default-src &#39;none&#39;; style-src/);
  });

  it('has a table beside each plot, and names for those who do not see', () => {
    expect(page.match(/<svg viewBox="0 0 960/g)).toHaveLength(3);
    expect(page.match(/role="img" aria-label="[^"]+"/g)).toHaveLength(3);
    expect(page.match(/<details>/g)).toHaveLength(3);
    expect(unbalanced(page)).toEqual([]);
  });

  it('has no plots of nothing', () => {
    const bare = reportHtml(emptyReport, title, timelineOf(), null);
    expect(bare).not.toContain('<svg');
    expect(bare).not.toContain('The capture begins');
    expect(unbalanced(bare)).toEqual([]);
  });

  it('shows any time of a capture that a calendar has, and leaves out others', () => {
    const strange = reportHtml(emptyReport, title, timelineOf(), new Date(1e300));
    expect(strange).not.toContain('The capture begins');
  });
});

describe('names from outside', () => {
  const evil = `</script></style><img src=x onerror=alert(1)>"'&\u0000`;
  const report: Report = {
    ...exampleReport,
    flows: {
      [evil]: { packets: 1, bytes: 2, connections: 3 },
      [`${evil}2`]: { packets: 0, bytes: 0, connections: 0 },
    },
    ports: { [evil]: { received: 1, transmitted: 1 } },
    drops: { [evil]: 5 },
    modules: Object.fromEntries(Object.values(exampleReport.modules).map((one) => [evil, one])),
    denied: [{ ...exampleReport.denied[0], from: evil, to: evil, protocol: evil, source: evil }],
  };
  const evilTitle = { command: evil, router: evil };
  const page = reportHtml(report, evilTitle, timelineOf(evil, `${evil}2`), begin);

  it('stay text wherever they stand', () => {
    expect(page).not.toContain('<img');
    expect(page).not.toContain('\u0000');
    expect(page.match(/<\/style>/g)).toHaveLength(1);
    expect(page).not.toContain('</script>');
    expect(page.match(/&lt;img src=x onerror=alert\(1\)&gt;/g)?.length).toBeGreaterThan(15);
    expect(unbalanced(page)).toEqual([]);
  });
});

it('shows seven series, and the others as one', () => {
  const names = Array.from({ length: 10 }, (_, index) => `flow ${index}`);
  const page = reportHtml(emptyReport, title, timelineOf(...names), begin);
  const [, legend = ''] = /<ul class="legend">([\s\S]*?)<\/ul>/.exec(page) ?? [];
  const shown = [...legend.matchAll(/<bdi>(.*?)<\/bdi>/g)].map(([, name]) => name);
  expect(shown).toEqual([...names.slice(3).reverse(), 'all other flows']);
});
