/** What each place may see, write and send, as the kernel reads it. */
import { DROP_NAMED_FIRST, DROP_REASONS_MAX } from '../../config/abi.ts';
import { readLayout, writeLayout } from '../../config/block-layout.ts';
import { columns } from '../../config/columns.ts';
import { dropReasonId } from '../../config/drop-reasons.ts';
import type { Place, Range } from '../../config/manifest.ts';
import type { Router } from '../../config/router.ts';
import type { Blob } from './blob.ts';
import { BootError } from './boot-error.ts';
import { type ClassTables, isClassified } from './class-tables.ts';
import { POLICY_COLUMNS, TRANSLATED_COLUMNS } from './kernel-fields.ts';
import type { Pipeline, PipelinePlace } from './pipeline.ts';
import * as layout from './table-layout.ts';

/** Drop reasons beyond the kernel's own, in the order of their ids from DROP_NAMED_FIRST. */
export function namedDrops(pipeline: Pipeline): string[] {
  const names = pipeline.system.modules.flatMap(({ manifest }) => manifest.drops);
  if (DROP_NAMED_FIRST + names.length > DROP_REASONS_MAX) {
    const message = `the modules name ${names.length} drop reasons`;
    const hint = `at most ${DROP_REASONS_MAX - DROP_NAMED_FIRST} in all`;
    throw new BootError('SYSTEM_DROPS', 'system.yaml', message, hint);
  }
  return names;
}

/** What the tables of places are made from. */
export interface PlaceSources {
  readonly pipeline: Pipeline;
  readonly classes: ClassTables;
  readonly router: Router;
}

export function writePlaces(blob: Blob, sources: PlaceSources): void {
  const { pipeline, router } = sources;
  const base = blob.reserve(Math.max(1, pipeline.places.length) * layout.PLACE_SIZE);
  blob.u32(layout.TABLE_PLACES * 4, base);
  for (const [i, place] of pipeline.places.entries()) {
    const at = base + i * layout.PLACE_SIZE;
    writePlace(blob, at, place, pipeline);
    writeReads(blob, at, place.place);
    writeWrites(blob, at, place.place, sources);
    writeOutputs(blob, at, place.place, sources.classes, i);
    writeOriginations(blob, at, place, router);
  }
}

function writePlace(blob: Blob, at: number, place: PipelinePlace, pipeline: Pipeline): void {
  const { consumes, holds, answers, originates, outputs } = place.place;
  const powers =
    (consumes ? layout.POWER_CONSUME : 0) |
    (holds ? layout.POWER_HOLD : 0) |
    (answers ? layout.POWER_ANSWER : 0) |
    (originates ? layout.POWER_ORIGINATE : 0);
  const before = pipeline.system.modules.slice(0, place.module);
  const firstDrop = before.reduce((sum, { manifest }) => sum + manifest.drops.length, 0);
  const drops = pipeline.system.modules[place.module].manifest.drops.length;
  blob.u32(at + layout.PLACE_OUTPUT_COUNT_OFFSET, outputs.length);
  blob.u32(at + layout.PLACE_POWERS_OFFSET, powers);
  blob.u32(at + layout.PLACE_NAMED_DROP_FIRST_OFFSET, DROP_NAMED_FIRST + firstDrop);
  blob.u32(at + layout.PLACE_NAMED_DROP_COUNT_OFFSET, drops);
  blob.u32(at + layout.PLACE_MODULE_OFFSET, place.module);
  blob.u32(at + layout.PLACE_INDEX_OFFSET, place.index);
}

function writeReads(blob: Blob, at: number, place: Place): void {
  const { columns: reads, size } = readLayout(place);
  blob.u32(at + layout.PLACE_READ_SIZE_OFFSET, size);
  blob.u32(at + layout.PLACE_READ_COUNT_OFFSET, reads.length);
  const base = blob.reserve(reads.length * layout.READ_SIZE);
  blob.u32(at + layout.PLACE_READS_OFFSET, base);
  for (const [i, { column, offset, size: width }] of reads.entries()) {
    const read = base + i * layout.READ_SIZE;
    blob.u32(read + layout.READ_COLUMN_OFFSET, columns[column].id);
    blob.u32(read + layout.READ_WIDTH_OFFSET, width);
    blob.u32(read + layout.READ_BLOCK_OFFSET, offset);
  }
}

