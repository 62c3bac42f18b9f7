/**
 * What an error means to the operator: lines for stderr, and the exit code.
 */
import { ConfigError, formatDiagnostic } from '../config/diagnostics.ts';
import { CaptureError } from '../drivers/capture-error.ts';
import { WireError } from '../drivers/wires/wire-error.ts';
import { BootError } from '../firmware/boot/boot-error.ts';
import { ExitCode } from './exit-code.ts';
import { CompileError } from './toolchain/compile.ts';
import { UsageError } from './usage-error.ts';

/** An error as it is shown: each line stands for itself. */
export interface ErrorReport {
  lines: readonly string[];
  exitCode: ExitCode;
}

/** Codes of what is refused as a program, and not for how it is configured. */
const REJECTED = /^(IMAGE|MODULE|FIRMWARE|TOOLCHAIN)_/;

function codeOf(error: Error): string | undefined {
  return 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

function oneLine(text: string): string {
  return text.trim().replaceAll(/\s*\n\s*/g, '; ');
}

function bugLines(error: unknown): string[] {
  if (!(error instanceof Error)) return [`sluice: bug: ${String(error)}`];
  const stack = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return [`sluice: bug: ${oneLine(error.message)}`, ...stack];
}

/** Which kind of error it is, by type or code; what nobody has named is our own bug. */
export function explainError(error: unknown): ErrorReport {
  if (error instanceof UsageError) {
    const hint = error.hint === undefined ? '' : `; ${error.hint}`;
    return { lines: [`sluice: ${error.message}${hint}`], exitCode: ExitCode.Usage };
  }
  if (error instanceof ConfigError) {
    return { lines: error.diagnostics.map(formatDiagnostic), exitCode: ExitCode.Usage };
  }
  if (error instanceof CaptureError) {
    return { lines: [`sluice: ${error.message}`], exitCode: ExitCode.Usage };
  }
  if (error instanceof WireError) {
    const line = `sluice: ${error.code} ${error.message}; ${error.hint}`;
    return { lines: [line], exitCode: ExitCode.Usage };
  }
  if (error instanceof BootError) {
    const { code, component, message, hint } = error;
    const line = `sluice: ${code} ${component}: ${oneLine(message)}; ${hint}`;
    return { lines: [line], exitCode: REJECTED.test(code) ? ExitCode.Rejected : ExitCode.Usage };
  }
  if (error instanceof CompileError && error.diagnostics.length > 0) {
    const lines = error.diagnostics.map((d) => `${d.file}:${d.line}:${d.column}: ${d.message}`);
    return { lines, exitCode: ExitCode.Rejected };
  }
  if (error instanceof Error && REJECTED.test(codeOf(error) ?? '')) {
    const line = `sluice: ${codeOf(error)} ${oneLine(error.message)}`;
    return { lines: [line], exitCode: ExitCode.Rejected };
  }
  return { lines: bugLines(error), exitCode: ExitCode.Bug };
}
