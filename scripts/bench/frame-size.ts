/** Frame sizes as RFC 2544 counts them: with the FCS, which is not in memory. */
import { UsageError } from '../usage-error.ts';

/** One choice of `--frame`: the sizes of its frames, in turn. */
export interface FrameSize {
  readonly name: string;
  readonly sizes: readonly number[];
}

const SIZE_MIN = 64;
const SIZE_MAX = 1518;
/** The simple Internet mix: seven short frames, four middling ones, a long one. */
const IMIX = [64, 64, 594, 64, 594, 64, 1518, 64, 594, 64, 594, 64];
/** RFC 2544 section 9.1, Ethernet. */
export const FRAME_SIZES_DEFAULT = '64,128,256,512,1024,1280,1518';

function frameSize(name: string): FrameSize {
  if (name === 'imix') return { name, sizes: IMIX };
  const size = Number(name);
  if (!/^\d+$/.test(name) || size < SIZE_MIN || size > SIZE_MAX) {
    throw new UsageError(
      `--frame takes sizes from ${SIZE_MIN} to ${SIZE_MAX} and imix, not ${name}`,
    );
  }
  return { name, sizes: [size] };
}

/** Reads a list such as `64,1518,imix`. @throws {UsageError} */
export function parseFrameSizes(text: string): FrameSize[] {
  return text.split(',').map(frameSize);
}

/** The mean of its frames, bytes with FCS. */
export function meanSize({ sizes }: FrameSize): number {
  return sizes.reduce((sum, size) => sum + size, 0) / sizes.length;
}
