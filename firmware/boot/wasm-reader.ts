/**
 * Reads the parts of a WebAssembly binary (core specification 5.2), and never past its end. All
 * that it reads is an allegation; what does not fit is refused here, by code and byte offset.
 */
import { BootError } from './boot-error.ts';
import { MODULE_CODES, type ModuleCode } from './module-codes.ts';
import { MODULE_LIMITS } from './module-limits.ts';
import { TYPE_F32, TYPE_F64, TYPE_I32, TYPE_I64, TYPE_V128 } from './wasm-numbers.ts';

export class WasmReader {
  at = 0;
  /** Where the part that is read ends: reading on is refused. */
  end: number;
  /** For messages: in which function, if in one. */
  where = '';
  readonly bytes: Uint8Array;
  readonly #component: string;

  constructor(component: string, bytes: Uint8Array) {
    this.#component = component;
    this.bytes = bytes;
    this.end = bytes.length;
  }

  /** @throws BootError, always: the code's hint, what is wrong, and where */
  refuse(code: ModuleCode, what: string, at = this.at): never {
    const message = `${what}${this.where}, at byte ${at}`;
    throw new BootError(code, this.#component, message, MODULE_CODES[code].hint);
  }

  /** Moves on by so many bytes; returns where they start. */
  skip(size: number): number {
    const start = this.at;
    if (size > this.end - start)
      this.refuse('MODULE_MALFORMED', `${size} more bytes are not there`);
    this.at += size;
    return start;
  }

  byte(): number {
    return this.bytes[this.skip(1)];
  }

  /** LEB128 without a sign, of 32 bits: at most five bytes. */
  u32(): number {
    const start = this.at;
    let value = 0;
    for (let unit = 1; unit < 2 ** 35; unit *= 128) {
      const byte = this.byte();
      value += (byte & 0x7f) * unit;
      if (byte < 0x80 && value < 2 ** 32) return value;
    }
    return this.refuse('MODULE_MALFORMED', 'an integer of more than 32 bits', start);
  }

  /** LEB128 with a sign, of at most 64 bits; the value is that of its low 32. */
  signed(bits: 32 | 64): number {
    const start = this.at;
    let value = 0;
    for (let shift = 0; shift < bits; shift += 7) {
      const byte = this.byte();
      if (shift <= 28) value |= (byte & 0x7f) << shift;
      if (byte >= 0x80) continue;
      return shift < 25 && (byte & 0x40) !== 0 ? value | (-128 << shift) : value;
    }
    return this.refuse('MODULE_MALFORMED', `an integer of more than ${bits} bits`, start);
  }

  /** A number of things, within their limit. */
  count(what: keyof typeof MODULE_LIMITS): number {
    const start = this.at;
    return this.limit(what, this.u32(), start);
  }

  /** `count` again, if there may be so many. */
  limit(what: keyof typeof MODULE_LIMITS, count: number, at = this.at): number {
    const limit = MODULE_LIMITS[what];
    if (count > limit) this.refuse('MODULE_LIMIT', `${count} ${what}; at most ${limit}`, at);
    return count;
  }

  name(): string {
    const start = this.skip(this.count('bytes of a name'));
    // As it stands: without this a mark of byte order would be dropped, and the name another.
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
    return decoder.decode(this.bytes.subarray(start, this.at));
  }

  /** A value type: i32, i64 or v128. */
  valueType(): number {
    const { at } = this;
    const type = this.byte();
    if (type === TYPE_I32 || type === TYPE_I64 || type === TYPE_V128) return type;
    const isFloat = type === TYPE_F32 || type === TYPE_F64;
    const code = isFloat ? 'MODULE_FLOAT' : 'MODULE_REFERENCES';
    return this.refuse(code, `type 0x${type.toString(16)}`, at);
  }
}
