/**
 * The loop of a replay: every frame of the captures onto the wire of its port.
 */
import type { Progress } from '../progress.ts';
import type { CapturesIn } from './captures-in.ts';
import { fixChecksums } from './fix-checksums.ts';
import type { FrameMover } from './frame-mover.ts';
import { PaddedFrame } from './frame-padding.ts';
import type { Receipt } from './receipt.ts';
import { rewriteDestination } from './rewrite-destination.ts';
import type { SourcePorts } from './source-ports.ts';
import type { WiredBoard } from './wired-board.ts';

const PROGRESS_MASK = (1 << 14) - 1;

/** What is done to a frame on its way in. */
export interface FrameChanges {
  readonly isAsCaptured: boolean;
  readonly fixesChecksums: boolean;
  /** Fills up what the snap length has cut. */
  readonly padsTruncated?: boolean;
}

/** Replays captured frames one after another: constant memory, nothing allocated for a frame. */
export class FrameReplay {
  /** Frames read so far. */
  count = 0;
  private readonly input: CapturesIn;
  private readonly wired: WiredBoard;
  private readonly receipt: Receipt | null;
  private readonly sourcePorts: SourcePorts;
  private readonly changes: FrameChanges;
  private readonly padded: PaddedFrame | null;
  /** Told of each frame and its port before it is changed and arrives. */
  private readonly watch: ((port: number) => void) | null;
  /** Lets frames arrive that need nothing of the above. */
  private readonly mover: FrameMover | null;

  constructor(
    input: CapturesIn,
    wired: WiredBoard,
    parts: {
      receipt: Receipt | null;
      sourcePorts: SourcePorts;
      changes: FrameChanges;
      watch?: ((port: number) => void) | undefined;
      mover?: FrameMover | null;
    },
  ) {
    this.input = input;
    this.wired = wired;
    this.receipt = parts.receipt;
    this.sourcePorts = parts.sourcePorts;
    this.changes = parts.changes;
    this.padded = parts.changes.padsTruncated === true ? new PaddedFrame() : null;
    this.watch = parts.watch ?? null;
    this.mover = parts.mover ?? null;
  }

  /** Replays until `limit` frames have been read in all; false: the captures have no more. */
  run(limit: number, progress: Progress | null = null): boolean {
    while (this.count < limit) {
      if (!this.next()) return false;
      this.replay();
      const moved = this.mover?.arrive() ?? 0;
      this.count += moved;
      if (moved > 0 || (this.count & PROGRESS_MASK) === 0) progress?.show(this.count);
    }
    return true;
  }

  /** Moves on to the next frame of the captures; false: they have no more. */
  next(): boolean {
    return this.input.merge.next();
  }

  /** Which part of the captures has been read, 0..1; null where nobody knows. */
  get share(): number | null {
    const { extent } = this.input.merge;
    return extent === null ? null : extent.read / extent.size;
  }

  /** When the frame that it stands on was captured. */
  get seconds(): number {
    return this.input.merge.seconds;
  }
  get nanoseconds(): number {
    return this.input.merge.nanoseconds;
  }

  /** Puts the frame that it stands on on the wire of a port; which one. */
  replay(): number {
    this.count++;
    const { merge } = this.input;
    const { wireLength, seconds, nanoseconds } = merge;
    let { data, start, end } = merge;
    const fixed = this.input.portOf();
    const port = fixed >= 0 ? fixed : this.sourcePorts.assignPort(data, start, end);
    // Before anything is changed: the receipt is of the capture as it is.
    this.receipt?.addArrived(port, seconds, nanoseconds, data, start, end, wireLength);
    if (this.watch !== null) this.watch(port);
    if (this.padded?.fill(data, start, end, wireLength) === true) {
      data = this.padded.bytes;
      start = 0;
      end = this.padded.length;
    }
    if (this.changes.fixesChecksums) fixChecksums(data, start, end, wireLength);
    if (!this.changes.isAsCaptured) {
      rewriteDestination(data, start, end, this.wired.board.nics[port].mac);
    }
    this.wired.feed(port, data, start, end, wireLength, seconds, nanoseconds);
    return port;
  }
}
