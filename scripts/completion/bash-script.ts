import type { CommandShape, Kind } from './command-shape.ts';

/** What bash does to complete a kind of word. */
function action(kind: Kind): string {
  if (kind === 'file') return '_sluice_paths -f';
  if (kind === 'folder') return '_sluice_paths -d';
  return kind === 'unknown' ? ':' : `_sluice_words '${kind.join(' ')}'`;
}

function optionCases({ name, options }: CommandShape): string[] {
  return options.flatMap((option) =>
    option.value === null
      ? []
      : [`    '${name} --${option.name}') ${action(option.value)}; return ;;`],
  );
}

function commandCase({ name, options, positionals }: CommandShape): string[] {
  const words = options.map((option) => `--${option.name}`).join(' ');
  const [last] = positionals.slice(-1);
  const places = positionals
    .slice(0, -1)
    .map((kind, place) => `        ${place}) ${action(kind)} ;;\n`);
  return [
    `    ${name})`,
    `      if [[ $current == -* ]]; then _sluice_words '${words}'; return; fi`,
    `      case $place in\n${places.join('')}        *) ${action(last ?? 'unknown')} ;;`,
    '      esac ;;',
  ];
}

/** Words with `=` and `:` in them reach bash in pieces; the option is before all of them. */
const HEAD = `\
# Completion of sluice for bash. Load it with: eval "$(sluice completion bash)"
_sluice_words() {
  COMPREPLY=($(compgen -W "$1" -- "$current"))
}
_sluice_paths() {
  local IFS=$'\\n'
  compopt -o filenames 2>/dev/null
  COMPREPLY=($(compgen "$1" -- "$current"))
}
_sluice() {
  local current=\${COMP_WORDS[COMP_CWORD]} command=\${COMP_WORDS[1]} at=COMP_CWORD place=0 index
  COMPREPLY=()
  if [[ $current == [=:] ]]; then current=; ((at++)); fi
  ((at--))
  while [[ \${COMP_WORDS[at]} == [=:] ]]; do
    if [[ \${COMP_WORDS[at - 1]} == --* ]]; then ((at--)); break; fi
    ((at -= 2))
  done
`;

/** The script that `sluice completion bash` prints. */
export function bashScript(commands: readonly CommandShape[]): string {
  const names = [...commands.map(({ name }) => name), '--help', '--version'].join(' ');
  const taking = commands.flatMap(({ name, options }) =>
    options.filter(({ value }) => value !== null).map((option) => `'${name} --${option.name}'`),
  );
  return [
    `${HEAD}  if ((COMP_CWORD == 1)); then _sluice_words '${names}'; return; fi`,
    `  case "$command \${COMP_WORDS[at]}" in`,
    ...commands.flatMap(optionCases),
    '  esac',
    // Which positional argument it is: words before it that are neither option nor value.
    '  for ((index = 2; index < COMP_CWORD; index++)); do',
    `    case "$command \${COMP_WORDS[index]}" in`,
    `      ${taking.join(' | ')}) ((index++)) ;;`,
    "      *' -'*) ;;",
    '      *) ((place++)) ;;',
    '    esac',
    '  done',
    '  case $command in',
    ...commands.flatMap(commandCase),
    '  esac',
    '}',
    'complete -F _sluice sluice',
    '',
  ].join('\n');
}
