/**
 * What there is to complete, read off the commands themselves.
 */
import type { Argv } from 'yargs';
import type { Command } from '../commands/command.ts';

/** What may stand somewhere: a file, a folder, one of some words, or what nobody can guess. */
export type Kind = 'file' | 'folder' | 'unknown' | readonly string[];

export interface OptionShape {
  readonly name: string;
  readonly about: string;
  /** Of its value; null: it is a switch. */
  readonly value: Kind | null;
}

export interface CommandShape {
  readonly name: string;
  readonly about: string;
  readonly options: readonly OptionShape[];
  /** By position; those after the last are like the last. */
  readonly positionals: readonly Kind[];
}

/** Options whose value is a file, or a folder; of others only those with choices are completed. */
export const FILE_OPTIONS: ReadonlySet<string> = new Set([
  ...['config', 'board', 'system', 'expect', 'annotate', 'html', 'report'],
  ...['manifest', 'router'],
]);
export const FOLDER_OPTIONS: ReadonlySet<string> = new Set(['out']);
const FILE_POSITIONALS: ReadonlySet<string> = new Set([
  'captures',
  'capture',
  'router',
  'file',
  'path',
]);

/** As far as yargs' descriptions of options matter here. */
interface Described {
  readonly type?: string;
  readonly describe?: string;
  readonly choices?: readonly string[];
}

function optionShape(name: string, { type, describe = '', choices }: Described): OptionShape {
  const kind = FILE_OPTIONS.has(name) ? 'file' : FOLDER_OPTIONS.has(name) ? 'folder' : 'unknown';
  return { name, about: describe, value: type === 'boolean' ? null : (choices ?? kind) };
}

/** What a command has: it is asked to describe itself to one that listens and does nothing. */
function shapeOf(command: Command): CommandShape {
  const options: OptionShape[] = [];
  const positionals: Kind[] = [];
  const listener: object = new Proxy(
    {},
    {
      get: (_, method) => (name: string, described: Described) => {
        if (method === 'option') options.push(optionShape(name, described));
        if (method === 'positional') {
          positionals.push(described.choices ?? (FILE_POSITIONALS.has(name) ? 'file' : 'unknown'));
        }
        return listener;
      },
    },
  );
  command.build(listener as Argv);
  const [name = ''] = command.usage.split(' ');
  return { name, about: command.summary, options, positionals };
}

/** All commands; each also has the options that all have. */
export function commandShapes(
  commands: readonly Command[],
  logLevels: readonly string[],
): CommandShape[] {
  const general: OptionShape[] = [
    { name: 'log', about: 'Log on stderr from this level on', value: logLevels },
    { name: 'verbose', about: 'Log what happens on stderr (--log info)', value: null },
    { name: 'help', about: 'Show this help', value: null },
  ];
  return commands.map(shapeOf).map((shape) => {
    return { ...shape, options: [...shape.options, ...general] };
  });
}
