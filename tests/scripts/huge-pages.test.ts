/** What Linux itself says of the memory of a board (proc_pid_smaps(5)). */
import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { libcIfThere } from '../../drivers/wires/linux/libc.ts';
import { Board } from '../../firmware/board/board.ts';
import { compileTables } from '../../firmware/boot/tables.ts';
import { workloadOf } from '../../scripts/bench/workload.ts';
import { askForHugePages } from '../../scripts/huge-pages.ts';
import { loadFirmware } from '../../scripts/toolchain/load-firmware.ts';

const libc = libcIfThere();
const hasHugePages = existsSync('/sys/kernel/mm/transparent_hugepage');
const canAsk = libc !== null && hasHugePages;
const why = canAsk ? '' : ' (no koffi, or Linux without huge pages)';

interface Mapping {
  readonly start: number;
  readonly end: number;
  readonly isAdvised: boolean;
}

function mappings(): readonly Mapping[] {
  const text = readFileSync('/proc/self/smaps', 'utf8');
  return text.split(/^(?=[0-9a-f]+-[0-9a-f]+ )/m).map((part) => {
    const [start, end] = part
      .split(' ', 1)[0]
      .split('-')
      .map((digits) => Number(`0x${digits}`));
    const [, flags] = /^VmFlags:(.*)$/m.exec(part) ?? ['', ''];
    return { start, end, isAdvised: flags.split(' ').includes('hg') };
  });
}

it.skipIf(!canAsk)(
  `Linux is asked for huge pages behind all memories of a board${why}`,
  async () => {
    const firmware = await loadFirmware();
    const { router } = workloadOf({ flows: 16, routes: 16, rules: 4 });
    const board = new Board(firmware, router, compileTables(firmware.system, router));
    const memories = [board.kernel.memory.buffer, ...board.slots.map(({ memory }) => memory)];
    const starts = memories.map((memory) => libc?.addressOf(new Uint8Array(memory)) ?? 0);
    const before = mappings();
    const mappingOf = (all: readonly Mapping[], address: number) =>
      all.find(({ start, end }) => start <= address && address < end);
    expect(starts.filter((start) => mappingOf(before, start)?.isAdvised)).toEqual([]);
    askForHugePages(board);
    const after = mappings();
    expect(starts.filter((start) => !mappingOf(after, start)?.isAdvised)).toEqual([]);
  },
);
