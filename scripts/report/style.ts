/** How the parts of a report look on a terminal. */
export interface Style {
  title(text: string): string;
  heading(text: string): string;
  warning(text: string): string;
  quiet(text: string): string;
}

const ESCAPE = '\u001b[';

function coded(code: number): (text: string) => string {
  return (text) => `${ESCAPE}${code}m${text}${ESCAPE}0m`;
}

const same = (text: string) => text;

export const plainStyle: Style = { title: same, heading: same, warning: same, quiet: same };

export const colourStyle: Style = {
  title: coded(1),
  heading: coded(36),
  warning: coded(33),
  quiet: coded(2),
};
