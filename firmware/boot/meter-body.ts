/**
 * Puts the metering of fuel into a function. Every instruction that is executed costs 1; the marks
 * of structure (block, else, end) cost nothing. The cost of a region, which is code that is
 * always executed from its first instruction to its last, is charged when it is entered, so that a
 * module runs out at the same instruction on every machine. Copies and fills cost 1 more for each
 * 16 bytes, charged before they run.
 *
 *     block $out
 *       block $body (result of the function)
 *         fuel := the module's fuel - cost of the first region; br_if $out (fuel < 0)
 *         ...
 *       end
 *       br_if $out (fuel < 0); the module's fuel := fuel; return
 *     end
 *     the module's fuel := fuel; unreachable
 *
 * Between calls fuel is a local: that is what makes metering cheap.
 */
import type { FunctionBody, Instruction } from './function-body.ts';
import * as op from './opcodes.ts';
import { BLOCK_EMPTY, TYPE_I32 } from './wasm-numbers.ts';
import type { WasmWriter } from './wasm-writer.ts';

/** Bytes of a copy or fill that cost as much as one instruction, as a power of two. */
const BULK_UNIT_LOG = 4;
/** Fuel, and the size of a copy or fill. */
const METER_LOCALS = 2;
/** -1 as a LEB128 with a sign: what memory.grow returns where there is no memory left. */
const MINUS_ONE = 0x7f;

/**
 * The cost of the region that begins after each instruction; 0 where none does, or none that
 * costs. The last element is that of the region at the function's start.
 */
export function regionCosts({ instructions, targets }: FunctionBody): Uint32Array {
  const costs = new Uint32Array(instructions.length + 1);
  let cost = 0;
  for (let i = instructions.length - 1; i >= 0; i--) {
    const { opcode, value } = instructions[i];
    const isPassed = !op.NEVER_PASSED.has(opcode);
    const isFork = opcode === op.OP_IF || opcode === op.OP_ELSE || opcode === op.OP_BR_IF;
    const opener = instructions[opcode === op.OP_END ? value : i]?.opcode;
    const isJoin =
      opcode === op.OP_LOOP ||
      (opcode === op.OP_END &&
        (opener === op.OP_IF || (opener === op.OP_BLOCK && targets.has(value))));
    if (isFork || isJoin || !isPassed) {
      if (isPassed) costs[i] = cost;
      cost = 0;
    }
    if (!op.STRUCTURE.has(opcode)) cost++;
  }
  costs[instructions.length] = cost;
  return costs;
}

/** Writes a function's code, metered. `global` is the index of the module's fuel. */
export function meterBody(
  writer: WasmWriter,
  binary: Uint8Array,
  body: FunctionBody,
  global: number,
): void {
  const { instructions, type, localCount } = body;
  const costs = regionCosts(body);
  const meter = new Meter(writer, localCount, global);
  writer.u32(body.groupCount + 1);
  writer.raw(body.groups);
  writer.code([METER_LOCALS, TYPE_I32]);
  writer.code([op.OP_BLOCK, BLOCK_EMPTY], [op.OP_BLOCK, type.results[0] ?? BLOCK_EMPTY]);
  meter.load();
  meter.charge(costs[instructions.length]);
  meter.check(1);
  for (const [i, instruction] of instructions.entries()) {
    meter.instruction(instruction, binary);
    if (costs[i] !== 0) meter.charge(costs[i]);
    if (instruction.opcode === op.OP_LOOP) meter.check(instruction.depth + 2);
  }
  meter.check(0);
  meter.store();
  writer.code([op.OP_RETURN], [op.OP_END]);
  meter.store();
  writer.code([op.OP_UNREACHABLE], [op.OP_END]);
}

class Meter {
  readonly #writer: WasmWriter;
  readonly #fuel: number;
  readonly #global: number;

  constructor(writer: WasmWriter, fuel: number, global: number) {
    this.#writer = writer;
    this.#fuel = fuel;
    this.#global = global;
  }

  load(): void {
    this.#writer.code([op.OP_GLOBAL_GET, this.#global], [op.OP_LOCAL_SET, this.#fuel]);
  }

  store(): void {
    this.#writer.code([op.OP_LOCAL_GET, this.#fuel], [op.OP_GLOBAL_SET, this.#global]);
  }

  charge(cost: number): void {
    this.#writer.code([op.OP_LOCAL_GET, this.#fuel], [op.OP_I32_CONST]);
    this.#writer.constant(cost);
    this.#writer.code([op.OP_I32_SUB], [op.OP_LOCAL_SET, this.#fuel]);
  }

  /** Leaves the function if there is less than nothing left, by the label of `$out`. */
  check(label: number): void {
    this.#writer.code([op.OP_LOCAL_GET, this.#fuel], [op.OP_I32_CONST, 0]);
    this.#writer.code([op.OP_I32_LT_S], [op.OP_BR_IF, label]);
  }

  /** The number of bytes is on the operand stack, and stays there. */
  #chargeBulk(depth: number): void {
    const size = this.#fuel + 1;
    this.#writer.code([op.OP_LOCAL_SET, size], [op.OP_LOCAL_GET, this.#fuel]);
    this.#writer.code([op.OP_LOCAL_GET, size], [op.OP_I32_CONST, BULK_UNIT_LOG]);
    this.#writer.code([op.OP_I32_SHR_U], [op.OP_I32_SUB], [op.OP_LOCAL_SET, this.#fuel]);
    this.check(depth + 1);
    this.#writer.code([op.OP_LOCAL_GET, size]);
  }

  instruction({ opcode, depth, start, end }: Instruction, binary: Uint8Array): void {
    if (opcode === op.OP_MEMORY_COPY || opcode === op.OP_MEMORY_FILL) this.#chargeBulk(depth);
    if (opcode === op.OP_CALL) this.store();
    if (opcode === op.OP_RETURN) this.#writer.code([op.OP_BR, depth]);
    else if (opcode !== op.OP_MEMORY_GROW) this.#writer.raw(binary.subarray(start, end));
    else this.#writer.code([op.OP_DROP], [op.OP_I32_CONST, MINUS_ONE]);
    if (opcode === op.OP_CALL) this.load();
  }
}
