/**
 * Random integer programs that end, as WebAssembly: what metering must neither change nor miscount.
 */
import type { Random } from '../random.ts';

/** Locals 0..3 are variables; from 4 on, one for each depth counts the rounds of loops. */
const VARIABLES = 4;
const DEPTH_MAX = 4;
/** All i32. */
export const PROGRAM_LOCALS = VARIABLES + DEPTH_MAX;
/** The function that programs call. */
export const CALLEE = 2;

const ROUNDS_MAX = 5;
const OPERATORS = [0x6a, 0x6b, 0x6c, 0x71, 0x72, 0x73, 0x49]; // add sub mul and or xor lt_u

/** Code without its end. `labels` are the blocks it is in; `canCall`: whether it calls CALLEE. */
export function randomCode(random: Random, canCall: boolean, depth = 0, labels = 0): number[] {
  return Array.from({ length: 1 + random.below(4) }, () =>
    randomStatement(random, canCall, depth, labels),
  ).flat();
}

function randomStatement(
  random: Random,
  canCall: boolean,
  depth: number,
  labels: number,
): number[] {
  const local = () => random.below(VARIABLES);
  const inner = (more: number) => randomCode(random, canCall, depth + 1, labels + more);
  switch (random.below(depth < DEPTH_MAX ? 11 : 7)) {
    case 0:
      return [0x41, random.below(64), 0x21, local()];
    case 1: // memory.fill of up to 63 bytes at 0
      return [0x41, 0, 0x20, local(), 0x41, random.below(64), 0xfc, 0x0b, 0];
    case 2:
      return canCall ? [0x10, CALLEE] : [0x01];
    case 3:
      return random.oneIn(8) ? [0x0f] : [0x20, local(), 0x0d, random.below(labels + 1)];
    case 4:
      return random.oneIn(4) ? [0x0c, random.below(labels + 1)] : [0x01];
    case 5: // br_table of two labels
      return random.oneIn(4)
        ? [0x20, local(), 0x0e, 1, random.below(labels + 1), random.below(labels + 1)]
        : [0x01];
    case 6:
      return [0x20, local(), 0x20, local(), random.pick(OPERATORS), 0x21, local()];
    case 7:
      return [0x20, local(), 0x04, 0x40, ...inner(1), 0x0b];
    case 8:
      return [0x20, local(), 0x04, 0x40, ...inner(1), 0x05, ...inner(1), 0x0b];
    case 9:
      return [0x02, 0x40, ...inner(1), 0x0b];
    default: {
      // Every round counts first, however it came about.
      const counter = VARIABLES + depth;
      const count = [0x20, counter, 0x41, 1, 0x6a, 0x22, counter, 0x41, ROUNDS_MAX, 0x4b, 0x0d, 1];
      const again = random.oneIn(2) ? [0x0c, 0] : [0x20, local(), 0x0d, 0];
      return [0x02, 0x40, 0x03, 0x40, ...count, ...inner(2), ...again, 0x0b, 0x0b];
    }
  }
}
