/**
 * What sections of a report are made of, whether they become text or HTML.
 */
import { formatCount } from './table.ts';

export type Cell = string | number;

/** One piece of a section. */
export type Block =
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'table';
      readonly head: readonly string[];
      readonly rows: readonly (readonly Cell[])[];
    }
  | { readonly kind: 'warning'; readonly text: string }
  /** YAML to paste; the comment says what it is about. */
  | {
      readonly kind: 'entry';
      readonly comment: string;
      readonly yaml: (width: number) => string[];
    };

export interface Section {
  readonly id: 'carried' | 'denied' | 'capture' | 'dropped' | 'ports' | 'modules';
  readonly title: string;
  readonly blocks: readonly Block[];
}

/** How much of a report is shown. */
export interface PageLimits {
  /** Rows of a table, and entries to paste. */
  readonly rowsMax: number;
  readonly entriesMax: number;
  /** Where the rest is, such as `--json`. */
  readonly elsewhere: string;
}

/** What is said where a list goes on beyond what is shown. */
export function moreText(more: number, { elsewhere }: PageLimits): Block[] {
  if (more <= 0) return [];
  return [{ kind: 'text', text: `… and ${formatCount(more)} more (${elsewhere})` }];
}
