/** Range maps: a value for every u32, as sorted starts; and how prefixes become one. */

/** Interval i is from starts[i] to before starts[i + 1]; starts[0] is 0. */
export interface RangeMap {
  readonly starts: number[];
  readonly values: number[];
}

type Join = (a: number, b: number) => number;

export interface ValuedPrefix {
  readonly address: number;
  readonly length: number;
  readonly value: number;
}

/** Each address has the value of the longest prefix that covers it, `fallback` where none does. */
export function mapOfPrefixes(prefixes: readonly ValuedPrefix[], fallback: number): RangeMap {
  // Outer before inner: prefixes nest, so a stack holds those that cover the place reached.
  const sorted = [...prefixes].sort((a, b) => a.address - b.address || a.length - b.length);
  const map: RangeMap = { starts: [0], values: [fallback] };
  const open: { end: number; value: number }[] = [{ end: 2 ** 32, value: fallback }];
  for (const { address, length, value } of sorted) {
    closeUntil(map, open, address);
    const end = address + 2 ** (32 - length);
    open.push({ end, value });
    begin(map, address, value);
  }
  closeUntil(map, open, 2 ** 32 - 1);
  return map;
}

function closeUntil(map: RangeMap, open: { end: number; value: number }[], address: number): void {
  for (let top = open[open.length - 1]; top.end <= address; top = open[open.length - 1]) {
    open.pop();
    begin(map, top.end, open[open.length - 1].value);
  }
}

function begin({ starts, values }: RangeMap, start: number, value: number): void {
  const last = starts.length - 1;
  if (starts[last] === start) {
    values[last] = value;
    if (values[last - 1] === value) {
      starts.pop();
      values.pop();
    }
  } else if (values[last] !== value) {
    starts.push(start);
    values.push(value);
  }
}

/** Each address has `join` of its values in both maps. */
export function joinMaps(a: RangeMap, b: RangeMap, join: Join): RangeMap {
  const map: RangeMap = { starts: [0], values: [join(a.values[0], b.values[0])] };
  let i = 0;
  let j = 0;
  for (;;) {
    const nextA = a.starts[i + 1] ?? Infinity;
    const nextB = b.starts[j + 1] ?? Infinity;
    const next = Math.min(nextA, nextB);
    if (next === Infinity) return map;
    if (nextA === next) i++;
    if (nextB === next) j++;
    begin(map, next, join(a.values[i], b.values[j]));
  }
}

/** The map's value of each number below `size`. */
export function spreadMap({ starts, values }: RangeMap, size: number): Uint16Array {
  const direct = new Uint16Array(size);
  for (const [i, start] of starts.entries()) direct.fill(values[i], start, starts[i + 1] ?? size);
  return direct;
}
