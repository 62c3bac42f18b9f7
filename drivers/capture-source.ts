import type { Extent } from './byte-stream.ts';

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
  /** Where it was captured: an index into the source's `interfaces`. */
  readonly interface: number;
  /**
   * The record as it stands in the file: bytes `rawStart`..`rawEnd` of `raw` in the interface's
   * own link layer, FCS and all. Of an Ethernet frame these are the bytes of `data` themselves:
   * who changes the one changes the other.
   */
  readonly raw: Uint8Array;
  readonly rawStart: number;
  readonly rawEnd: number;
  /** Bytes that the record had on the wire, as the file has it. */
  readonly rawWireLength: number;
}

/** What a capture says of an interface that it has frames of; null: nothing. */
export interface CaptureInterface {
  /** One line of at most 255 characters; so is the description. */
  readonly name: string | null;
  readonly description: string | null;
  /** Below 2^48, first wire byte in bits 47..40. */
  readonly mac: number | null;
  /** The number in tcpdump.org's registry of link-layer header types. */
  readonly linkType: number;
  /** The most bytes that a record has of a frame; 0: no limit. */
  readonly snapLength: number;
  /** Bytes of FCS at the end of each frame. */
  readonly fcsSize: number;
  /** Its stamps are finer than microseconds. */
  readonly isNanosecond: boolean;
}

/** A stream of records, read synchronously; its own fields are the record it stands on. */
export interface CaptureSource extends CaptureRecord {
  /**
   * The interfaces met so far; it grows while the capture is read. An interface of a pcapng keeps
   * its index for the whole file, over all sections.
   */
  readonly interfaces: readonly CaptureInterface[];
  /**
   * The capture's stamps have nanoseconds, so what is made of it should have them too. For a
   * pcapng: those of an interface that stands before the first packet.
   */
  readonly isNanosecond: boolean;
  /** How much of the file has been read; null where its size is not known. */
  readonly extent: Extent | null;
  /**
   * Moves to the next record; false at the end. Throws CaptureError where the file is cut or
   * damaged, after every whole record before that place was delivered, and again if asked again.
   */
  next(): boolean;
  /** Releases the file; there are no records after it. May be called twice. */
  close(): void;
}
