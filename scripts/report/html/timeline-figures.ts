/**
 * The figures of a run over time: a plot, its legend, and the same as tables.
 */
import type { BinnedAmounts } from '../time-bins.ts';
import type { TimelineData } from '../timeline.ts';
import { formatRate, formatTime } from './axis-ticks.ts';
import { html, type Markup } from './markup.ts';
import { type PlotSubject, shownSeries, stackedPlot } from './stacked-plot.ts';
import { htmlTable } from './table.ts';

const PACKETS: PlotSubject = {
  title: 'Traffic over time by flow',
  unit: 'packets a second',
  others: 'all other flows',
  factor: 1,
};
const BITS: PlotSubject = { ...PACKETS, unit: 'bits a second', factor: 8 };
const DROPS: PlotSubject = {
  title: 'Drops over time by reason',
  unit: 'packets a second',
  others: 'all other reasons',
  factor: 1,
};

function legend(amounts: BinnedAmounts, { others }: PlotSubject): Markup {
  const items = shownSeries(amounts, others).map(
    ({ name }, index) =>
      html`<li><svg viewBox="0 0 10 10" aria-hidden="true">\
<rect class="series-${index}" width="10" height="10"/></svg> <bdi>${name}</bdi></li>\n`,
  );
  return html`<ul class="legend">\n${items}</ul>`;
}

/** By series: its sum, its highest rate, and when that was. */
function peaks(amounts: BinnedAmounts, { unit, factor }: PlotSubject, what: string): Markup {
  const { binSeconds, series } = amounts;
  const rows = [...series]
    .sort((a, b) => b.total - a.total)
    .map(({ name, total, values }) => {
      const highest = Math.max(...values);
      const rate = formatRate((highest * factor) / binSeconds);
      return [name, total, rate, formatTime(values.indexOf(highest) * binSeconds)];
    });
  return htmlTable([what, 'in all', `highest, ${unit}`, 'at'], rows);
}

/** Every bin with its amounts. */
function bins(amounts: BinnedAmounts, { others }: PlotSubject): Markup {
  const { binSeconds, binCount } = amounts;
  const shown = shownSeries(amounts, others);
  const rows = Array.from({ length: binCount }, (_, bin) => [
    formatTime(bin * binSeconds),
    ...shown.map(({ values }) => values[bin]),
  ]).filter((row) => row.slice(1).some((value) => value !== 0));
  const head = ['from', ...shown.map(({ name }) => name)];
  const each = `Each row: ${formatTime(binSeconds)}; rows of zeros are left out`;
  return html`<p>${each}</p>\n${htmlTable(head, rows)}`;
}

function details(amounts: BinnedAmounts, subject: PlotSubject, what: string): Markup {
  return html`<details><summary>As a table</summary>
${peaks(amounts, subject, what)}
${bins(amounts, subject)}
</details>`;
}

function figure(amounts: BinnedAmounts, subject: PlotSubject, kind: string, what: string): Markup {
  const { title, unit } = subject;
  return html`<figure class="${kind}">
<figcaption>${title}: ${unit}</figcaption>
<div class="plot">${stackedPlot(amounts, subject)}</div>
${legend(amounts, subject)}
${details(amounts, subject, what)}
</figure>\n`;
}

/** Traffic in packets and in bits, of which a switch without a script shows one. */
export function trafficFigures({ packets, bytes }: TimelineData): Markup {
  if (packets.series.length === 0) return html``;
  return html`<div class="figures">
<input type="radio" name="unit" id="unit-packets" checked><label for="unit-packets">packets</label>
<input type="radio" name="unit" id="unit-bits"><label for="unit-bits">bits</label>
${figure(packets, PACKETS, 'packets', 'flow')}\
${figure(bytes, BITS, 'bits', 'flow, in bytes')}</div>\n`;
}

export function dropsFigure({ drops }: TimelineData): Markup {
  return drops.series.length === 0 ? html`` : figure(drops, DROPS, 'drops', 'reason');
}
