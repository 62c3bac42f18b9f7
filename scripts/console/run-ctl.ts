import { connect } from 'node:net';
import type { CtlOptions } from '../commands/ctl.ts';
import { ExitCode } from '../exit-code.ts';
import type { Host } from '../host.ts';
import { UsageError } from '../usage-error.ts';
import type { ControlReply } from './control-socket.ts';

/** A board that does not answer within this is not asked any longer. */
const REPLY_MS_MAX = 10_000;
const REPLY_SIZE_MAX = 64 << 20;

/** Sends the command and prints the answer. @throws {UsageError} when nobody answers */
export async function runCtl(options: CtlOptions, host: Host): Promise<ExitCode> {
  const { socket, command, isJson } = options;
  const reply = await ask(socket, command);
  if (!reply.ok) throw new UsageError(reply.error);
  const text = isJson ? JSON.stringify(reply.value, null, 2) : reply.lines.join('\n');
  host.stdout.write(`${text}\n`);
  return reply.isNo === true ? ExitCode.No : ExitCode.Done;
}

function ask(path: string, command: string): Promise<ControlReply> {
  return new Promise((resolve, reject) => {
    const refuse = (what: string, hint: string) => reject(new UsageError(`${path}: ${what}`, hint));
    const socket = connect(path);
    let text = '';
    socket.setTimeout(REPLY_MS_MAX, () => {
      socket.destroy();
      refuse('the board does not answer', 'look at its console');
    });
    socket.once('connect', () => socket.write(`${JSON.stringify({ command })}\n`));
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      if (text.length > REPLY_SIZE_MAX) socket.destroy(new Error('too much'));
    });
    socket.once('error', ({ code }: NodeJS.ErrnoException) => {
      if (code === 'EACCES') refuse('not allowed', 'ask as the user who has booted the board');
      else refuse(`no board answers there (${code})`, 'boot one with --socket');
    });
    socket.once('close', () => {
      try {
        resolve(JSON.parse(text) as ControlReply);
      } catch {
        refuse('the board ended before it had answered', 'ask again');
      }
    });
  });
}
