import { SECONDS_MAX } from './capture-limits.ts';

const POWER_OF_TWO = 0x80;
const EXPONENT_MASK = 0x7f;
const NANOSECOND_EXPONENT = 9;
/** Above microseconds' six decimals, and the powers of two that are as fine. */
const MICROSECOND_EXPONENT = 6;
const MICROSECOND_BITS = 20;
const WORD = 2 ** 32;
const HALF_WORD = 2 ** 16;

/**
 * The clock of an interface: what its 64-bit stamps mean. `resolution` is an if_tsresol, units a
 * second as 10^n, or 2^n with bit 7 set; `offset` an if_tsoffset, in seconds. After `read` the
 * fields are the time; exact, cut to nanoseconds, whatever the resolution.
 */
export class PcapngStamp {
  seconds = 0;
  nanoseconds = 0;
  /** False: the time is before 1970 or after 2106. */
  isInRange = true;
  readonly isNanosecond: boolean;
  /** Units a second, and nanoseconds a unit; 0: neither is an integer, or not a safe one. */
  private readonly unitsPerSecond: number;
  private readonly nanosecondsPerUnit: number;
  private readonly units: bigint;
  private readonly offset: bigint;
  private readonly offsetNumber: number;

  constructor(resolution: number, offset: bigint) {
    const exponent = resolution & EXPONENT_MASK;
    const isBinary = (resolution & POWER_OF_TWO) !== 0;
    this.isNanosecond = exponent > (isBinary ? MICROSECOND_BITS - 1 : MICROSECOND_EXPONENT);
    this.units = (isBinary ? 2n : 10n) ** BigInt(exponent);
    const isDecimal =
      !isBinary && exponent <= NANOSECOND_EXPONENT && offset >= -WORD && offset <= WORD;
    this.unitsPerSecond = isDecimal ? 10 ** exponent : 0;
    this.nanosecondsPerUnit = isDecimal ? 10 ** (NANOSECOND_EXPONENT - exponent) : 0;
    this.offset = offset;
    this.offsetNumber = isDecimal ? Number(offset) : 0;
  }

  /** Reads the stamp of two u32. Allocates only for resolutions finer than 10^-9 or of two. */
  read(high: number, low: number): void {
    const units = this.unitsPerSecond;
    if (units === 0) {
      this.readWide(high, low);
      return;
    }
    // Long division by at most 10^9 < 2^30, half a word at a time: no step exceeds 2^46.
    const first = Math.floor(high / units);
    const second = (high % units) * HALF_WORD + (low >>> 16);
    const third = (second % units) * HALF_WORD + (low & 0xffff);
    const seconds =
      first * WORD + Math.floor(second / units) * HALF_WORD + Math.floor(third / units);
    this.seconds = seconds + this.offsetNumber;
    this.nanoseconds = (third % units) * this.nanosecondsPerUnit;
    this.isInRange = this.seconds >= 0 && this.seconds <= SECONDS_MAX;
  }

  private readWide(high: number, low: number): void {
    const stamp = (BigInt(high) << 32n) | BigInt(low);
    const seconds = stamp / this.units + this.offset;
    this.isInRange = seconds >= 0n && seconds <= BigInt(SECONDS_MAX);
    this.seconds = this.isInRange ? Number(seconds) : 0;
    this.nanoseconds = Number(((stamp % this.units) * 1_000_000_000n) / this.units);
  }
}
