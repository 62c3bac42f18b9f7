/** What the security of the router consists of, as far as it costs time with each packet. */

/** One protection that can be taken out to see what it costs. */
export type Protection = 'copies' | 'monitor' | 'fuel' | 'policy';

/** A build without some of the protections. */
export interface Variant {
  readonly name: string;
  readonly without: readonly Protection[];
}

export const FULL: Variant = { name: 'all protections on', without: [] };

/** Each alone; then those that isolate modules, together: parts may hide behind one another. */
export const VARIANTS: readonly Variant[] = [
  { name: 'block copies', without: ['copies'] },
  { name: 'monitor', without: ['monitor'] },
  { name: 'fuel', without: ['fuel'] },
  { name: 'copies, monitor and fuel', without: ['copies', 'monitor', 'fuel'] },
  { name: 'policy', without: ['policy'] },
];
