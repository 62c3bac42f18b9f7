/**
 * Amounts over time in a bounded number of bins: when they are all in use, each two become one,
 * so any length of time fits, no amount is lost, and the bins add up to what was put in.
 */

/** Bins of a timeline; between half of them and all are in use once it is long enough. */
export const BINS_MAX = 120;
/** A board's breath takes in so much: finer bins would show nothing. */
export const BIN_SECONDS_MIN = 0.001;

/** Amounts of one name, by bin. */
export interface Series {
  readonly name: string;
  readonly total: number;
  /** One a bin, of those in use. */
  readonly values: readonly number[];
}

/** What the bins hold at the end. */
export interface BinnedAmounts {
  readonly binSeconds: number;
  readonly binCount: number;
  /** In the order in which they first had an amount. */
  readonly series: readonly Series[];
}

/** Bins that several kinds of amount share. Times are seconds from the beginning, in any order. */
export class TimeBins {
  private seconds = BIN_SECONDS_MIN;
  private count = 0;
  private readonly kinds = new Map<string, Map<string, Float64Array>>();

  /** Makes room for a time, which counts as shown from here on, and gives its bin. */
  binAt(seconds: number): number {
    let bin = Math.floor(seconds / this.seconds);
    while (bin >= BINS_MAX) {
      this.double();
      bin = Math.floor(seconds / this.seconds);
    }
    this.count = Math.max(this.count, bin + 1);
    return bin;
  }

  /** Adds to what `name` has of a kind in a bin that `binAt` gave last. */
  add(bin: number, kind: string, name: string, amount: number): void {
    this.valuesOf(kind, name)[bin] += amount;
  }

  /** All amounts of a kind. */
  amounts(kind: string): BinnedAmounts {
    const names = this.kinds.get(kind) ?? new Map<string, Float64Array>();
    const series = [...names].map(([name, all]) => {
      const values = [...all.subarray(0, this.count)];
      return { name, values, total: values.reduce((sum, value) => sum + value, 0) };
    });
    return { binSeconds: this.seconds, binCount: this.count, series };
  }

  private valuesOf(kind: string, name: string): Float64Array {
    const names = this.kinds.get(kind) ?? new Map<string, Float64Array>();
    const values = names.get(name) ?? new Float64Array(BINS_MAX);
    this.kinds.set(kind, names.set(name, values));
    return values;
  }

  /** Each two bins become one of twice the width. */
  private double(): void {
    this.seconds *= 2;
    this.count = Math.ceil(this.count / 2);
    for (const names of this.kinds.values()) {
      for (const values of names.values()) {
        for (let bin = 0; bin < BINS_MAX / 2; bin++) {
          values[bin] = values[2 * bin] + values[2 * bin + 1];
        }
        values.fill(0, BINS_MAX / 2);
      }
    }
  }
}
