/**
 * What links can name: the kernel's own nodes, and the places and outputs of modules.
 */
import type { Manifest, Place } from './manifest.ts';

/** Where links can begin in the kernel: what arrived, what is for the router, policy's outcomes. */
export const KERNEL_SOURCES: readonly string[] = [
  'wire',
  'local',
  'policy.permitted',
  'policy.expired',
  'policy.too-big',
];

/** Where links can end in the kernel. */
export const KERNEL_TARGETS: readonly string[] = ['policy', 'local', 'tx'];

/** Names that no module can have. */
export const RESERVED_MODULES: readonly string[] = ['wire', 'local', 'policy', 'tx', 'console'];

/** A name in a link: the node of the graph, and whether it carries only frames made there. */
export interface LinkSource {
  node: string;
  isMade: boolean;
}

/** Everything that a link can name in a system of these modules. */
export interface SystemNodes {
  sources: ReadonlyMap<string, LinkSource>;
  targets: ReadonlySet<string>;
}

/** The nodes of a system; `manifests` by the names that the system gives its modules. */
export function nodesOf(manifests: ReadonlyMap<string, Manifest>): SystemNodes {
  const sources = new Map<string, LinkSource>();
  for (const name of KERNEL_SOURCES) {
    sources.set(name, { node: name.split('.')[0]!, isMade: false });
  }
  const targets = new Set(KERNEL_TARGETS);
  for (const [module, { places }] of manifests) {
    for (const place of places) {
      const node = place.name === '' ? module : `${module}.${place.name}`;
      targets.add(node);
      for (const { name } of place.outputs) {
        sources.set(`${node}.${name}`, { node, isMade: makesFrames(place) });
      }
    }
  }
  return { sources, targets };
}

/**
 * Whether the outputs of a place carry only frames that it makes: so it is where it answers or
 * originates. Made frames enter the next vector, so such a link closes no cycle.
 */
function makesFrames({ answers, originates }: Place): boolean {
  return answers !== undefined || originates !== undefined;
}
