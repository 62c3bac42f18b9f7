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
import { HELD_PER_MODULE_MAX } from '../../firmware/boot/table-layout.ts';
import { compileTables } from '../../firmware/boot/tables.ts';
import { forwardedFrame } from './forwarded-frame.ts';
import type { FrameSize } from './frame-size.ts';
import { ACK, SYN, SYN_ACK } from './frame-templates.ts';
import { type EngineMemory, reserveEngineMemory, TrafficEngine } from './traffic-engine.ts';
import type { Workload } from './workload.ts';

const INSIDE = 0;
const OUTSIDE = 1;
/** Frames that are looked at byte by byte, before and after the time is taken. */
const CHECKED_MAX = 16_384;
/** Vectors between two looks at the clock that ends a run. */
const VECTORS_AT_ONCE = 64;
/** Vectors whose times are kept for the percentiles; a longer run keeps the last ones. */
const VECTOR_TIMES = 1 << 16;

/** One run: so many packets in so many ns, and how long single vectors took, ns. */
export interface Run {
  readonly packets: number;
  readonly ns: number;
  readonly vectorNs: Float64Array;
}

export class ForwardingRig {
  readonly workload: Workload;
  readonly board: Board;
  private readonly engine: TrafficEngine;
  private readonly farSides: readonly FarSide[];
  private readonly vectorNs = new Float64Array(VECTOR_TIMES);
  private sent = 0;
  /** Takes a frame that leaves the board, while frames are looked at. */
  private onFrame: (frame: Uint8Array) => void = () => {};

  private constructor(workload: Workload, board: Board, engine: TrafficEngine) {
    this.workload = workload;
    this.board = board;
    this.engine = engine;
    this.farSides = board.nics.map((nic, port) => {
      const neighbors = neighborRanges(workload.router).filter((range) => range.port === port);
      return new FarSide(nic, neighbors);
    });
  }

  static async start(firmware: Firmware, workload: Workload): Promise<ForwardingRig> {
    const { router } = workload;
    const tables = compileTables(firmware.system, router);
    let memory: EngineMemory | null = null;
    const observe = (kernel: KernelExports) => {
      memory = reserveEngineMemory(kernel, workload.flows);
      return kernel;
    };
    const board = new Board(firmware, router, tables, { observe });
    assert.ok(memory !== null);
    const engine = await TrafficEngine.start(board.kernel, memory, router.board.ports.length);
    return new ForwardingRig(workload, board, engine);
  }

  /** Opens every connection both ways with frames of this size, and leaves the router warm. */
  prepare(size: FrameSize): void {
    const { connections } = this.workload;
    const [inside, outside] = this.board.nics.map(({ mac }) => mac);
    this.watchFrames();
    const forward = { isBackward: false, tcpFlags: SYN, mac: inside };
    this.engine.load(connections, size, INSIDE, forward);
    this.forwardAll(HELD_PER_MODULE_MAX);
    this.engine.load(connections, size, OUTSIDE, {
      isBackward: true,
      tcpFlags: SYN_ACK,
      mac: outside,
    });
    this.forwardAll(HELD_PER_MODULE_MAX);
    this.engine.load(connections, size, INSIDE, { ...forward, tcpFlags: ACK });
    this.check();
  }

  /** Forwards for so many seconds, on frames and flows that are known. */
  run(seconds: number): Run {
    const { board, engine, vectorNs } = this;
    board.onBreath = () => {
      this.sent += engine.drain();
    };
    this.sent = 0;
    let vectors = 0;
    const start = performance.now();
    const end = start + seconds * 1000;
    let last = start;
    while (last < end) {
      for (let i = 0; i < VECTORS_AT_ONCE; i++) {
        engine.fill(VECTOR_ROWS_MAX, false);
        board.run();
        const now = performance.now();
        vectorNs[vectors++ & (VECTOR_TIMES - 1)] = (now - last) * 1e6;
        last = now;
      }
    }
    const packets = vectors * VECTOR_ROWS_MAX;
    assert.equal(this.sent, packets, 'what arrived and what left differ');
    const kept = vectorNs.slice(0, Math.min(vectors, VECTOR_TIMES));
    return { packets, ns: (last - start) * 1e6, vectorNs: kept };
  }

  /** Looks at every byte of up to CHECKED_MAX frames that leave the board. Throws if one is wrong. */
  check(): void {
    const { board, engine, workload } = this;
    const { connections } = workload;
    const macs = board.nics.map(({ mac }) => mac);
    let index = 0;
    this.watchFrames();
    this.onFrame = (frame) => {
      const { gateway } = connections[index];
      const wanted = forwardedFrame(engine.frame(index), { from: macs[OUTSIDE], gateway });
      assert.deepEqual(frame, wanted, `frame ${index} left the board as it should not`);
      index++;
    };
    engine.rewind();
    this.forwardAll(VECTOR_ROWS_MAX, CHECKED_MAX);
    this.onFrame = () => {};
    assert.equal(index, Math.min(connections.length, CHECKED_MAX), 'frames are missing');
    engine.rewind();
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

  /** Each frame is handed to the far ends of the wires and to `onFrame` from now on. */
  private watchFrames(): void {
    const { board, farSides } = this;
    board.onBreath = () => {
      for (const [port, nic] of board.nics.entries()) {
        nic.drain((address, length, seconds, nanoseconds, flags) => {
          farSides[port].watch(address, length, seconds, nanoseconds, flags);
          const isArp = nic.bytes[address + 13] === 6;
          if (isArp || flags & FRAME_UNCOUNTED) return;
          this.onFrame(nic.bytes.slice(address, address + length));
        });
      }
    };
  }
}
