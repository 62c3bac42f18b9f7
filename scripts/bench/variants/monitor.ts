/**
 * The monitor taken out: what a module says is done, unchecked. Rows go where the verdict's output
 * leads, writes are copied back. Only to be measured; never part of an image.
 */
import { WRITE_CHANGED_OFFSET } from '../../../config/abi';
import {
  NODE_PLACE_FIRST, OUTPUT_SIZE, PLACE_OUTPUTS_OFFSET, PLACE_OUTPUT_COUNT_OFFSET,
  PLACE_WRITES_OFFSET, WRITE_BLOCK_OFFSET, WRITE_SIZE, WRITE_WIDTH_OFFSET,
} from '../../../firmware/boot/table-layout';
import { copyExactly, fillRows } from '../../../firmware/kernel/bulk';
import { monitor } from '../../../firmware/kernel/monitor';
import { rowClass, rowMaker, rowNode } from '../../../firmware/kernel/row-columns';
import { columnAddress, u16At } from '../../../firmware/kernel/rows';
import { isStageWhole, stageCount, writeBlockOf } from '../../../firmware/kernel/stage';
import { part, placeAt } from '../../../firmware/kernel/tables';

/** The stage goes where its first row goes; what is no output of one, the monitor takes. */
export function trust(place: u32): void {
  const p = placeAt(place);
  const block = writeBlockOf(place);
  const verdict = <u32>load<u8>(block);
  const isOutput = verdict > 0 && verdict <= load<u32>(p, PLACE_OUTPUT_COUNT_OFFSET);
  if (!isStageWhole || !isOutput || !isAll(block, <u8>verdict)) return monitor(place);
  const output = part(load<u32>(p, PLACE_OUTPUTS_OFFSET)) + <usize>(verdict - 1) * OUTPUT_SIZE;
  const next = load<u8>(part(load<u32>(output)) + u16At(rowClass, 0));
  const writes = part(load<u32>(p, PLACE_WRITES_OFFSET));
  for (let bits = <u32>load<u8>(block, WRITE_CHANGED_OFFSET); bits; bits &= bits - 1) {
    const write = writes + <usize>ctz<u32>(bits) * WRITE_SIZE;
    const size = stageCount * load<u32>(write, WRITE_WIDTH_OFFSET);
    const from = block + load<u32>(write, WRITE_BLOCK_OFFSET);
    copyExactly(columnAddress(load<u32>(write)), from, size);
  }
  fillRows(rowMaker, NODE_PLACE_FIRST + place, stageCount);
  fillRows(rowNode, next, stageCount);
}

/** Where rows go is no matter of trust: whoever moves them must know. */
function isAll(at: usize, value: u8): bool {
  const wanted = i8x16.splat(value);
  let k = 0;
  for (; k + 16 <= stageCount; k += 16) {
    if (!i8x16.all_true(i8x16.eq(v128.load(at + <usize>k), wanted))) return false;
  }
  for (; k < stageCount; k++) if (load<u8>(at + <usize>k) != value) return false;
  return true;
}
