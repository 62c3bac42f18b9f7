/**
 * What yargs says about a command line, in our form: one line that names the word as it was typed.
 */
import { UsageError } from './usage-error.ts';

function isOption(name: string, args: readonly string[]): boolean {
  return args.some((arg) => arg === `--${name}` || arg.startsWith(`--${name}=`));
}

function asTyped(name: string, args: readonly string[]): string {
  if (isOption(name, args)) return `--${name}`;
  return args.includes(`-${name}`) ? `-${name}` : `"${name}"`;
}

const FORMS: readonly [RegExp, (found: string, args: readonly string[]) => string][] = [
  [/^Unknown arguments?: (.*)$/, (names, args) => `unknown: ${typed(names, args)}`],
  [/^Unknown commands?: (.*)$/, (names) => `unknown command: ${names}`],
  [/^Missing required arguments?: (.*)$/, (names) => `missing: ${options(names)}`],
  [/^Not enough arguments following: (.*)$/, (name) => `--${name} needs a value`],
  [/^Not enough non-option arguments: /, () => 'an argument is missing'],
  [/^Invalid values: Argument: (\S+), /, valueRefused],
  [/^Did you mean (.*)\?$/, (name, args) => `unknown: "${word(args)}", did you mean "${name}"?`],
];

function valueRefused(name: string, args: readonly string[]): string {
  return `${isOption(name, args) ? '--' : ''}${name} cannot have this value`;
}

/** The first word that is no option: where a command should be. */
function word(args: readonly string[]): string {
  return args.find((arg) => !arg.startsWith('-')) ?? '';
}

function typed(names: string, args: readonly string[]): string {
  return names
    .split(', ')
    .map((name) => asTyped(name, args))
    .join(', ');
}

function options(names: string): string {
  return names
    .split(', ')
    .map((name) => `--${name}`)
    .join(', ');
}

/** The usage error for what yargs said, with where to read on. */
export function usageError(
  message: string,
  args: readonly string[],
  commands: readonly string[],
): UsageError {
  const line = message.trim().replaceAll(/\s*\n\s*/g, ' ');
  const command = args.find((arg) => commands.includes(arg));
  const help = command === undefined ? 'see sluice --help' : `see sluice ${command} --help`;
  for (const [form, say] of FORMS) {
    const match = form.exec(line);
    if (match !== null) return new UsageError(say(match[1] ?? '', args), help);
  }
  return new UsageError(line.charAt(0).toLowerCase() + line.slice(1), help);
}
