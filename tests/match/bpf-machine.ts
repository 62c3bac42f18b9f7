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

const ALU: Readonly<Record<number, (a: number, b: number) => number>> = {
  0: (a, b) => a + b,
  80: (a, b) => a & b,
  96: (a, b) => a << b,
  112: (a, b) => a >>> b,
};

const JUMPS: Readonly<Record<number, (a: number, b: number) => boolean>> = {
  16: (a, b) => a === b,
  32: (a, b) => a > b,
  48: (a, b) => a >= b,
  64: (a, b) => (a & b) !== 0,
};

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
    const operation = code & 0xf0;
    const operand = (code & 8) === 0 ? k : x;
    switch (code & 7) {
      case 0: {
        const loaded = load(code, k, x, memory, frame);
        if (loaded === null) return false;
        a = loaded;
        break;
      }
      case 1:
        if (code === 0xb1 && k >= frame.length) return false;
        x = code === 0xb1 ? (frame[k] & 15) * 4 : code === 0x61 ? memory[k] : k;
        break;
      case 2:
        memory[k] = a;
        break;
      case 3:
        memory[k] = x;
        break;
      case 4:
        a = ALU[operation](a, operand) >>> 0;
        break;
      case 5:
        pc += code === 0x05 ? k : JUMPS[operation](a, operand) ? jt : jf;
        break;
      case 6:
        return k !== 0;
      case 7:
        if (code === 0x07) x = a;
        else a = x;
    }
  }
}

/** What a load instruction puts into the accumulator; null beyond the frame. */
function load(code: number, k: number, x: number, memory: Uint32Array, frame: Uint8Array) {
  const mode = code & 0xe0;
  if (mode === 0x00) return k;
  if (mode === 0x60) return memory[k];
  if (mode !== 0x20 && mode !== 0x40) throw new Error(`unknown load 0x${code.toString(16)}`);
  const size = 4 >> ((code >> 3) & 3);
  const at = k + (mode === 0x40 ? x : 0);
  if (at + size > frame.length) return null;
  let value = 0;
  for (let index = 0; index < size; index++) value = ((value << 8) | frame[at + index]) >>> 0;
  return value;
}
