import { CaptureError } from '../../../drivers/capture-error.ts';
import type { CaptureSource } from '../../../drivers/capture-source.ts';
import { RING_FRAME_SIZE_MAX } from '../../../drivers/wires/frame-ring.ts';
import type { RingWireEnd } from '../../../drivers/wires/ring-wire.ts';
import { rewriteDestination } from '../../replay/rewrite-destination.ts';
import type { CapturePace } from './capture-pace.ts';

/** A timer fires no sooner: what is due before that arrives at once. */
const SLEEP_MS_MIN = 1;
/** A timer knows no more than 24 days. */
const SLEEP_MS_MAX = 1_000_000;
/** Frames that arrive before the other wires of the thread have their turn. */
const BATCH = 256;

/** Where a capture's frames arrive. */
export interface FeedTarget {
  readonly end: RingWireEnd;
  /** The MAC address that unicast frames get: the port's. */
  readonly mac: number;
}

/** Lets the frames of a capture arrive in their time; one that finds no room comes later. */
export class CaptureFeed {
  private readonly reader: CaptureSource;
  private readonly target: FeedTarget;
  private readonly pace: CapturePace;
  private readonly complain: (why: string) => void;
  /** The reader stands on a frame that has not arrived yet. */
  private isLoaded: boolean;
  private timer: NodeJS.Timeout | undefined;

  /**
   * Takes the reader over. `complain` is told why a capture cannot be read to its end.
   * @throws {CaptureError} when not even a first frame, or the end, can be read
   */
  constructor(
    reader: CaptureSource,
    target: FeedTarget,
    parts: { pace: CapturePace; complain: (why: string) => void },
  ) {
    this.reader = reader;
    this.target = target;
    this.pace = parts.pace;
    this.complain = parts.complain;
    this.isLoaded = reader.next();
  }

  /** Its stamps have nanoseconds. */
  get isNanosecond(): boolean {
    return this.reader.isNanosecond;
  }

  /** When the first frame was captured; null: there is none, or nobody knows. */
  get firstStamp(): { seconds: number; nanoseconds: number } | null {
    return this.isLoaded && this.reader.hasTime ? this.reader : null;
  }

  /** What is due arrives, and the rest when it is. */
  readonly run = (): void => {
    const { reader, pace } = this;
    for (let count = 0; this.isLoaded && count < BATCH; count++) {
      const wait = reader.hasTime ? pace.untilDue(reader.seconds, reader.nanoseconds) : 0;
      if (wait >= SLEEP_MS_MIN) {
        this.sleep(Math.min(wait, SLEEP_MS_MAX));
        return;
      }
      if (!this.deliver()) break;
      this.advance();
    }
    if (this.isLoaded) this.sleep(SLEEP_MS_MIN);
  };

  close(): void {
    clearTimeout(this.timer);
    this.reader.close();
  }

  private sleep(ms: number): void {
    this.timer = setTimeout(this.run, ms);
  }

  /** False: there is no room for the frame now. */
  private deliver(): boolean {
    const { data, start, wireLength } = this.reader;
    const { end, mac } = this.target;
    // Of a longer one the NIC takes no more than the length.
    const last = Math.min(this.reader.end, start + RING_FRAME_SIZE_MAX);
    rewriteDestination(data, start, last, mac);
    return end.offer(data, start, last, wireLength);
  }

  private advance(): void {
    try {
      this.isLoaded = this.reader.next();
    } catch (error) {
      if (!(error instanceof CaptureError)) throw error;
      this.isLoaded = false;
      this.complain(`${error.message}; nothing more arrives from it`);
    }
  }
}
