/** pcapng written as the draft says, and without our writer. */

export interface PcapngOption {
  code: number;
  value: Uint8Array | readonly number[] | string;
}

type Word = readonly ['u16' | 'u32' | 'i64', number];

const pad = (size: number) => (4 - (size % 4)) % 4;

/** Blocks of one byte order; what they make is put behind one another. */
export class PcapngBytes {
  private readonly little: boolean;

  constructor(isLittleEndian = true) {
    this.little = isLittleEndian;
  }

  /** A block of any type; `sizes` stand in its two size fields instead of the right ones. */
  block(type: number, body: Uint8Array, sizes: { first?: number; last?: number } = {}): Uint8Array {
    const size = 12 + body.length + pad(body.length);
    const last = this.fields([['u32', sizes.last ?? size]]);
    const head = this.fields([
      ['u32', type],
      ['u32', sizes.first ?? size],
    ]);
    return Buffer.concat([head, body, new Uint8Array(pad(body.length)), last]);
  }

  section(options: readonly PcapngOption[] = [], version: readonly [number, number] = [1, 0]) {
    const [major, minor] = version;
    const fixed = this.fields([
      ['u32', 0x1a2b3c4d],
      ['u16', major],
      ['u16', minor],
      ['i64', -1],
    ]);
    return this.block(0x0a0d0d0a, Buffer.concat([fixed, this.options(options)]));
  }

  face(linkType: number, snapLength = 0, options: readonly PcapngOption[] = []): Uint8Array {
    const fixed = this.fields([
      ['u16', linkType],
      ['u16', 0],
      ['u32', snapLength],
    ]);
    return this.block(1, Buffer.concat([fixed, this.options(options)]));
  }

  /** An enhanced packet block at `units` of its interface. */
  packet(
    bytes: Uint8Array,
    more: {
      face?: number;
      units?: bigint;
      wireLength?: number;
      options?: readonly PcapngOption[];
    } = {},
  ): Uint8Array {
    const units = more.units ?? 0n;
    const fixed = this.fields([
      ['u32', more.face ?? 0],
      ['u32', Number(units >> 32n)],
      ['u32', Number(units & 0xffff_ffffn)],
      ['u32', bytes.length],
      ['u32', more.wireLength ?? bytes.length],
    ]);
    const padding = new Uint8Array(pad(bytes.length));
    const options = this.options(more.options ?? []);
    return this.block(6, Buffer.concat([fixed, bytes, padding, options]));
  }

  simple(bytes: Uint8Array, wireLength = bytes.length): Uint8Array {
    return this.block(3, Buffer.concat([this.fields([['u32', wireLength]]), bytes]));
  }

  obsolete(bytes: Uint8Array, face: number, units: bigint): Uint8Array {
    const fixed = this.fields([
      ['u16', face],
      ['u16', 0xffff],
      ['u32', Number(units >> 32n)],
      ['u32', Number(units & 0xffff_ffffn)],
      ['u32', bytes.length],
      ['u32', bytes.length],
    ]);
    return this.block(2, Buffer.concat([fixed, bytes]));
  }

  /** A signed 64-bit value of an option. */
  i64(value: bigint): Uint8Array {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setBigInt64(0, value, this.little);
    return bytes;
  }

  u32(value: number): Uint8Array {
    return this.fields([['u32', value]]);
  }

  private options(options: readonly PcapngOption[]): Uint8Array {
    if (options.length === 0) return new Uint8Array(0);
    const parts = options.map(({ code, value }) => {
      const bytes = typeof value === 'string' ? Buffer.from(value) : Uint8Array.from(value);
      const head = this.fields([
        ['u16', code],
        ['u16', bytes.length],
      ]);
      return Buffer.concat([head, bytes, new Uint8Array(pad(bytes.length))]);
    });
    return Buffer.concat([...parts, new Uint8Array(4)]);
  }

  private fields(words: readonly Word[]): Uint8Array {
    const parts = words.map(([kind, value]) => {
      const bytes = new Uint8Array(kind === 'u16' ? 2 : kind === 'u32' ? 4 : 8);
      const view = new DataView(bytes.buffer);
      if (kind === 'u16') view.setUint16(0, value, this.little);
      else if (kind === 'u32') view.setUint32(0, value, this.little);
      else view.setBigInt64(0, BigInt(value), this.little);
      return bytes;
    });
    return Buffer.concat(parts);
  }
}
