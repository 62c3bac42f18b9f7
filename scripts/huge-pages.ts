/**
 * Huge pages behind a board's memory. With those of 4 KiB a flow table of some thousand connections
 * is beyond what a processor keeps of its page tables, and look-ups wait for these as well.
 */
import { type Libc, libcIfThere } from '../drivers/wires/linux/libc.ts';
import type { Board } from '../firmware/board/board.ts';

/** MADV_HUGEPAGE: what is touched from now on lies in pages of 2 MiB. */
const HUGE_PAGE = 14;
/** MADV_COLLAPSE, since Linux 6.1: what has been touched already is brought together in some. */
const COLLAPSE = 25;

/**
 * Asks Linux for them, for kernel and modules as they are: one that is started anew has small ones.
 * Nothing but speed depends on it, so where there are none nothing is said.
 */
export function askForHugePages({ kernel, slots }: Board): void {
  const libc = libcIfThere();
  if (libc === null) return;
  askFor(kernel.memory.buffer, libc);
  for (const { memory } of slots) askFor(memory, libc);
}

function askFor(memory: ArrayBuffer, libc: Libc): void {
  const address = libc.addressOf(new Uint8Array(memory));
  libc.madvise(address, memory.byteLength, HUGE_PAGE);
  libc.madvise(address, memory.byteLength, COLLAPSE);
}
