/** Writes the parts of a WebAssembly binary (core specification 5.2). */

export class WasmWriter {
  readonly bytes: number[] = [];

  raw(bytes: Uint8Array | readonly number[]): void {
    for (const byte of bytes) this.bytes.push(byte);
  }

  /** LEB128 without a sign. */
  u32(value: number): void {
    let rest = value;
    for (; rest > 0x7f; rest >>>= 7) this.bytes.push((rest & 0x7f) | 0x80);
    this.bytes.push(rest);
  }

  /** LEB128 with a sign, of a number that has none. */
  constant(value: number): void {
    let rest = value;
    for (; rest > 0x3f; rest >>>= 7) this.bytes.push((rest & 0x7f) | 0x80);
    this.bytes.push(rest);
  }

  /** Instructions: opcodes of one byte, each with its immediates. */
  code(...instructions: readonly (readonly number[])[]): void {
    for (const [opcode, ...immediates] of instructions) {
      this.bytes.push(opcode);
      for (const immediate of immediates) this.u32(immediate);
    }
  }

  /** What another writer wrote, with its size before it. */
  sized({ bytes }: WasmWriter): void {
    this.u32(bytes.length);
    this.raw(bytes);
  }
}
