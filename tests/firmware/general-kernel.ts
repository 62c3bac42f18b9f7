/**
 * The kernel without its short cuts: it does for every packet what else is done only for those of
 * which too little is known. What a short cut leaves out must not show.
 */
import type { Firmware } from '../../firmware/boot/assemble.ts';
import { buildRewrittenKernel, type Rewrite } from '../../scripts/bench/tax/variant-kernel.ts';

const kernel = (name: string) => `firmware/kernel/${name}.ts`;

/** Each of them, and what there is without it. */
export const SHORT_CUTS: readonly Rewrite[] = [
  // Packets of flows that carry traffic steadily, by what their entry says.
  {
    path: kernel('arrival'),
    from: 'if (<u32>(flow >> 32) != load<u32>(expiries + (state << 2))) break;',
    to: 'break;',
  },
  // What is like a packet that has been denied.
  {
    path: kernel('policy'),
    from: 'if (isDenied && u32At(rowHint, row)) return drop(row, DROP_DENIED, NODE_POLICY);',
    to: '',
  },
  // A few rows at a time, once the next first packet ends the breath.
  { path: kernel('arrival'), from: 'isFull() ? ROWS_AT_ONCE : ROWS_AHEAD', to: 'ROWS_AHEAD' },
  // Key and hash as they were parsed.
  { path: kernel('flow-table'), from: 'if (isAsParsed) {', to: 'if (false) {' },
  // No second look at what was not there on arrival.
  {
    path: kernel('flow-table'),
    from: 'return load<u8>(begunOf(hash)) != breath;',
    to: 'return false;',
  },
  // What has been asked of a row's address before.
  { path: kernel('tables'), from: 'if (load<u32>(slot) != address) ask', to: 'ask' },
  // Policy and tx for 16 rows of known flows at a time.
  {
    path: kernel('pass-known'),
    from: 'if (!v128.any_true(mask) || next == NODE_UNLINKED) continue;',
    to: 'continue;',
  },
  { path: kernel('transmit'), from: 'if (load<u32>(outcomes)) return 0;', to: 'return 0;' },
];

export async function withKernel(
  firmware: Firmware,
  rewrites: readonly Rewrite[],
): Promise<Firmware> {
  return { ...firmware, kernel: new WebAssembly.Module(await buildRewrittenKernel(rewrites)) };
}
