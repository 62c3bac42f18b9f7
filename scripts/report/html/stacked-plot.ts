/**
 * A stacked plot of rates over time as SVG: one step a bin, the largest series at the bottom.
 */
import type { BinnedAmounts, Series } from '../time-bins.ts';
import { formatRate, formatTime, ticks, timeTicks } from './axis-ticks.ts';
import { html, type Markup } from './markup.ts';

/** Series with a colour of their own; all others are one. */
export const SERIES_SHOWN_MAX = 7;

/** What a plot shows of its amounts. */
export interface PlotSubject {
  /** One sentence, for those who do not see it. */
  readonly title: string;
  /** Of a rate, such as `packets a second`. */
  readonly unit: string;
  /** What all series beyond SERIES_SHOWN_MAX are called together. */
  readonly others: string;
  /** What a rate is an amount a second times: 8 for bits of bytes. */
  readonly factor: number;
}

const WIDTH = 960;
const HEIGHT = 300;
const LEFT = 62;
/** Room for half of the last time beside the axis. */
const RIGHT = WIDTH - 34;
const TOP = 14;
const BOTTOM = HEIGHT - 40;

/** The largest series as they are, most first; the others as one. */
export function shownSeries({ series }: BinnedAmounts, others: string): Series[] {
  const sorted = [...series].sort((a, b) => b.total - a.total);
  const rest = sorted.slice(SERIES_SHOWN_MAX);
  const shown = sorted.slice(0, SERIES_SHOWN_MAX);
  if (rest.length === 0) return shown;
  const values = rest[0].values.map((_, bin) =>
    rest.reduce((sum, one) => sum + one.values[bin], 0),
  );
  return [...shown, { name: others, values, total: rest.reduce((sum, one) => sum + one.total, 0) }];
}

/** Maps amounts and bins to places in the picture. */
interface Scale {
  x(bin: number): string;
  y(amount: number): string;
}

function scaleOf(binCount: number, amountMax: number): Scale {
  const place = (value: number) => String(Number(value.toFixed(1)));
  return {
    x: (bin) => place(LEFT + ((RIGHT - LEFT) * bin) / binCount),
    y: (amount) => place(BOTTOM - ((BOTTOM - TOP) * amount) / amountMax),
  };
}

/** The outline of a series that stands on `base`: forth along its top, back along its base. */
function outline(series: Series, base: readonly number[], scale: Scale): string {
  const forth = series.values.map((value, bin) => {
    const y = scale.y(base[bin] + value);
    return `${scale.x(bin)},${y} ${scale.x(bin + 1)},${y}`;
  });
  const back = base.map((value, bin) => {
    const y = scale.y(value);
    return `${scale.x(bin + 1)},${y} ${scale.x(bin)},${y}`;
  });
  return [...forth, ...back.reverse()].join(' ');
}

function areas(shown: readonly Series[], binCount: number, scale: Scale): Markup[] {
  let base: readonly number[] = Array.from({ length: binCount }, () => 0);
  return shown.map((series, index) => {
    const points = outline(series, base, scale);
    const area = html`<polygon class="series-${index}" points="${points}"/>\n`;
    base = base.map((value, bin) => value + series.values[bin]);
    return area;
  });
}

function valueAxis(marks: readonly number[], ratio: number, scale: Scale): Markup[] {
  return marks.map((mark) => {
    const y = scale.y(mark / ratio);
    return html`<line class="grid" x1="${LEFT}" x2="${RIGHT}" y1="${y}" y2="${y}"/>\
<text class="end" x="${LEFT - 8}" y="${y}" dy="4">${formatRate(mark)}</text>\n`;
  });
}

function timeAxis(seconds: number, binSeconds: number, scale: Scale): Markup[] {
  return timeTicks(seconds, 8).map((mark) => {
    const x = scale.x(mark / binSeconds);
    return html`<line class="axis" x1="${x}" x2="${x}" y1="${BOTTOM}" y2="${BOTTOM + 5}"/>\
<text class="middle" x="${x}" y="${BOTTOM + 20}">${formatTime(mark)}</text>\n`;
  });
}

/** A strip over each bin that says what is below it. */
function strips(
  shown: readonly Series[],
  { binSeconds, binCount }: BinnedAmounts,
  ratio: number,
  unit: string,
  scale: Scale,
): Markup[] {
  const width = Number(((RIGHT - LEFT) / binCount).toFixed(1));
  return Array.from({ length: binCount }, (_, bin) => {
    const from = formatTime(bin * binSeconds);
    const lines = shown
      .filter(({ values }) => values[bin] > 0)
      .map(({ name, values }) => `\n${name}: ${formatRate(values[bin] * ratio)}`);
    const text = `${from} to ${formatTime((bin + 1) * binSeconds)}, ${unit}${lines.join('')}`;
    const place = html`x="${scale.x(bin)}" y="${TOP}" width="${width}" height="${BOTTOM - TOP}"`;
    return html`<rect class="strip" ${place}><title>${text}</title></rect>\n`;
  });
}

/** The plot, with hover texts; colours are the classes `series-0` and on. */
export function stackedPlot(amounts: BinnedAmounts, subject: PlotSubject): Markup {
  const { binSeconds, binCount } = amounts;
  const { title, unit, others, factor } = subject;
  const shown = shownSeries(amounts, others);
  const ratio = factor / binSeconds;
  const sums = Array.from({ length: binCount }, (_, bin) =>
    shown.reduce((sum, { values }) => sum + values[bin], 0),
  );
  const marks = ticks(Math.max(...sums) * ratio, 5, true);
  const scale = scaleOf(binCount, marks[marks.length - 1] / ratio);
  return html`<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${title}, ${unit}">
${valueAxis(marks, ratio, scale)}${areas(shown, binCount, scale)}\
<line class="axis" x1="${LEFT}" x2="${RIGHT}" y1="${BOTTOM}" y2="${BOTTOM}"/>
${timeAxis(binCount * binSeconds, binSeconds, scale)}\
${strips(shown, amounts, ratio, unit, scale)}</svg>`;
}
