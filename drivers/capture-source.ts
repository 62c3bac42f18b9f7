/**
 * One frame of a capture, in place: bytes `start`..`end` of `data` start at the Ethernet
 * destination and end before the FCS. Valid until the source moves on.
 */
export interface CaptureRecord {
  readonly data: Uint8Array;
  readonly start: number;
  readonly end: number;
  /** Bytes that the frame had on the wire, without FCS; more than `end - start` if it was cut. */
  readonly wireLength: number;
  /** Capture time: u32 seconds since 1970 and 0..999,999,999 nanoseconds. */
  readonly seconds: number;
  readonly nanoseconds: number;
  /** False: the capture has no usable stamp for this frame; the two fields above mean nothing. */
  readonly hasTime: boolean;
}

/** A stream of records, read synchronously; its own fields are the record it stands on. */
export interface CaptureSource extends CaptureRecord {
  /** The capture's stamps have nanoseconds, so what is made of it should have them too. */
  readonly isNanosecond: boolean;
  /**
   * Moves to the next record; false at the end. Throws CaptureError where the file is cut or
   * damaged, after every whole record before that place was delivered, and again if asked again.
   */
  next(): boolean;
  /** Releases the file; there are no records after it. May be called twice. */
  close(): void;
}
