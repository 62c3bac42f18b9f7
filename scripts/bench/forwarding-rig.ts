/**
 * A router under load: a board with its modules, forwarding a workload between two ports. Frames
 * are checked byte by byte before and after the time is taken, and counted while it is.
 */
import * as assert from 'node:assert/strict';
import { VECTOR_ROWS_MAX } from '../../config/abi.ts';
import { FarSide } from '../../drivers/far-side.ts';
import { FRAME_UNCOUNTED } from '../../drivers/nic-ring.ts';
import { Board } from '../../firmware/board/board.ts';
import type { KernelExports } from '../../firmware/board/kernel.ts';
import { neighborRanges } from '../../firmware/boot/address-map.ts';
import type { Firmware } from '../../firmware/boot/assemble.ts';
import { COUNTER_ORIGINATED, HELD_PER_MODULE_MAX } from '../../firmware/boot/table-layout.ts';
import { compileTables } from '../../firmware/boot/tables.ts';
import { askForHugePages } from '../huge-pages.ts';
import { connectionsOpened, droppedByReason, flowsWithoutRoom } from './bench-counts.ts';
import { forwardedFrame } from './forwarded-frame.ts';
import type { FrameSize } from './frame-size.ts';
import { ACK, SYN, SYN_ACK } from './frame-templates.ts';
import { onOtherPort } from './on-other-port.ts';
import { Replies } from './replies.ts';
import { type EngineMemory, reserveEngineMemory, TrafficEngine } from './traffic-engine.ts';
import { PERMITTED, refusedOf, type TrafficKind } from './traffic-kind.ts';
import { type Connection, untilAllNextHops, type Workload } from './workload.ts';

const INSIDE = 0;
const OUTSIDE = 1;
/** Frames that are looked at byte by byte, before and after the time is taken. */
const CHECKED_MAX = 16_384;
/** Longer than any flow or next hop is remembered without traffic, but for an idle connection. */
const FORGOTTEN_NS = 3_600_000_000_000n;
/** So often connections that the flow table does not keep are moved: seldom more than once. */
const OPENINGS_MAX = 10;
/** Vectors between two looks at the clock that ends a run. */
const VECTORS_AT_ONCE = 64;
/** Vectors whose times are kept for the percentiles; a longer run keeps the last ones. */
const VECTOR_TIMES = 1 << 16;

/** One run. */
export interface Run {
  readonly packets: number;
  /** Processor time of this process: on an idle core the clock's, on a busy one still its own. */
  readonly ns: number;
  /** How long single vectors took by the clock. */
  readonly vectorNs: Float64Array;
}

/** Processor time of this process since then. */
function cpuNsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) * 1000;
}

export class ForwardingRig {
  readonly workload: Workload;
  readonly board: Board;
  private readonly engine: TrafficEngine;
  private readonly farSides: readonly FarSide[];
  private readonly vectorNs = new Float64Array(VECTOR_TIMES);
  private kind = PERMITTED;
  private sent = 0;
  /** The workload's, but for those that the flow table had no room for. */
  private readonly connections: Connection[];
  /** How often all connections have been opened anew. */
  private opened = 0;
  /** Takes a frame that leaves the board, while frames are looked at; the bytes are the ring's. */
  private onFrame: (frame: Uint8Array) => void = () => {};

  private constructor(workload: Workload, board: Board, engine: TrafficEngine) {
    this.workload = workload;
    this.connections = [...workload.connections];
    this.board = board;
    this.engine = engine;
    this.farSides = board.nics.map((nic, port) => {
      const neighbors = neighborRanges(workload.router).filter((range) => range.port === port);
      return new FarSide(nic, neighbors);
    });
  }

  /** `onKernel` is handed the kernel before anything is plugged into it. */
  static async start(
    firmware: Firmware,
    workload: Workload,
    onKernel: (kernel: KernelExports) => void = () => {},
  ): Promise<ForwardingRig> {
    const { router } = workload;
    const tables = compileTables(firmware.system, router);
    let memory: EngineMemory | null = null;
    const observe = (kernel: KernelExports) => {
      onKernel(kernel);
      memory = reserveEngineMemory(kernel, workload.flows);
      return kernel;
    };
    const board = new Board(firmware, router, tables, { observe });
    askForHugePages(board);
    assert.ok(memory !== null);
    const engine = await TrafficEngine.start(board.kernel, memory, router.board.ports.length);
    return new ForwardingRig(workload, board, engine);
  }