function writeWrites(blob: Blob, at: number, place: Place, sources: PlaceSources): void {
  const { classes, router } = sources;
  const { columns: writes, size } = writeLayout(place);
  blob.u32(at + layout.PLACE_WRITE_SIZE_OFFSET, size);
  blob.u32(at + layout.PLACE_WRITE_COUNT_OFFSET, writes.length);
  const base = blob.reserve(writes.length * layout.WRITE_SIZE);
  blob.u32(at + layout.PLACE_WRITES_OFFSET, base);
  for (const [i, { column, offset, size: width }] of writes.entries()) {
    const write = base + i * layout.WRITE_SIZE;
    const { range } = place.writes[i];
    const isTranslated = TRANSLATED_COLUMNS.has(column) && range.kind !== 'any';
    const effects =
      (isClassified(column, classes.steps) ? layout.EFFECT_CLASSIFIED : 0) |
      (POLICY_COLUMNS.has(column) && !isTranslated ? layout.EFFECT_VOIDS_STAMP : 0);
    blob.u32(write + layout.WRITE_COLUMN_OFFSET, columns[column].id);
    blob.u32(write + layout.WRITE_WIDTH_OFFSET, width);
    blob.u32(write + layout.WRITE_BLOCK_OFFSET, offset);
    blob.u32(write + layout.WRITE_EFFECTS_OFFSET, effects);
    const intervals = intervalsOf(range, router, columns[column].max);
    const ranges = blob.reserve(intervals.length * 16);
    blob.u32(write + layout.WRITE_RANGES_OFFSET, ranges);
    blob.u32(write + layout.WRITE_RANGE_COUNT_OFFSET, intervals.length);
    for (const [k, [low, high]] of intervals.entries()) {
      blob.u64(ranges + k * 16, low);
      blob.u64(ranges + k * 16 + 8, high);
    }
  }
}

/** Empty: any value that the column holds. A few bits short of a byte have their bound. */
function intervalsOf(range: Range, router: Router, max: number): [number, number][] {
  if (range.kind === 'values') return range.intervals;
  if (range.kind === 'bound') return router.interfaces.map(({ address: a }) => [a, a]);
  const isNarrow = max === 63 || max === 4095;
  return isNarrow ? [[0, max]] : [];
}

function writeOutputs(blob: Blob, at: number, place: Place, of: ClassTables, index: number): void {
  const base = blob.reserve(place.outputs.length * layout.OUTPUT_SIZE);
  blob.u32(at + layout.PLACE_OUTPUTS_OFFSET, base);
  for (const [k, { reason }] of place.outputs.entries()) {
    const output = base + k * layout.OUTPUT_SIZE;
    blob.u32(output + layout.OUTPUT_LINK_OFFSET, blob.bytesSection(of.outputs[index][k]));
    const id = reason === undefined ? 0 : (dropReasonId(reason) ?? 0);
    blob.u32(output + layout.OUTPUT_REASON_OFFSET, id);
  }
  blob.u32(at + layout.PLACE_MADE_CLASSES_OFFSET, blob.bytesSection(of.made[index]));
}

function writeOriginations(blob: Blob, at: number, place: PipelinePlace, router: Router): void {
  const { originates } = place.place;
  if (originates === undefined) return;
  const { ports } = originates;
  const allowed = router.interfaces.filter(
    ({ portName }) => ports === 'any' || ports.includes(portName),
  );
  const mask = allowed.reduce((bits, { port }) => bits | (1 << port), 0);
  blob.u32(at + layout.PLACE_ORIGINATE_PORTS_OFFSET, mask >>> 0);
  blob.u32(at + layout.PLACE_ORIGINATE_RATE_OFFSET, originates.perSecond);
}
