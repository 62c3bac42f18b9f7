/**
 * `ping ADDRESS [COUNT]`, or `-c COUNT` as elsewhere: echo requests of the router itself, once a
 * second.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { formatIpv4, parseIpv4 } from '../../netstack/address.ts';
import type { PingAnswer } from '../boot/live/pings.ts';
import { type Answer, ConsoleError, type Progress } from './answer.ts';
import type { ConsoleSession } from './session.ts';
import { answered } from './show.ts';

const COUNT_DEFAULT = 4;
/** A console command ends: a minute and a half of pings. */
const COUNT_MAX = 100;
const INTERVAL_MS = 1000;
const USAGE = 'write it as: ping 10.2.0.7 4';

interface PingRequest {
  readonly address: number;
  readonly count: number;
}

/** @throws {ConsoleError} */
function readRequest(rest: string, { router }: ConsoleSession): PingRequest {
  const match = /^(\S+)(?: (?:-c ?)?(\d+))?$/.exec(rest);
  if (match === null) throw new ConsoleError(`cannot ping "${rest}"`, USAGE);
  const [, text = '', digits] = match;
  const count = digits === undefined ? COUNT_DEFAULT : Number(digits);
  const address = parseIpv4(text);
  if (address === null) throw new ConsoleError(`"${text}" is no IPv4 address`, USAGE);
  if (count < 1 || count > COUNT_MAX) throw new ConsoleError(`a count is 1 to ${COUNT_MAX}`);
  if (router.interfaces.some((face) => face.address === address)) {
    throw new ConsoleError(`${text} is the router's own`, 'show interfaces tells how it stands');
  }
  const first = address >>> 24;
  if (first === 0 || first === 127 || first >= 224) {
    throw new ConsoleError(`${text} is no single host`, USAGE);
  }
  return { address, count };
}

function lineOf(text: string, sequence: number, answer: PingAnswer, portName: string): string {
  switch (answer.outcome) {
    case 'reply':
      return `${text}: reply ${sequence} by ${portName} in ${milliseconds(answer.ns)} ms`;
    case 'lost':
      return `${text}: no reply to request ${sequence} by ${portName}`;
    case 'no-route':
      return `${text}: request ${sequence} not sent: no route whose link is up leads there`;
    case 'too-many':
      return `${text}: request ${sequence} not sent: too many wait for their replies`;
    case 'unsupported':
      throw new ConsoleError(
        'this system has no module that pings',
        'link MODULE.requests: $pings in its description, as firmware/system.yaml does',
      );
  }
}

function milliseconds(ns: number): string {
  return (ns / 1_000_000).toFixed(3);
}

function summary(count: number, times: readonly number[]): string {
  const lost = Math.round(((count - times.length) / count) * 100);
  const head = `${count} asked, ${times.length} replied, ${lost} % lost`;
  if (times.length === 0) return head;
  const average = times.reduce((sum, ns) => sum + ns, 0) / times.length;
  const [least, most] = [Math.min(...times), Math.max(...times)];
  const range = [least, average, most].map(milliseconds).join('/');
  return `${head}; round trip min/avg/max ${range} ms`;
}

/** Pings, one request after the other; the answer is no when nobody replied. */
export async function ping(session: ConsoleSession, rest: string, tell: Progress): Promise<Answer> {
  const { address, count } = readRequest(rest, session);
  const text = formatIpv4(address);
  const replies: PingAnswer[] = [];
  for (let sequence = 1; sequence <= count; sequence++) {
    const next = wait(INTERVAL_MS);
    const answer = answered(await session.ask({ kind: 'ping', address }));
    replies.push(answer);
    const port = 'port' in answer ? session.router.board.ports[answer.port].name : '';
    tell(lineOf(text, sequence, answer, port));
    if (sequence < count) await next;
  }
  const times = replies.flatMap((answer) => (answer.outcome === 'reply' ? [answer.ns] : []));
  const value = { address: text, asked: count, replied: times.length, roundTripNs: times };
  return { value, lines: [summary(count, times)], isNo: times.length === 0 };
}
