/** The words of `npm run mutate -- …`. */
import { parseArgs } from 'node:util';
import { UsageError } from '../usage-error.ts';
import { CHANGED_SOURCES } from './judged-sources.ts';

export const HELP = `npm run mutate [-- OPTIONS]

Deletes, inverts and weakens every check of the trusted code, one at a time, and prints
which test notices: killed, or survived. Every one must be killed.

  --only PATH[:LINE]   only changes to this source, to this line of it, or below this folder
  --changed            only sources that differ from the branch main
  --survivors          only what survived when it was last tried
  --list               print the changes and try none
  --help               this text

Exit code: 0 all were killed, 1 some survived, 2 usage.

  npm run mutate -- --only firmware/boot/call-graph.ts
`;

export interface MutateOptions {
  readonly only: { readonly path: string; readonly line: number | null } | null;
  readonly changed: boolean;
  readonly survivors: boolean;
  readonly list: boolean;
  readonly help: boolean;
}

/** @throws UsageError for words that mean nothing */
export function parseOptions(args: string[]): MutateOptions {
  const { only, ...flags } = parse(args);
  return { ...flags, only: only === undefined ? null : parseOnly(only) };
}

function parse(args: string[]) {
  const flag = { type: 'boolean', default: false } as const;
  try {
    const options = {
      only: { type: 'string' },
      changed: flag,
      survivors: flag,
      list: flag,
    } as const;
    return parseArgs({ args, options: { ...options, help: flag } }).values;
  } catch (error) {
    throw new UsageError((error as Error).message, 'see npm run mutate -- --help');
  }
}

function parseOnly(text: string): NonNullable<MutateOptions['only']> {
  const [, path = '', line] = /^(.*?)(?::(\d+))?$/.exec(text) ?? [];
  if (!CHANGED_SOURCES.some((source) => isAt(source, path))) {
    const sources = CHANGED_SOURCES.join(', ');
    throw new UsageError(`--only ${path}: no source whose checks are changed`, `one of ${sources}`);
  }
  return { path, line: line === undefined ? null : Number(line) };
}

/** Whether a source is the one at `path`, or below it. */
export function isAt(source: string, path: string): boolean {
  return source === path || source.startsWith(`${path.replace(/\/$/, '')}/`);
}
