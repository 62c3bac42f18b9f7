/** A growing run of bytes with aligned sections: little endian, offsets from its start. */
import type { RangeMap } from './range-map.ts';

export class Blob {
  #bytes = new Uint8Array(1 << 16);
  #view = new DataView(this.#bytes.buffer);
  #size: number;

  constructor(headerSize: number) {
    this.#size = headerSize;
  }

  /** A zeroed section of `size` bytes, aligned to 64; returns its offset. */
  reserve(size: number): number {
    const offset = Math.ceil(this.#size / 64) * 64;
    this.#size = offset + size;
    if (this.#size > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(this.#size, this.#bytes.length * 2));
      grown.set(this.#bytes);
      this.#bytes = grown;
      this.#view = new DataView(grown.buffer);
    }
    return offset;
  }

  u8(offset: number, value: number): void {
    this.#view.setUint8(offset, value);
  }
  u16(offset: number, value: number): void {
    this.#view.setUint16(offset, value, true);
  }
  u32(offset: number, value: number): void {
    this.#view.setUint32(offset, value, true);
  }
  u64(offset: number, value: number): void {
    this.#view.setBigUint64(offset, BigInt(value), true);
  }

  bytesSection(values: ArrayLike<number>): number {
    const offset = this.reserve(values.length);
    this.#bytes.set(values, offset);
    return offset;
  }

  u16Section(values: ArrayLike<number>): number {
    const offset = this.reserve(values.length * 2);
    for (let i = 0; i < values.length; i++) this.u16(offset + i * 2, values[i]);
    return offset;
  }

  rangeMapSection({ starts, values }: RangeMap): number {
    const offset = this.reserve(4 + starts.length * 12);
    this.u32(offset, starts.length);
    for (const [i, start] of starts.entries()) {
      this.u32(offset + 4 + i * 4, start);
      this.u64(offset + 4 + starts.length * 4 + i * 8, values[i]);
    }
    return offset;
  }

  /** The bytes so far. */
  take(): Uint8Array {
    return this.#bytes.slice(0, Math.ceil(this.#size / 64) * 64);
  }
}
