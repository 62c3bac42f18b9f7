/**
 * What is wrong with a configuration file, where, and what to do about it.
 */

/** One mistake in one file. `line` and `column` count from 1; `hint` says what to do. */
export interface Diagnostic {
  code: `CONFIG_${string}`;
  file: string;
  line: number;
  column: number;
  message: string;
  hint?: string;
}

/** The one-line form: `file:line:column: CODE message; hint`. */
export function formatDiagnostic(diagnostic: Diagnostic): string {
  const { file, line, column, code, message, hint } = diagnostic;
  return `${file}:${line}:${column}: ${code} ${message}${hint === undefined ? '' : `; ${hint}`}`;
}

/** Thrown by every loader in this folder, with all the mistakes found, in file order. */
export class ConfigError extends Error {
  readonly code = 'CONFIG_INVALID';
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map(formatDiagnostic).join('\n'));
    this.name = 'ConfigError';
    this.diagnostics = diagnostics;
  }
}
