import type { CommandShape, Kind } from './command-shape.ts';

/** Text between single quotes in which `:`, `[` and `]` mean themselves. */
function quote(text: string): string {
  return text.replaceAll(/[[\]:\\]/g, '\\$&').replaceAll("'", "'\\''");
}

/** What _arguments does to complete a kind of word. */
function action(kind: Kind): string {
  if (kind === 'file') return '_files';
  if (kind === 'folder') return '_files -/';
  return kind === 'unknown' ? ' ' : `(${kind.join(' ')})`;
}

function argumentLines({ options, positionals }: CommandShape): string[] {
  const last = positionals.length - 1;
  return [
    ...options.map(({ name, about, value }) => {
      const rest = value === null ? '' : `:value:${action(value)}`;
      return `'--${name}[${quote(about)}]${rest}'`;
    }),
    ...positionals.map((kind, place) => {
      return `'${place === last ? '*' : place + 1}:argument:${action(kind)}'`;
    }),
  ];
}

/** The script that `sluice completion zsh` prints. */
export function zshScript(commands: readonly CommandShape[]): string {
  return [
    '#compdef sluice',
    '# Completion of sluice for zsh. Load it with: eval "$(sluice completion zsh)"',
    '_sluice() {',
    '  local -a commands=(',
    ...commands.map(({ name, about }) => `    '${name}:${quote(about)}'`),
    '  )',
    '  if ((CURRENT == 2)); then _describe command commands; return; fi',
    '  local command=$words[2]',
    '  shift words',
    '  ((CURRENT--))',
    '  case $command in',
    ...commands.flatMap((command) => [
      `    ${command.name})`,
      `      _arguments ${argumentLines(command).join(' \\\n        ')} ;;`,
    ]),
    '  esac',
    '}',
    'compdef _sluice sluice',
    '',
  ].join('\n');
}
