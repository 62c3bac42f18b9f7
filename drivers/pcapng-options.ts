import { OPTION_END, OPTION_HEADER_SIZE, padded } from './pcapng.ts';

export const OPTION_ABSENT = -1;
export const OPTION_DAMAGED = -2;

/** Longer names than any system gives; what is longer is cut. */
const TEXT_SIZE_MAX = 255;
const decoder = new TextDecoder();

/** The options of a block: bytes `start`..`end` of a view, in a byte order. */
export interface Options {
  readonly view: DataView;
  readonly start: number;
  readonly end: number;
  readonly isLittleEndian: boolean;
}

/**
 * Where the value of the first option of this code starts; OPTION_ABSENT, or OPTION_DAMAGED if an
 * option before it runs over the end. Asked for OPTION_END it looks at all of them.
 */
export function findOption(
  view: DataView,
  start: number,
  end: number,
  isLittleEndian: boolean,
  code: number,
): number {
  let at = start;
  while (at + OPTION_HEADER_SIZE <= end) {
    const found = view.getUint16(at, isLittleEndian);
    if (found === OPTION_END) return OPTION_ABSENT;
    const value = at + OPTION_HEADER_SIZE;
    at = value + padded(view.getUint16(at + 2, isLittleEndian));
    if (at > end) return OPTION_DAMAGED;
    if (found === code) return value;
  }
  return OPTION_ABSENT;
}

/** The value of an option that is `size` bytes long; -1 if there is none of that size. */
export function valueOffset(options: Options, code: number, size: number): number {
  const { view, start, end, isLittleEndian } = options;
  const value = findOption(view, start, end, isLittleEndian, code);
  if (value < 0) return OPTION_ABSENT;
  return view.getUint16(value - 2, isLittleEndian) === size ? value : OPTION_ABSENT;
}

/** The text of an option on one line, at most 255 bytes of it; null if there is none. */
export function textOption(options: Options, code: number): string | null {
  const { view, start, end, isLittleEndian } = options;
  const value = findOption(view, start, end, isLittleEndian, code);
  if (value < 0) return null;
  const size = Math.min(view.getUint16(value - 2, isLittleEndian), TEXT_SIZE_MAX);
  const text = decoder.decode(new Uint8Array(view.buffer, view.byteOffset + value, size));
  // Some writers count a NUL into the text, and nobody's text may steer a terminal.
  return text.split('\0', 1)[0].replaceAll(/\p{Cc}/gu, '?');
}
