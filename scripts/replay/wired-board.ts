/**
 * A board with something at the far end of its ports: frames go in by their capture time, and what
 * the ports send goes to the far sides, into the receipt and into captures. Nothing is allocated
 * for a frame.
 */
import * as assert from 'node:assert/strict';
import { VECTOR_ROWS_MAX } from '../../config/abi.ts';
import { VirtualClock } from '../../drivers/clock.ts';
import { FarSide, type HostRange } from '../../drivers/far-side.ts';
import { FRAME_UNCOUNTED } from '../../drivers/nic-ring.ts';
import type { PcapngWriter } from '../../drivers/pcapng-writer.ts';
import type { FrameSink, RawSocketSim } from '../../drivers/raw-socket-sim.ts';
import type { Board } from '../../firmware/board/board.ts';
import { neighborRanges } from '../../firmware/boot/address-map.ts';
import type { FrameMover } from './frame-mover.ts';
import type { Receipt } from './receipt.ts';

/** Frames that wait before the board is run: always more than one breath takes in. */
export const PENDING_MAX = 4 * VECTOR_ROWS_MAX;

/** Where things go beside the far sides; null: nowhere. */
export interface WiredBoardOptions {
  readonly receipt: Receipt | null;
  /** By port. */
  readonly writers: readonly (PcapngWriter | null)[];
  /** Takes frames off the ports that nobody has to look at; only with a receipt. */
  readonly mover?: FrameMover | null;
}

/** What is at the far end of a port. */
interface PortEnd {
  readonly nic: RawSocketSim;
  readonly sink: FrameSink;
}

export class WiredBoard {
  readonly board: Board;
  /** Called after each breath, once the ports are drained. */
  readonly afterBreath: (() => void)[] = [];
  private readonly receipt: Receipt | null;
  private readonly clock = new VirtualClock();
  private readonly ends: readonly PortEnd[];
  private readonly mover: FrameMover | null;
  private isStarted = false;

  constructor(board: Board, { receipt, writers, mover = null }: WiredBoardOptions) {
    this.board = board;
    this.receipt = receipt;
    this.mover = mover;
    if (mover !== null && receipt !== null) {
      mover.connect({ board, clock: this.clock, receipt, writers });
    }
    const neighbors = neighborRanges(board.router);
    this.ends = board.nics.map((nic, port) => {
      const own = neighbors.filter((range) => range.port === port);
      return { nic, sink: this.sinkOf(port, writers[port] ?? null, own) };
    });
    board.onBreath = () => {
      for (const [port, { nic, sink }] of this.ends.entries()) {
        if (mover === null) nic.drain(sink);
        else mover.drain(port, sink);
      }
      for (const look of this.afterBreath) look();
    };
  }

  /** The capture time of the first frame; null before it. */
  get begin(): Date | null {
    const { epochSeconds, epochNanoseconds } = this.clock;
    return this.isStarted ? new Date(epochSeconds * 1000 + epochNanoseconds / 1e6) : null;
  }

  /**
   * The frame `data[start..end)`, `wireLength` bytes on the wire, arrives on a port at a capture
   * time, or at the current time if that is later. It is never refused.
   */
  feed(
    port: number,
    data: Uint8Array,
    start: number,
    end: number,
    wireLength: number,
    seconds: number,
    nanoseconds: number,
  ): void {
    const { board, clock } = this;
    if (!this.isStarted) {
      this.isStarted = true;
      clock.setEpoch(seconds, nanoseconds);
      this.mover?.setEpoch();
    }
    clock.advanceToCapture(seconds, nanoseconds);
    if (board.pending >= PENDING_MAX) board.run(VECTOR_ROWS_MAX);
    const { nic } = this.ends[port];
    const now = clock.seconds;
    const fraction = clock.nanoseconds;
    if (nic.receive(data, start, end, wireLength, 0, now, fraction)) return;
    // A ring has room for more than two breaths, whatever the board: config/limits.ts.
    board.run(VECTOR_ROWS_MAX);
    const isTaken = nic.receive(data, start, end, wireLength, 0, now, fraction);
    assert.ok(isTaken, 'a board that has had its breath takes a frame');
  }

  private sinkOf(
    port: number,
    writer: PcapngWriter | null,
    neighbors: readonly HostRange[],
  ): FrameSink {
    const { board, clock, receipt } = this;
    const nic = board.nics[port];
    const { bytes } = nic;
    const farSide = new FarSide(nic, neighbors);
    return (address, length, seconds, nanoseconds, flags) => {
      const end = address + length;
      const capturedSeconds = clock.captureSeconds(seconds, nanoseconds);
      const fraction = clock.captureNanoseconds(nanoseconds);
      receipt?.addSent(port, capturedSeconds, fraction, bytes, address, end);
      // What answers the emulation itself counts nowhere, so it is no frame of the capture either.
      if (writer !== null && (flags & FRAME_UNCOUNTED) === 0) {
        writer.write(bytes, address, end, capturedSeconds, fraction);
      }
      farSide.watch(address, length, seconds, nanoseconds, flags);
    };
  }
}
