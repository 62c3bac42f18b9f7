/**
 * HTML that is right by construction: text becomes markup in one place, and is escaped there.
 */

/** Markup. Only `html` makes it of text. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
/** These have no place in a document. */
const CONTROLS = /(?![\t\n])\p{Cc}/gu;

/** Text as it may stand between tags and between quotes; control characters are shown as such. */
export function escapeHtml(text: string): string {
  return text.replaceAll(CONTROLS, '\ufffd').replaceAll(/[&<>"']/g, (sign) => ESCAPES[sign]);
}

type Value = string | number | Markup | readonly Markup[];

function write(value: Value): string {
  if (value instanceof Markup) return value.text;
  if (typeof value === 'object') return value.map(({ text }) => text).join('');
  return escapeHtml(String(value));
}

/** A template whose values are escaped unless they are markup already. */
export function html(parts: TemplateStringsArray, ...values: readonly Value[]): Markup {
  return new Markup(
    parts.map((part, at) => part + (at < values.length ? write(values[at]) : '')).join(''),
  );
}
