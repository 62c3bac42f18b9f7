/** The console's commands: one line in, an answer out. On the terminal and by `sluice ctl`. */
import { didYouMean } from '../../config/spelling.ts';
import { parsePacketText } from '../../netstack/packet-text.ts';
import { tableLines } from '../report/table.ts';
import { RouterTestBench } from '../router-test/test-bench.ts';
import { describeOutcome } from '../router-test/test-report.ts';
import { type Answer, ConsoleError, type Progress } from './answer.ts';
import { ping } from './ping.ts';
import type { ConsoleSession } from './session.ts';
import { answered, shows } from './show.ts';

interface ConsoleCommand {
  readonly name: string;
  readonly summary: string;
  /** What may follow the name: for completion and errors. */
  words(session: ConsoleSession): readonly string[];
  /** `tell` has lines that come before the answer's. */
  run(session: ConsoleSession, rest: string, tell: Progress): Promise<Answer>;
}

/** Longer lines are nothing that a person types. */
export const COMMAND_SIZE_MAX = 1024;

const none = () => [];

async function show(session: ConsoleSession, rest: string): Promise<Answer> {
  const what = Object.hasOwn(shows, rest) ? shows[rest] : undefined;
  if (what !== undefined) return what(session);
  const known = Object.keys(shows);
  const hint = didYouMean(rest, known) ?? `it shows ${known.join(', ')}`;
  throw new ConsoleError(`nothing is called "${rest}"`, hint);
}

/** What would become of a packet: on a board of its own, so the running one does not notice. */
async function probe(session: ConsoleSession, rest: string): Promise<Answer> {
  const { firmware, router, tables } = session;
  try {
    parsePacketText(rest);
  } catch (error) {
    const hint = 'write it as in a router file, such as tcp 10.1.0.20:4000 > 10.2.0.7:502';
    throw new ConsoleError(`no packet: ${(error as Error).message}`, hint);
  }
  const bench = new RouterTestBench(firmware, router, tables);
  const { outcome, port } = bench.run({ packet: rest, expect: '', line: 0, column: 0 });
  const { kind, reason, by, flow } = outcome;
  const value = { outcome: kind, reason, by, flow, in: port, out: outcome.port };
  return { value, lines: [`arriving on ${port}, ${describeOutcome(outcome)}`] };
}

/** The port that a name or its interface's stands for. */
function portOf({ router }: ConsoleSession, name: string): number {
  const face = router.interfaces.find((entry) => entry.name === name);
  const port = face?.port ?? router.board.ports.findIndex((entry) => entry.name === name);
  if (port >= 0) return port;
  const hint = didYouMean(name, portWords(router));
  throw new ConsoleError(`there is no port or interface "${name}"`, hint);
}

function portWords({ board, interfaces }: ConsoleSession['router']): string[] {
  return [...interfaces, ...board.ports].map(({ name }) => name);
}

async function setAdmin(session: ConsoleSession, name: string, isOpen: boolean): Promise<Answer> {
  const port = portOf(session, name);
  answered(await session.ask({ kind: 'admin', port, isOpen }));
  const { name: portName } = session.router.board.ports[port];
  const value = { port: portName, isOpen };
  return { value, lines: [`${portName} is ${isOpen ? 'open' : 'shut'}`] };
}

async function fault(session: ConsoleSession, rest: string): Promise<Answer> {
  if (rest !== 'hang') throw new ConsoleError(`no fault is called "${rest}"`, 'there is: hang');
  // It will not answer: that is the point.
  void session.ask({ kind: 'hang' });
  return { value: { fault: 'hang' }, lines: ['the data plane hangs; the watchdog will notice'] };
}

const commands: readonly ConsoleCommand[] = [
  {
    name: 'show',
    summary: `how the board stands: ${Object.keys(shows).join(', ')}`,
    words: () => Object.keys(shows),
    run: show,
  },
  {
    name: 'ping',
    summary: 'whether a host replies to the router, such as: ping 10.2.0.7',
    words: none,
    run: ping,
  },
  {
    name: 'probe',
    summary: 'what would become of a packet, such as: probe tcp 10.1.0.20:4000 > 10.2.0.7:502',
    words: () => ['tcp', 'udp', 'icmp', 'arp'],
    run: probe,
  },
  {
    name: 'shutdown',
    summary: 'take the link of a port down: shutdown PORT',
    words: ({ router }) => portWords(router),
    run: (session, rest) => setAdmin(session, rest, false),
  },
  {
    name: 'no shutdown',
    summary: 'let the link of a port come up again: no shutdown PORT',
    words: ({ router }) => portWords(router),
    run: (session, rest) => setAdmin(session, rest, true),
  },
  {
    name: 'fault',
    summary: 'developer mode: make the data plane fail, to see what follows: fault hang',
    words: () => ['hang'],
    run: fault,
  },
  { name: 'help', summary: 'this list', words: none, run: async () => help() },
  {
    name: 'quit',
    summary: 'stop the router, as Ctrl-C does',
    words: none,
    run: async (session) => {
      session.stop();
      return { value: { stopping: true }, lines: ['stopping'] };
    },
  },
];

function help(): Answer {
  const value = commands.map(({ name, summary }) => ({ name, summary }));
  const rows = value.map(({ name, summary }) => [name, summary]);
  return { value, lines: tableLines({ head: ['command', ''], rows, indent: 0 }).slice(1) };
}

/** The command that a line begins with, and the rest of the line. */
function splitLine(line: string): { command: ConsoleCommand; rest: string } | null {
  for (const command of commands) {
    const { name } = command;
    if (line === name || line.startsWith(`${name} `)) {
      return { command, rest: line.slice(name.length).trim() };
    }
  }
  return null;
}

/**
 * Carries a line out; `tell` is given what can be told before the answer is there.
 * @throws {ConsoleError}
 */
export async function runConsoleLine(
  session: ConsoleSession,
  text: string,
  tell: Progress,
): Promise<Answer> {
  const line = text.trim().replaceAll(/\s+/g, ' ');
  if (line.length > COMMAND_SIZE_MAX) throw new ConsoleError('the line is too long');
  const split = splitLine(line);
  if (split !== null) return split.command.run(session, split.rest, tell);
  const [word = ''] = line.split(' ');
  const names = commands.map(({ name }) => name);
  throw new ConsoleError(`no command "${word}"`, didYouMean(word, names) ?? 'help lists them');
}

/** What a line may go on with: whole lines, and the part of the line that they go on from. */
export function completeConsoleLine(session: ConsoleSession, line: string): [string[], string] {
  const split = splitLine(line.trimStart());
  const candidates =
    split === null
      ? commands.map(({ name }) => name)
      : split.command.words(session).map((word) => `${split.command.name} ${word}`);
  return [candidates.filter((candidate) => candidate.startsWith(line.trimStart())), line];
}
