import type { RangeMap } from '../../../firmware/boot/range-map.ts';

/** The value of an address. */
export function valueAt({ starts, values }: RangeMap, address: number): number {
  let low = 0;
  let size = starts.length;
  while (size > 1) {
    const half = size >>> 1;
    if (starts[low + half] <= address) low += half;
    size -= half;
  }
  return values[low];
}
