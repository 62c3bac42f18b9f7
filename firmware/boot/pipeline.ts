/**
 * The pipeline as numbers: every place of every module, every node, and the order of the stages.
 */
import type { Place } from '../../config/manifest.ts';
import type { System } from '../../config/system.ts';
import { BootError } from './boot-error.ts';
import { NODE_LOCAL, NODE_PLACE_FIRST, NODE_POLICY, NODE_TX, PLACES_MAX } from './table-layout.ts';

/** A place of the pipeline: `label` is as links write it (`route`, `icmp.local`). */
export interface PipelinePlace {
  readonly label: string;
  readonly node: number;
  readonly module: number;
  readonly index: number;
  readonly place: Place;
  /** All its outputs carry made frames: it answers or originates. */
  readonly isMaker: boolean;
}

export interface Pipeline {
  readonly system: System;
  readonly places: readonly PipelinePlace[];
  /** Nodes in the order in which the board runs them, once a vector. */
  readonly order: readonly number[];
  nodeOf(target: string): number;
  nameOf(node: number): string;
}

const KERNEL_NODES: Readonly<Record<string, number>> = {
  tx: NODE_TX,
  policy: NODE_POLICY,
  local: NODE_LOCAL,
};

/** @throws BootError SYSTEM_PLACES */
export function layOutPipeline(system: System): Pipeline {
  const places = system.modules.flatMap(({ name, manifest }, module) =>
    manifest.places.map((place, index) => ({
      label: place.name === '' ? name : `${name}.${place.name}`,
      module,
      index,
      place,
      isMaker: place.answers !== undefined || place.originates !== undefined,
    })),
  );
  if (places.length > PLACES_MAX) {
    const message = `${places.length} places; a board has at most ${PLACES_MAX}`;
    throw new BootError('SYSTEM_PLACES', 'system.yaml', message, 'use fewer modules');
  }
  const numbered = places.map((place, i) => ({ ...place, node: NODE_PLACE_FIRST + i }));
  const nodes = new Map(Object.entries(KERNEL_NODES));
  for (const { label, node } of numbered) nodes.set(label, node);
  const names = new Map([...nodes].map(([name, node]) => [node, name]));
  const nodeOf = (target: string): number => {
    const node = nodes.get(target);
    if (node === undefined) throw new RangeError(`${target} is no node of the pipeline`);
    return node;
  };
  const nameOf = (node: number): string => names.get(node) ?? 'wire';
  return { system, places: numbered, order: system.stages.map(nodeOf), nodeOf, nameOf };
}
