/**
 * The tests of a router file, each in the real kernel with nothing in it that was there before.
 */
import * as assert from 'node:assert/strict';
import type { Router, RouterTest } from '../../config/router.ts';
import { Board } from '../../firmware/board/board.ts';
import type { Firmware } from '../../firmware/boot/assemble.ts';
import type { Tables } from '../../firmware/boot/tables.ts';
import { type Outcome, takeOutcomes, traceOutcomes } from '../../firmware/report/outcomes.ts';
import { buildPacket } from '../../netstack/build-packet.ts';
import { parsePacketText } from '../../netstack/packet-text.ts';
import { SourcePorts } from '../replay/source-ports.ts';
import { WiredBoard } from '../replay/wired-board.ts';

/** What a test asked for, and what happened. */
export interface TestResult {
  readonly test: RouterTest;
  readonly isHit: boolean;
  /** The port that the packet arrived on. */
  readonly port: string;
  readonly outcome: Outcome;
}

/** Whether the outcome is what the test expects: a flow that took the packet on, or a reason. */
function isExpected(expect: string, { kind, reason, flow }: Outcome): boolean {
  return kind === 'dropped' ? reason === expect : flow === expect;
}

export class RouterTestBench {
  private readonly firmware: Firmware;
  private readonly router: Router;
  private readonly tables: Tables;
  private readonly sourcePorts: SourcePorts;

  constructor(firmware: Firmware, router: Router, tables: Tables) {
    this.firmware = firmware;
    this.router = router;
    this.tables = tables;
    this.sourcePorts = new SourcePorts(router);
  }

  /** Runs one test on a board of its own, until nothing is held any more. */
  run(test: RouterTest): TestResult {
    const board = new Board(this.firmware, this.router, this.tables);
    const wired = new WiredBoard(board, { receipt: null, writers: [] });
    const spec = parsePacketText(test.packet);
    const { ports } = this.router.board;
    const port =
      test.in === undefined
        ? this.sourcePorts.portOf(spec.source)
        : ports.findIndex(({ name }) => name === test.in);
    // An ARP request is a broadcast; all else is sent to the router, as by a host that uses it.
    const frame = buildPacket(spec, spec.kind === 'arp' ? {} : { destination: ports[port].mac });
    traceOutcomes(board);
    wired.feed(port, frame, 0, frame.length, frame.length, 0, 0);
    board.finish();
    const outcome = takeOutcomes(board).find(({ arrival }) => arrival === 0);
    assert.ok(outcome !== undefined, 'every frame has an outcome');
    const isHit = isExpected(test.expect, outcome);
    return { test, isHit, port: ports[port].name, outcome };
  }
}
