/**
 * Who calls whom. Critical for isolation: calls go round in no circle, and the deepest chain needs
 * no more stack than there is, so that no module runs out of it on one machine and not on another.
 */
import { STACK_FRAME_SIZE, STACK_SIZE_MAX, STACK_VALUE_SIZE } from './module-limits.ts';
import { OP_CALL } from './opcodes.ts';
import type { WasmReader } from './wasm-reader.ts';
import type { WasmSections } from './wasm-sections.ts';

/**
 * Bounds the stack by what no compiler can exceed: a call keeps no more values than the function
 * has locals and instructions. (The operand stack's depth is less, and no bound: an optimiser that
 * finds one value computed twice keeps it alive between.) @throws BootError
 */
export function checkCalls(reader: WasmReader, { bodies }: WasmSections): void {
  const sizes = new Map<number, number>();
  const callers: number[] = [];
  const sizeOf = (index: number): number => {
    const known = sizes.get(index);
    if (known !== undefined) return known;
    const { instructions, localCount } = bodies[index];
    const [{ start }] = instructions;
    if (callers.includes(index)) {
      const circle = [...callers.slice(callers.indexOf(index)), index].join(' calls ');
      reader.refuse('MODULE_RECURSION', `function ${circle}`, start);
    }
    callers.push(index);
    const calls = instructions.filter(({ opcode }) => opcode === OP_CALL);
    const deepest = Math.max(0, ...new Set(calls.map(({ value }) => sizeOf(value))));
    callers.pop();
    const own = STACK_FRAME_SIZE + STACK_VALUE_SIZE * (localCount + instructions.length);
    if (own + deepest > STACK_SIZE_MAX) {
      const what = `function ${index} and what it calls may need ${own + deepest} bytes of stack`;
      reader.refuse('MODULE_STACK', `${what}; at most ${STACK_SIZE_MAX}`, start);
    }
    sizes.set(index, own + deepest);
    return own + deepest;
  };
  for (const index of bodies.keys()) sizeOf(index);
}
