/**
 * `sluice completion`: a script that makes a shell complete our command lines.
 */
import type { Argv } from 'yargs';
import { bashScript } from '../completion/bash-script.ts';
import { type CommandShape, commandShapes } from '../completion/command-shape.ts';
import { fishScript } from '../completion/fish-script.ts';
import { zshScript } from '../completion/zsh-script.ts';
import { ExitCode } from '../exit-code.ts';
import { logLevels } from '../host-log.ts';
import { requiredText } from './arguments.ts';
import type { Command } from './command.ts';

const SCRIPTS: Readonly<Record<string, (commands: readonly CommandShape[]) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
};

const EPILOGUE = `\
Examples:
  sluice completion bash > ~/.local/share/bash-completion/completions/sluice
      Once, for bash; or eval "$(sluice completion bash)" in ~/.bashrc.
  eval "$(sluice completion zsh)"
      In ~/.zshrc, after compinit.
  sluice completion fish | source
      In ~/.config/fish/config.fish.`;

function build(cli: Argv): Argv {
  return cli
    .positional('shell', {
      describe: 'The shell',
      choices: Object.keys(SCRIPTS),
      demandOption: true,
    })
    .epilogue(EPILOGUE);
}

/** The command; `commands` are all there are, this one as well. */
export function completionCommand(commands: () => readonly Command[]): Command {
  return {
    usage: 'completion <shell>',
    summary: 'Print a script that completes command lines in bash, zsh or fish',
    lists: [],
    build,
    run(argv, host) {
      const script = SCRIPTS[requiredText(argv, 'shell')];
      host.stdout.write(script(commandShapes(commands(), logLevels)));
      return Promise.resolve(ExitCode.Done);
    },
  };
}
