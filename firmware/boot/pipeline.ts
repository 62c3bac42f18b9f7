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

/** @throws BootError SYSTEM_… when the links do not fit the modules */
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
    if (node !== undefined) return node;
    const message = `a link goes to "${target}", which is no node`;
    throw new BootError('SYSTEM_NODE', 'system.yaml', message, 'name a place, policy, local or tx');
  };
  const nameOf = (node: number): string => names.get(node) ?? 'wire';
  return { system, places: numbered, order: orderOf(system, numbered, nodeOf), nodeOf, nameOf };
}

/** Kahn's order over the links that rows follow within a vector. */
function orderOf(
  system: System,
  places: readonly PipelinePlace[],
  nodeOf: (target: string) => number,
): number[] {
  const edges = new Map<number, Set<number>>();
  for (const link of system.links) {
    const from = sourceNode(link.from, places, nodeOf);
    if (from === null) continue;
    const targets = edges.get(from) ?? new Set();
    for (const { to } of link.rules) targets.add(nodeOf(to));
    edges.set(from, targets);
  }
  const all = [NODE_LOCAL, ...places.map(({ node }) => node), NODE_POLICY, NODE_TX];
  const order: number[] = [];
  const left = new Set(all);
  while (left.size > 0) {
    const next = all.find(
      (node) => left.has(node) && ![...left].some((from) => edges.get(from)?.has(node)),
    );
    if (next === undefined) {
      const message = 'the links form a cycle';
      throw new BootError('SYSTEM_CYCLE', 'system.yaml', message, 'rows go through a place once');
    }
    left.delete(next);
    order.push(next);
  }
  return order;
}

/** The node that a link leaves, null for the wire and for outputs that carry made frames only. */
function sourceNode(
  from: string,
  places: readonly PipelinePlace[],
  nodeOf: (target: string) => number,
): number | null {
  if (from === 'wire') return null;
  if (from === 'local') return NODE_LOCAL;
  if (from.startsWith('policy.')) return NODE_POLICY;
  const place = placeOfOutput(from, places);
  return place.isMaker ? null : nodeOf(place.label);
}

/** The place whose output a link names. @throws BootError SYSTEM_OUTPUT */
function placeOfOutput(from: string, places: readonly PipelinePlace[]): PipelinePlace {
  const dot = from.lastIndexOf('.');
  const place = places.find(({ label }) => label === from.slice(0, dot));
  if (place?.place.outputs.some(({ name }) => name === from.slice(dot + 1))) return place;
  const message = `a link leaves "${from}", which is no output`;
  throw new BootError('SYSTEM_OUTPUT', 'system.yaml', message, 'name an output of a place');
}