  /**
   * Opens every connection both ways with frames of this size, and leaves the router warm. What is
   * measured from then on is traffic of this kind, of the same connections.
   */
  prepare(size: FrameSize, kind: TrafficKind = PERMITTED): void {
    const { connections } = this;
    let openings = 1;
    for (let lost = this.openAll(size); lost.length > 0; lost = this.openAll(size)) {
      assert.ok(openings++ < OPENINGS_MAX, 'the flow table has no room for so many connections');
      for (const index of lost) connections[index] = onOtherPort(connections[index], 1);
    }
    this.kind = kind;
    const forward = { isBackward: false, tcpFlags: ACK, mac: this.board.nics[INSIDE].mac };
    this.engine.load(connections, size, INSIDE, forward, kind);
    this.check();
  }

  /**
   * A frame of each connection both ways. Returns those that the flow table did not keep: of a
   * million in a table of four million, the eight places of one are taken in two fills of five.
   */
  private openAll(size: FrameSize): readonly number[] {
    const { connections, engine } = this;
    const [inside, outside] = this.board.nics.map(({ mac }) => mac);
    const before = flowsWithoutRoom(this.board);
    const replies = new Replies(connections);
    this.kind = PERMITTED;
    this.watchFrames();
    const forward = { isBackward: false, tcpFlags: SYN, mac: inside };
    engine.load(connections, size, INSIDE, forward, PERMITTED);
    this.forwardAll(HELD_PER_MODULE_MAX);
    const backward = { isBackward: true, tcpFlags: SYN_ACK, mac: outside };
    engine.load(connections, size, OUTSIDE, backward, PERMITTED);
    this.onFrame = (frame) => replies.see(frame);
    this.forwardAll(HELD_PER_MODULE_MAX);
    this.onFrame = () => {};
    const lost = replies.missing();
    assert.ok(
      lost.length <= flowsWithoutRoom(this.board) - before,
      'replies that should have left have not',
    );
    return lost;
  }

  /** Forwards for so many seconds, on frames and flows that are known. */
  run(seconds: number): Run {
    const { engine } = this;
    engine.rewind();
    const dropped = droppedByReason(this.board);
    this.countFrames();
    const run = this.time(() => engine.fill(VECTOR_ROWS_MAX, false), seconds);
    const refused = refusedOf(this.kind, run.packets, this.workload.flows);
    assert.equal(this.sent, run.packets - refused, 'frames that should have left have not');
    this.assertDropped(dropped, refused);
    return run;
  }

  /** Looks at every byte of up to CHECKED_MAX frames that leave. Throws if one is wrong. */
  check(): void {
    const { board, engine, kind, workload, connections } = this;
    const macs = board.nics.map(({ mac }) => mac);
    const count = Math.min(connections.length, CHECKED_MAX);
    const passed = (from: number) => {
      let index = from;
      while (index < count && kind.isRefused(index)) index++;
      return index;
    };
    const dropped = droppedByReason(this.board);
    let index = passed(0);
    this.watchFrames();
    this.onFrame = (frame) => {
      assert.ok(index < count, 'frames left the board that should not');
      const { gateway } = connections[index];
      const wanted = forwardedFrame(engine.frame(index), { from: macs[OUTSIDE], gateway });
      assert.deepEqual(frame, wanted, `frame ${index} left the board as it should not`);
      index = passed(index + 1);
    };
    engine.rewind();
    this.forwardAll(VECTOR_ROWS_MAX, CHECKED_MAX);
    this.onFrame = () => {};
    assert.equal(index, count, 'frames are missing');
    this.assertDropped(dropped, refusedOf(kind, count, workload.flows));
    engine.rewind();
  }

