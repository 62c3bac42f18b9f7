/**
 * The compiled tables: one function of manifests, system description and router file. The kernel
 * reads them; so does whoever wants to prove what the kernel can do.
 */
import type { Router } from '../../config/router.ts';
import type { System } from '../../config/system.ts';
import { Blob } from './blob.ts';
import { type ClassTables, compileClasses, type KernelStep } from './class-tables.ts';
import { FIELD_VALUES, STEP_FIELDS } from './kernel-fields.ts';
import { layOutPipeline, type Pipeline } from './pipeline.ts';
import { namedDrops, writePlaces } from './place-tables.ts';
import { writePolicy } from './policy-tables.ts';
import { spreadMap } from './range-map.ts';
import * as layout from './table-layout.ts';

export interface Tables {
  /** What the kernel reads, laid out as table-layout.ts says. */
  readonly bytes: Uint8Array;
  readonly pipeline: Pipeline;
  readonly classes: ClassTables;
  readonly namedDrops: readonly string[];
}

/** @throws BootError where system, manifests and router do not fit; SetError beyond limits */
export function compileTables(system: System, router: Router): Tables {
  const pipeline = layOutPipeline(system);
  const classes = compileClasses(pipeline, router);
  const drops = namedDrops(pipeline);
  const blob = new Blob(layout.TABLES_HEADER_SIZE);
  const put = (word: number, value: number) => blob.u32(word * 4, value);
  put(layout.TABLE_MAGIC, layout.TABLES_MAGIC);
  put(layout.TABLE_GENERATION, 1);
  put(layout.TABLE_PORT_COUNT, router.board.ports.length);
  put(layout.TABLE_ZONE_COUNT, router.zones.length);
  put(layout.TABLE_PLACE_COUNT, pipeline.places.length);
  put(layout.TABLE_CLASS_COUNT, classes.classes.count);
  put(layout.TABLE_STEP_COUNT, classes.steps.length);
  put(layout.TABLE_MODULE_COUNT, system.modules.length);
  put(layout.TABLE_OPTIONS, router.options.tcpPickup ? layout.OPTION_TCP_PICKUP : 0);
  writePorts(blob, router);
  writeSteps(blob, classes.steps);
  put(layout.TABLE_LINK_WIRE, blob.bytesSection(classes.wire));
  put(layout.TABLE_LINK_LOCAL, blob.bytesSection(classes.local));
  put(layout.TABLE_LINK_PERMITTED, blob.bytesSection(classes.permitted));
  put(layout.TABLE_LINK_EXPIRED, blob.bytesSection(classes.expired));
  put(layout.TABLE_LINK_TOO_BIG, blob.bytesSection(classes.tooBig));
  writePolicy(blob, router);
  writePlaces(blob, { pipeline, classes, router });
  return { bytes: blob.take(), pipeline, classes, namedDrops: drops };
}

function writePorts(blob: Blob, router: Router): void {
  const base = blob.reserve(router.board.ports.length * layout.PORT_SIZE);
  blob.u32(layout.TABLE_PORTS * 4, base);
  for (const [port, { mac }] of router.board.ports.entries()) {
    blob.u64(base + port * layout.PORT_SIZE + layout.PORT_MAC_OFFSET, mac);
  }
  for (const { port, address, mtu, zone } of router.interfaces) {
    const at = base + port * layout.PORT_SIZE;
    blob.u32(at + layout.PORT_ADDRESS_OFFSET, address);
    blob.u16(at + layout.PORT_MTU_OFFSET, mtu);
    blob.u8(at + layout.PORT_ZONE_OFFSET, router.zones.indexOf(zone));
    blob.u8(at + layout.PORT_CONFIGURED_OFFSET, 1);
  }
}

function writeSteps(blob: Blob, steps: readonly KernelStep[]): void {
  const base = blob.reserve(Math.max(1, steps.length) * layout.STEP_SIZE);
  blob.u32(layout.TABLE_STEPS * 4, base);
  for (const [i, step] of steps.entries()) {
    const at = base + i * layout.STEP_SIZE;
    blob.u32(at + layout.STEP_FIELD_OFFSET, STEP_FIELDS[step.field]);
    blob.u32(at + layout.STEP_WIDTH_OFFSET, step.equivalenceCount);
    blob.u32(at + layout.STEP_MAP_OFFSET, writeEquivalence(blob, step));
    blob.u32(at + layout.STEP_TRANSITIONS_OFFSET, blob.u16Section(step.transitions));
  }
}

function writeEquivalence(blob: Blob, { field, starts, equivalence }: KernelStep): number {
  const map = { starts: [...starts], values: [...equivalence] };
  const size = FIELD_VALUES[field];
  return size === undefined ? blob.rangeMapSection(map) : blob.u16Section(spreadMap(map, size));
}
