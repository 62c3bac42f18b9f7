/**
 * Echo requests of the router itself, one at a time for whoever asks: which port leads there,
 * who is told to send it, and how long the reply took by the host's clock.
 */
import { randomInt } from 'node:crypto';
import type { Router } from '../../../config/router.ts';
import type { Board } from '../../../firmware/board/board.ts';
import { cidrContains } from '../../../netstack/address.ts';
import { tellModules } from './machine-messages.ts';

/** A reply that takes longer is not waited for. */
const REPLY_NS_MAX = 2_000_000_000n;
/** Requests that wait for replies together: fewer than module `ping` remembers. */
const PINGS_MAX = 48;

/** Why no request was sent. */
type PingRefusal = 'no-route' | 'too-many' | 'unsupported';

/** What became of a request. */
export type PingAnswer =
  | { readonly outcome: 'reply'; readonly port: number; readonly ns: number }
  | { readonly outcome: 'lost'; readonly port: number }
  | { readonly outcome: PingRefusal };

interface OpenPing {
  readonly id: number;
  readonly port: number;
  readonly sentAt: bigint;
}

/** Where packets to an address leave as links are now, or null: as module `route` decides. */
export function egressPort(router: Router, board: Board, address: number): number | null {
  const connected = router.interfaces.map(({ address: network, prefixLength, port }) => {
    return { to: { address: network, length: prefixLength }, via: null, port };
  });
  const candidates = [...connected, ...router.routes]
    .filter(({ to }) => cidrContains(to, address))
    .sort((a, b) => b.to.length - a.to.length);
  for (const { via, port } of candidates) {
    if (board.nics[port].isUp) return port;
    // Who is on a wire is nowhere else.
    if (via === null) return null;
  }
  return null;
}

export class Pings {
  private readonly board: Board;
  private readonly answer: (id: number, answer: PingAnswer) => void;
  /** By token, the oldest first. */
  private readonly open = new Map<number, OpenPing>();
  private sequence = 0;

  /** `answer` is given each request's outcome, once. */
  constructor(board: Board, answer: (id: number, answer: PingAnswer) => void) {
    this.board = board;
    this.answer = answer;
  }

  /** Whether there are requests without an outcome. */
  get isWaiting(): boolean {
    return this.open.size > 0;
  }

  /** Has a request sent in the board's next breath; `id` is how its outcome is told. */
  send(id: number, address: number, now: bigint): void {
    const refusal = this.trySend(id, address, now);
    if (refusal !== null) this.answer(id, { outcome: refusal });
  }

  /** Why no request is sent, or null. */
  private trySend(id: number, address: number, now: bigint): PingRefusal | null {
    const port = egressPort(this.board.router, this.board, address);
    if (port === null) return 'no-route';
    if (this.open.size >= PINGS_MAX) return 'too-many';
    const token = randomInt(0x1_0000_0000);
    this.sequence = (this.sequence + 1) & 0xffff;
    const record = { port, address, token, sequence: this.sequence };
    if (!tellModules(this.board, '$pings', record)) return 'unsupported';
    this.open.set(token, { id, port, sentAt: now });
    return null;
  }

  /** Takes the replies that the console has been told of by `now`, and gives up what is too old. */
  hear(now: bigint): void {
    for (const { record } of this.board.messages.console.splice(0)) {
      const ping = this.open.get(record.token);
      if (ping === undefined) continue;
      this.open.delete(record.token);
      this.answer(ping.id, {
        outcome: 'reply',
        port: ping.port,
        ns: Number(now - ping.sentAt),
      });
    }
    this.expire(now);
  }

  private expire(now: bigint): void {
    for (const [token, { id, port, sentAt }] of this.open) {
      if (now - sentAt < REPLY_NS_MAX) return;
      this.open.delete(token);
      this.answer(id, { outcome: 'lost', port });
    }
  }
}
