/**
 * The order in which the stages of a vector run: a node after all that lead to it.
 */
import type { Link } from './system.ts';
import type { SystemNodes } from './system-nodes.ts';

/**
 * Kahn's order over the links that rows follow within a vector; of several that could come next,
 * `local` first, then the places in the order of the system description. The links have no cycle.
 */
export function stageOrder(links: readonly Link[], { sources, targets }: SystemNodes): string[] {
  const places = [...targets].filter((node) => !LAST.includes(node) && node !== 'local');
  const left = new Set(['local', ...places, ...LAST]);
  const edges = links.flatMap(({ from, rules }) => {
    const source = sources.get(from);
    if (source === undefined || source.isMade) return [];
    return rules.map(({ to }) => ({ from: source.node, to }));
  });
  const order: string[] = [];
  while (left.size > 0) {
    const isReady = (node: string) => !edges.some(({ from, to }) => to === node && left.has(from));
    const next = [...left].find(isReady);
    if (next === undefined) return order;
    left.delete(next);
    order.push(next);
  }
  return order;
}

const LAST = ['policy', 'tx'];
