/** Of lists of figures. None may be empty. */

/** The value that a share `share` (0..1) of all is not above. */
export function percentile(values: ArrayLike<number>, share: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

/** The middle one. */
export function median(values: ArrayLike<number>): number {
  return percentile(values, 0.5);
}
