import type { Extent } from './byte-stream.ts';
import type { ByteWindow } from './byte-window.ts';
import { CaptureError, type CaptureErrorCode } from './capture-error.ts';
import { CAPTURED_LENGTH_MAX } from './capture-limits.ts';
import type { CaptureInterface, CaptureSource } from './capture-source.ts';
import { LINK_TYPE_ETHERNET } from './link-type.ts';
import { MadeFrame } from './made-frame.ts';

/** What readers of all formats share: the record they stand on, and how they fail. */
export abstract class RecordReader implements CaptureSource {
  readonly file: string;
  readonly interfaces: CaptureInterface[] = [];
  abstract readonly isNanosecond: boolean;
  data: Uint8Array;
  start = 0;
  end = 0;
  wireLength = 0;
  seconds = 0;
  nanoseconds = 0;
  hasTime = false;
  interface = 0;
  raw: Uint8Array;
  rawStart = 0;
  rawEnd = 0;
  rawWireLength = 0;
  protected readonly window: ByteWindow;
  /** There if a record of another link layer than Ethernet was met. */
  private made: MadeFrame | null = null;
  private failure: CaptureError | null = null;

  /** Takes the window, and the file behind it, over. */
  constructor(window: ByteWindow) {
    this.window = window;
    this.file = window.file;
    this.data = window.bytes;
    this.raw = window.bytes;
  }

  get extent(): Extent | null {
    return this.window.extent;
  }

  next(): boolean {
    if (this.failure !== null) throw this.failure;
    return this.advance();
  }

  close(): void {
    this.window.close();
  }

  /** What `next` promises, but for the second time after an error. */
  protected abstract advance(): boolean;

  /** Stands on the record `start`..`start + captured` of the window. */
  protected take(
    linkType: number,
    start: number,
    captured: number,
    wireLength: number,
    fcsSize: number,
  ): void {
    this.rawStart = start;
    this.rawEnd = start + captured;
    this.rawWireLength = wireLength;
    this.wireLength = wireLength > fcsSize ? wireLength - fcsSize : 0;
    this.start = start;
    // More captured than there was: the wire's length counts, as in Wireshark.
    this.end = start + Math.min(captured, this.wireLength);
    if (linkType === LINK_TYPE_ETHERNET) this.data = this.raw;
    else this.makeFrame(linkType);
  }

  private makeFrame(linkType: number): void {
    this.made ??= new MadeFrame();
    const { made, raw, start, end, wireLength } = this;
    made.make(linkType, this.window.view, raw, start, end, wireLength);
    this.data = made.bytes;
    this.start = 0;
    this.end = made.length;
    this.wireLength = made.wireLength;
  }

  /** There is nothing to read behind this. */
  protected fail(code: CaptureErrorCode, offset: number, what: string): never {
    this.window.close();
    const where = this.window.isInflated ? `${what}, once it is decompressed` : what;
    this.failure = new CaptureError(code, this.file, offset, where);
    throw this.failure;
  }

  /** The file ends within a record or block of `size` bytes that starts at `offset`. */
  protected failTruncated(noun: string, offset: number, left: number, size: number): never {
    const what = `the file ends ${left} bytes into a ${noun} of at least ${size}`;
    return this.fail('CAPTURE_TRUNCATED_RECORD', offset, what);
  }

  protected failTooLong(offset: number, capturedLength: number): never {
    const what = `a record of ${capturedLength} bytes, more than ${CAPTURED_LENGTH_MAX}`;
    return this.fail('CAPTURE_RECORD_TOO_LONG', offset, what);
  }
}
