import type { CommandShape, Kind } from './command-shape.ts';

function quote(text: string): string {
  return `'${text.replaceAll(/['\\]/g, '\\$&')}'`;
}

/** The options of fish's `complete` for a kind of word. */
function action(kind: Kind): string {
  if (kind === 'file') return '-F';
  if (kind === 'folder') return "-f -a '(__fish_complete_directories)'";
  return kind === 'unknown' ? '-f' : `-f -a ${quote(kind.join(' '))}`;
}

function commandLines({ name, options, positionals }: CommandShape): string[] {
  const start = `complete -c sluice -n '__fish_seen_subcommand_from ${name}'`;
  return [
    ...options.map(({ name: option, about, value }) => {
      const rest = value === null ? '' : ` -r ${action(value)}`;
      return `${start} -l ${option}${rest} -d ${quote(about)}`;
    }),
    ...positionals.filter((kind) => kind !== 'unknown').map((kind) => `${start} ${action(kind)}`),
  ];
}

/** The script that `sluice completion fish` prints. */
export function fishScript(commands: readonly CommandShape[]): string {
  return [
    '# Completion of sluice for fish. Load it with: sluice completion fish | source',
    'complete -c sluice -f',
    ...commands.map(({ name, about }) => {
      return `complete -c sluice -n __fish_use_subcommand -a ${name} -d ${quote(about)}`;
    }),
    ...commands.flatMap(commandLines),
    '',
  ].join('\n');
}
