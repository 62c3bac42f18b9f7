/**
 * `sluice audit`: what can be asked of an audit log.
 */
import type { Argv } from 'yargs';
import type { VerifyOptions } from '../audit/verify-audit.ts';
import { UsageError } from '../usage-error.ts';
import { countOf, flagOf, requiredText, textOf } from './arguments.ts';
import type { Arguments, Command } from './command.ts';

const TEXT = { type: 'string', requiresArg: true } as const;

const EPILOGUE = `\
verify finds any line that was changed, removed, put in or moved, and says which. A cut end
shows beside the report of the run. Exit code 1 if the log is not as it was written.

Example:
  sluice replay plant.pcap --config plant.yaml --out sent --json > report.json
  sluice audit verify sent/audit.jsonl --report report.json`;

function build(cli: Argv): Argv {
  return cli
    .positional('action', {
      describe: 'verify',
      type: 'string',
      demandOption: true,
    })
    .positional('file', {
      describe: 'An audit log (audit.jsonl of --out); - is stdin',
      type: 'string',
      demandOption: true,
    })
    .option('report', { ...TEXT, describe: 'Its end must be as this report (--json) says' })
    .option('lines', { ...TEXT, describe: 'It must have so many lines' })
    .option('head', { ...TEXT, describe: 'The SHA-256 of its last line must be this' })
    .option('json', { type: 'boolean', describe: 'Print the verdict as JSON' })
    .epilogue(EPILOGUE);
}

/** Checks the arguments of `sluice audit verify`. @throws {UsageError} */
export function verifyOptions(argv: Arguments): VerifyOptions {
  const action = requiredText(argv, 'action');
  if (action !== 'verify') throw new UsageError(`audit ${action}: there is only audit verify`);
  const head = textOf(argv, 'head')?.toLowerCase();
  if (head !== undefined && !/^[0-9a-f]{64}$/.test(head)) {
    throw new UsageError(`--head ${head}: a SHA-256 has 64 hexadecimal digits`);
  }
  return {
    file: requiredText(argv, 'file'),
    lines: countOf(argv, 'lines'),
    head,
    report: textOf(argv, 'report'),
    isJson: flagOf(argv, 'json'),
  };
}

export const auditCommand: Command = {
  usage: 'audit <action> <file>',
  summary: 'Verify that an audit log is as the board wrote it',
  lists: [],
  build,
  async run(argv, host) {
    const options = verifyOptions(argv);
    const { verifyAudit } = await import('../audit/verify-audit.ts');
    return verifyAudit(options, host);
  },
};
