/**
 * The console by a socket: one line of JSON asks, one answers, and the connection is over.
 *
 *   {"command": "show interfaces"}
 *   {"ok": true, "value": …, "lines": […]}   or   {"ok": false, "error": "…"}
 *
 * `isNo` stands in an answer that is no. Blanks come before an answer that takes longer.
 */
import { createServer, type Server, type Socket } from 'node:net';
import { socketWireError } from '../../drivers/wires/socket-wire.ts';
import { listenForOwner } from '../../drivers/wires/unix-socket.ts';
import { type Answer, ConsoleError } from './answer.ts';
import { COMMAND_SIZE_MAX, runConsoleLine } from './console-command.ts';
import type { ConsoleSession } from './session.ts';

/** What `sluice ctl` reads. */
export type ControlReply = ({ ok: true } & Answer) | { ok: false; error: string };

/** A request with all that JSON may put around its command. */
const REQUEST_SIZE_MAX = 8 * COMMAND_SIZE_MAX;
const CONNECTIONS_MAX = 16;
const IDLE_MS_MAX = 10_000;
/** Between two signs of life while a command runs. */
const BLANK_MS = 1000;

export class ControlSocket {
  private readonly session: ConsoleSession;
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();

  constructor(session: ConsoleSession) {
    this.session = session;
    this.server = createServer((socket) => this.greet(socket));
    this.server.maxConnections = CONNECTIONS_MAX;
  }

  /** Listens, for the owner only. @throws {WireError} */
  async open(path: string): Promise<void> {
    try {
      await listenForOwner(this.server, path);
    } catch (error) {
      throw socketWireError(`--socket ${path}`, error as Error);
    }
    this.server.on('error', () => {});
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private greet(socket: Socket): void {
    this.sockets.add(socket);
    socket.once('close', () => this.sockets.delete(socket));
    socket.on('error', () => {});
    socket.setTimeout(IDLE_MS_MAX, () => socket.destroy());
    let text = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      const end = text.indexOf('\n');
      if (end < 0 && text.length <= REQUEST_SIZE_MAX) return;
      socket.removeAllListeners('data');
      const blanks = setInterval(() => socket.write(' '), BLANK_MS);
      void this.reply(text.slice(0, Math.max(end, 0))).then((reply) => {
        clearInterval(blanks);
        socket.end(`${JSON.stringify(reply)}\n`);
      });
    });
  }

  private async reply(request: string): Promise<ControlReply> {
    const command = commandOf(request);
    if (command === null) return { ok: false, error: 'no request: write {"command": "help"}' };
    try {
      const told: string[] = [];
      const answer = await runConsoleLine(this.session, command, (line) => told.push(line));
      return { ok: true, ...answer, lines: [...told, ...answer.lines] };
    } catch (error) {
      if (error instanceof ConsoleError) return { ok: false, error: error.line };
      throw error;
    }
  }
}

function commandOf(request: string): string | null {
  try {
    const { command } = JSON.parse(request);
    return typeof command === 'string' ? command : null;
  } catch {
    return null;
  }
}
