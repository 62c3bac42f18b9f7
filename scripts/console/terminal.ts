/**
 * The console on a terminal: a prompt with history and completion below what the board tells.
 */
import { clearLine, createInterface, cursorTo, type Interface } from 'node:readline';
import type { BootLog } from '../boot/boot-log.ts';
import type { Host } from '../host.ts';
import { ConsoleError } from './answer.ts';
import { completeConsoleLine, runConsoleLine } from './console-command.ts';
import type { ConsoleSession } from './session.ts';

const PROMPT = 'sluice> ';
const HISTORY_MAX = 1000;

/** What the console reads from and writes to: a terminal, or what a test has for one. */
export interface TerminalStreams {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
}

export class Terminal {
  private readonly session: ConsoleSession;
  private readonly output: NodeJS.WritableStream;
  private readonly reader: Interface;
  private isOpen = true;

  constructor(session: ConsoleSession, { input, output }: TerminalStreams) {
    this.session = session;
    this.output = output;
    this.reader = createInterface({
      input,
      output,
      terminal: true,
      prompt: PROMPT,
      historySize: HISTORY_MAX,
      removeHistoryDuplicates: true,
      completer: (line: string) => completeConsoleLine(session, line),
    });
    this.reader.on('line', (line) => void this.obey(line));
    // The terminal is ours now, so Ctrl-C is a key; Ctrl-D ends the input.
    this.reader.on('SIGINT', () => session.stop());
    this.reader.on('close', () => {
      if (this.isOpen) session.stop();
    });
    this.reader.prompt();
  }

  /** A console where there is a person before a terminal, or null. */
  static on(host: Host, session: ConsoleSession, log: BootLog): Terminal | null {
    if (process.stdin.isTTY !== true || host.stdout.isTTY !== true) return null;
    const streams = { input: process.stdin, output: process.stdout };
    const terminal = new Terminal(session, streams);
    log.writeBy((text) => terminal.tell(text));
    return terminal;
  }

  /** Writes above the prompt, whatever is being typed there. */
  tell(text: string): void {
    if (!this.isOpen) {
      this.output.write(text);
      return;
    }
    this.wipe();
    this.output.write(text);
    this.reader.prompt(true);
  }

  close(): void {
    this.isOpen = false;
    this.reader.close();
    this.wipe();
  }

  /** Takes the prompt, and what has been typed there, off the line. */
  private wipe(): void {
    cursorTo(this.output, 0);
    clearLine(this.output, 0);
  }

  private async obey(line: string): Promise<void> {
    if (line.trim() !== '') {
      const lines = await this.answer(line);
      if (!this.isOpen) return;
      // What was told meanwhile has put the prompt back.
      this.wipe();
      this.output.write(`${lines.join('\n')}\n`);
    }
    this.reader.prompt();
  }

  private async answer(line: string): Promise<readonly string[]> {
    try {
      return (await runConsoleLine(this.session, line, (text) => this.tell(`${text}\n`))).lines;
    } catch (error) {
      if (error instanceof ConsoleError) return [error.line];
      throw error;
    }
  }
}
