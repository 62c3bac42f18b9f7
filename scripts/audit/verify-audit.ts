/** `sluice audit verify`: is an audit log as the board wrote it, and whole? */
import { z } from 'zod';
import { FILE_SIZE_MAX } from '../../config/limits.ts';
import { readBounded } from '../../config/read-bounded.ts';
import { systemCodeOf } from '../../drivers/capture-error.ts';
import { ExitCode } from '../exit-code.ts';
import type { Host } from '../host.ts';
import { reportSchema } from '../report/report.ts';
import { formatCount } from '../report/table.ts';
import { UsageError } from '../usage-error.ts';
import { AuditChain, type ExpectedEnd } from './audit-chain.ts';
import { readLines } from './read-lines.ts';

export interface VerifyOptions {
  /** `-` is stdin. */
  readonly file: string;
  readonly lines: number | undefined;
  readonly head: string | undefined;
  /** A report of `--json`, whose `audit` says how the log ends. */
  readonly report: string | undefined;
  readonly isJson: boolean;
}

const reportedEnd = z.object({ audit: reportSchema.shape.audit });

/** The end of the log as a report has it. @throws {UsageError} */
function readReportedEnd(file: string): ExpectedEnd {
  let text: string;
  try {
    text = new TextDecoder().decode(readBounded(file, FILE_SIZE_MAX));
  } catch (error) {
    throw new UsageError(`--report ${file}: it cannot be read (${systemCodeOf(error)})`);
  }
  try {
    return reportedEnd.parse(JSON.parse(text)).audit;
  } catch {
    throw new UsageError(`--report ${file}: no report`, 'give what `sluice replay --json` prints');
  }
}

/** What is expected of the end; the options must not contradict the report. */
function expectedEnd(options: VerifyOptions): ExpectedEnd {
  const { lines, head } = options;
  if (options.report === undefined) return { lines, head };
  const reported = readReportedEnd(options.report);
  return { lines: lines ?? reported.lines, head: head ?? reported.head };
}

/** Verifies a log and says so; `No` where it is not as it was written. @throws {UsageError} */
export function verifyAudit(options: VerifyOptions, host: Host): ExitCode {
  const expected = expectedEnd(options);
  const chain = new AuditChain();
  const isWhole = readLines(options.file, (bytes) => chain.add(bytes));
  chain.end(isWhole, expected);
  const { lines, head, broken } = chain;
  const isEndKnown = expected.lines !== undefined || expected.head !== undefined;
  if (options.isJson) {
    const result = { intact: broken === null, isEndKnown, lines, head, broken };
    host.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
  } else {
    const name = options.file === '-' ? 'stdin' : options.file;
    const verdict =
      broken === null
        ? [`intact: ${formatCount(lines)} lines`, `head ${head}`, endNote(isEndKnown)]
        : [`broken at line ${formatCount(broken.line)}: ${broken.why}`];
    const text = [`sluice audit verify: ${name}`, ...verdict.map((line) => `  ${line}`)];
    host.stdout.write(`${text.join('\n')}\n`);
  }
  return broken === null ? ExitCode.Done : ExitCode.No;
}

function endNote(isEndKnown: boolean): string {
  return isEndKnown
    ? 'the end is as reported'
    : 'whether its end was cut off shows only beside its report: --report, --lines or --head';
}
