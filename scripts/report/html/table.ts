import type { Cell } from '../report-blocks.ts';
import { formatCount } from '../table.ts';
import { html, type Markup } from './markup.ts';

function cell(value: Cell, isHead: boolean): Markup {
  if (typeof value === 'number') return html`<td class="number">${formatCount(value)}</td>`;
  return isHead
    ? html`<th scope="row"><bdi>${value}</bdi></th>`
    : html`<td><bdi>${value}</bdi></td>`;
}

/** A table whose first column names its rows; numbers stand right. */
export function htmlTable(head: readonly string[], rows: readonly (readonly Cell[])[]): Markup {
  const isNumber = head.map((_, column) => rows.some((row) => typeof row[column] === 'number'));
  const heads = head.map((name, column) => {
    const kind = isNumber[column] ? 'number' : 'text';
    return html`<th scope="col" class="${kind}"><bdi>${name}</bdi></th>`;
  });
  const lines = rows.map(
    (row) => html`<tr>${row.map((one, column) => cell(one, column === 0))}</tr>\n`,
  );
  return html`<div class="table"><table>
<thead><tr>${heads}</tr></thead>
<tbody>
${lines}</tbody>
</table></div>`;
}
