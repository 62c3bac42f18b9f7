/** One instruction of a classic BPF program, as `tcpdump -ddd` prints it. */
export interface Instruction {
  readonly code: number;
  readonly jt: number;
  readonly jf: number;
  readonly k: number;
}

/** Reads the decimal listing of `tcpdump -ddd`: a count, then a line an instruction. */
export function readProgram(listing: string): Instruction[] {
  const lines = listing.trim().split('\n').slice(1);
  return lines.map((line) => {
    const [code, jt, jf, k] = line.split(' ').map(Number);
    return { code, jt, jf, k };
  });
}

/**
 * Runs a classic BPF program over a frame (McCanne and Jacobson, 1993): whether it accepts it.
 * A load beyond the frame rejects the frame. Unknown instructions throw.
 */
export function runProgram(program: readonly Instruction[], frame: Uint8Array): boolean {
  const memory = new Uint32Array(16);
  let a = 0;
  let x = 0;
  for (let pc = 0; ; pc++) {
    const { code, jt, jf, k } = program[pc];
    if ((code & 7) === 0 && [0x20, 0x40].includes(code & 0xe0)) {
      const size = 4 >> ((code >> 3) & 3);
      const at = k + ((code & 0xe0) === 0x40 ? x : 0);
      if (at + size > frame.length) return false;
      a = 0;
      for (let index = 0; index < size; index++) a = ((a << 8) | frame[at + index]) >>> 0;
      continue;
    }
    const operand = (code & 8) === 0 ? k : x;
    switch (code) {
      case 0x00:
        a = k;
        break;
      case 0x01:
        x = k;
        break;
      case 0x02:
        memory[k] = a;
        break;
      case 0x03:
        memory[k] = x;
        break;
      case 0x60:
        a = memory[k];
        break;
      case 0x61:
        x = memory[k];
        break;
      case 0xb1:
        if (k >= frame.length) return false;
        x = (frame[k] & 15) * 4;
        break;
      case 0x04:
      case 0x0c:
        a = (a + operand) >>> 0;
        break;
      case 0x54:
      case 0x5c:
        a = (a & operand) >>> 0;
        break;
      case 0x64:
        a = (a << k) >>> 0;
        break;
      case 0x74:
        a >>>= k;
        break;
      case 0x05:
        pc += k;
        break;
      case 0x15:
      case 0x1d:
        pc += a === operand ? jt : jf;
        break;
      case 0x25:
      case 0x2d:
        pc += a > operand ? jt : jf;
        break;
      case 0x35:
      case 0x3d:
        pc += a >= operand ? jt : jf;
        break;
      case 0x45:
      case 0x4d:
        pc += (a & operand) !== 0 ? jt : jf;
        break;
      case 0x06:
        return k !== 0;
      case 0x07:
        x = a;
        break;
      case 0x87:
        a = x;
        break;
      default:
        throw new Error(`unknown instruction 0x${code.toString(16)}`);
    }
  }
}
