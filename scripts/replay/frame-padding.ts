/**
 * `--pad-truncated`: what the snap length took off a frame comes back as zeros.
 */
import { FRAME_SIZE_MAX } from '../../drivers/nic-ring.ts';

/** A frame filled up to its length on the wire: `bytes` from 0 to `length`. */
export class PaddedFrame {
  readonly bytes = new Uint8Array(FRAME_SIZE_MAX);
  length = 0;

  /**
   * Fills `data[start..end)` up; false if it is whole, or longer than a port takes in whatever is
   * in it.
   */
  fill(data: Uint8Array, start: number, end: number, wireLength: number): boolean {
    const captured = end - start;
    if (captured >= wireLength || wireLength > FRAME_SIZE_MAX) return false;
    this.bytes.set(data.subarray(start, end), 0);
    this.bytes.fill(0, captured, wireLength);
    this.length = wireLength;
    return true;
  }
}
