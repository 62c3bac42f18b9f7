import { OPTION_END, OPTION_HEADER_SIZE, padded } from './pcapng.ts';

const encoder = new TextEncoder();
/**
 * Writes options into a buffer, from byte `at` on, in little endian. Who uses it has made sure
 * that they fit.
 */
export class PcapngOptionWriter {
  at = 0;
  private readonly bytes: Uint8Array;
  private readonly view: DataView;

  constructor(bytes: Uint8Array, view: DataView) {
    this.bytes = bytes;
    this.view = view;
  }

  /** A text in UTF-8, cut to `sizeMax` bytes at a character. */
  text(code: number, text: string, sizeMax: number): void {
    const value = this.at + OPTION_HEADER_SIZE;
    const { written } = encoder.encodeInto(text, this.bytes.subarray(value, value + sizeMax));
    this.finish(code, written);
  }

  octets(code: number, octets: Uint8Array): void {
    this.bytes.set(octets, this.at + OPTION_HEADER_SIZE);
    this.finish(code, octets.length);
  }

  u8(code: number, value: number): void {
    this.bytes[this.at + OPTION_HEADER_SIZE] = value;
    this.finish(code, 1);
  }

  u32(code: number, value: number): void {
    this.view.setUint32(this.at + OPTION_HEADER_SIZE, value, true);
    this.finish(code, 4);
  }

  /** A MAC address below 2^48, first wire byte in bits 47..40. */
  mac(code: number, mac: number): void {
    this.view.setUint16(this.at + OPTION_HEADER_SIZE, Math.floor(mac / 2 ** 32));
    this.view.setUint32(this.at + OPTION_HEADER_SIZE + 2, mac % 2 ** 32);
    this.finish(code, 6);
  }

  end(): void {
    this.view.setUint32(this.at, OPTION_END, true);
    this.at += OPTION_HEADER_SIZE;
  }

  private finish(code: number, size: number): void {
    const { view, at } = this;
    view.setUint16(at, code, true);
    view.setUint16(at + 2, size, true);
    const next = at + OPTION_HEADER_SIZE + size;
    this.at = at + OPTION_HEADER_SIZE + padded(size);
    this.bytes.fill(0, next, this.at);
  }
}
