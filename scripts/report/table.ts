/**
 * Tables of text for a terminal: first column left, numbers right, the last column wrapped.
 */

/** No line of a report is longer. */
export const REPORT_COLUMNS = 96;

/** With thousands separated by commas, the same in any locale. */
export function formatCount(value: number): string {
  return String(Math.round(value)).replaceAll(/\B(?=(\d{3})+$)/g, ',');
}

/** The text in lines of at most `width`; a word that is longer is cut. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    for (let rest = word; rest !== ''; rest = rest.slice(width)) {
      const piece = rest.slice(0, width);
      if (line !== '' && line.length + 1 + piece.length > width) {
        lines.push(line);
        line = '';
      }
      line += line === '' ? piece : ` ${piece}`;
    }
  }
  return line === '' ? lines : [...lines, line];
}

/** One table: its head names the columns; a cell that is a number stands right. */
export interface Table {
  readonly head: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
  /** Spaces before each line. */
  readonly indent: number;
}

const GAP = 2;

function shorten(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`;
}

/** Widths of all columns but the last wrapped one; the first gives way if there is no room. */
function columnWidths(cells: readonly (readonly string[])[], room: number): number[] {
  const widths = cells[0].map((_, column) => Math.max(...cells.map((row) => row[column].length)));
  const excess = widths.reduce((sum, width) => sum + width + GAP, -GAP) - room;
  if (excess > 0) widths[0] = Math.max(8, widths[0] - excess);
  return widths;
}

/**
 * Lines of at most REPORT_COLUMNS. If the last column is text and does not fit, it goes on below.
 * The head is the first line.
 */
export function tableLines({ head, rows, indent }: Table): string[] {
  const isNumber = head.map((_, column) => rows.some((row) => typeof row[column] === 'number'));
  const format = (cell: string | number) => (typeof cell === 'number' ? formatCount(cell) : cell);
  const cells = [[...head], ...rows.map((row) => row.map(format))];
  const last = head.length - 1;
  const wraps = last > 0 && !isNumber[last];
  const room = REPORT_COLUMNS - indent;
  const fixed = wraps ? cells.map((row) => row.slice(0, last)) : cells;
  const widths = columnWidths(fixed, wraps ? room - GAP - 24 : room);
  const left = widths.reduce((sum, width) => sum + width + GAP, 0);
  return cells.flatMap((row) => {
    const texts = widths.map((width, column) => {
      const text = shorten(row[column], width);
      return isNumber[column] ? text.padStart(width) : text.padEnd(width);
    });
    const start = ' '.repeat(indent) + texts.join(' '.repeat(GAP));
    if (!wraps) return [start.trimEnd()];
    const [first = '', ...more] = wrap(row[last], room - left);
    const below = ' '.repeat(indent + left);
    return [`${start}${' '.repeat(GAP)}${first}`.trimEnd(), ...more.map((line) => below + line)];
  });
}
