import type { Step } from './board-under-test.ts';

/** What became of the one packet of a step: why it was dropped, or `carried`. */
export function fateOf({ delta }: Step): string {
  const [drop] = Object.keys(delta).filter((path) => path.startsWith('drops.'));
  return drop === undefined ? 'carried' : drop.slice('drops.'.length);
}
