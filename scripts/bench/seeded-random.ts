/** Numbers that look random and are the same in every run: xorshift32 (Marsaglia, 2003). */
export class SeededRandom {
  private state: number;

  constructor(seed: number) {
    this.state = seed >>> 0 || 1;
  }

  u32(): number {
    let x = this.state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.state = x >>> 0;
    return this.state;
  }

  /** 0..max - 1 */
  below(max: number): number {
    return this.u32() % max;
  }
}