  /**
   * Opens connections that the router has never seen, as many as the workload has: an hour is over,
   * all others have ended, and these have source ports of their own. The first ones are not timed:
   * the router learns its next hops again from them.
   */
  open(size: FrameSize): Run {
    const { board, engine, workload } = this;
    const steps = ++this.opened;
    const connections = workload.connections.map((each) => onOtherPort(each, steps));
    this.kind = PERMITTED;
    this.watchFrames();
    board.advance(board.kernel.now() + FORGOTTEN_NS);
    engine.time = board.kernel.now();
    const direction = { isBackward: false, tcpFlags: SYN, mac: board.nics[INSIDE].mac };
    engine.load(connections, size, INSIDE, direction, PERMITTED);
    const known = untilAllNextHops(connections);
    this.forwardAll(HELD_PER_MODULE_MAX, known);
    const opened = connectionsOpened(this.board);
    let left = connections.length - known;
    this.countFrames();
    const run = this.time(() => {
      const filled = engine.fill(Math.min(VECTOR_ROWS_MAX, left), true);
      left -= filled;
      return filled;
    }, Number.POSITIVE_INFINITY);
    assert.equal(this.sent, connections.length - known, 'first packets have not left');
    assert.equal(connectionsOpened(this.board) - opened, this.sent, 'no new connections');
    return run;
  }

  /** Lets frames arrive, a vector at a time, until `seconds` are over or `fill` has no more. */
  private time(fill: () => number, seconds: number): Run {
    const { board, vectorNs } = this;
    let vectors = 0;
    let packets = 0;
    let ns = 0;
    const before = process.cpuUsage();
    let last = performance.now();
    for (let filled = 1; filled > 0 && ns < seconds * 1e9; ns = cpuNsSince(before)) {
      for (let i = 0; i < VECTORS_AT_ONCE; i++) {
        filled = fill();
        if (filled === 0) break;
        packets += filled;
        board.run();
        const now = performance.now();
        vectorNs[vectors++ & (VECTOR_TIMES - 1)] = (now - last) * 1e6;
        last = now;
      }
    }
    return { packets, ns, vectorNs: vectorNs.slice(0, Math.min(vectors, VECTOR_TIMES)) };
  }

  /** Lets a frame of each connection, or of the first `max`, arrive, `atOnce` in a breath. */
  private forwardAll(atOnce: number, max = this.workload.flows): void {
    const count = Math.min(max, this.workload.flows);
    for (let left = count; left > 0; ) {
      left -= this.engine.fill(Math.min(atOnce, left), true);
      this.board.run();
    }
    const { board, engine } = this;
    board.finish();
    const now = board.kernel.now();
    if (now > engine.time) engine.time = now;
  }

  /**
   * Frames that leave are only counted from now on, and the router's own are answered: every minute
   * it asks for neighbors anew.
   */
  private countFrames(): void {
    const { board, engine } = this;
    const { memory } = board.kernel;
    const address = board.kernel.countersAddress() + 8 * COUNTER_ORIGINATED;
    const originated = new Uint32Array(memory.buffer, address, 1);
    let before = originated[0];
    this.sent = 0;
    this.onFrame = () => this.sent++;
    board.onBreath = () => {
      if (originated[0] === before) this.sent += engine.drain();
      else this.drainWatched();
      before = originated[0];
    };
  }

  /** Each frame is handed to the far ends of the wires and to `onFrame` from now on. */
  private watchFrames(): void {
    this.onFrame = () => {};
    this.board.onBreath = () => this.drainWatched();
  }

  private drainWatched(): void {
    const { board, farSides } = this;
    for (const [port, nic] of board.nics.entries()) {
      nic.drain((address, length, seconds, nanoseconds, flags) => {
        farSides[port].watch(address, length, seconds, nanoseconds, flags);
        const isArp = nic.bytes[address + 13] === 6;
        if (isArp || flags & FRAME_UNCOUNTED) return;
        this.onFrame(nic.bytes.subarray(address, address + length));
      });
    }
  }

  /** Since `before` so many frames were dropped, for the reason of their kind, and no other. */
  private assertDropped(before: Readonly<Record<string, number>>, refused: number): void {
    const { reason } = this.kind;
    const wanted = { ...before };
    if (reason !== null && refused > 0) wanted[reason] = (before[reason] ?? 0) + refused;
    assert.deepEqual(droppedByReason(this.board), wanted, 'frames were dropped otherwise');
  }
}
