/**
 * The destination MAC of a replayed frame: the capture's gateway is what the router stands in for.
 */
import { writeU48 } from '../../netstack/byte-order.ts';

const MAC_SIZE = 6;
/** IEEE 802 §8.2.2: the first bit on the wire says that a group is meant. */
const GROUP_BIT = 1;

/**
 * Makes `mac` the destination of the frame `data[start..end)` if its destination is one station;
 * multicasts and broadcasts, and frames that end before, stay as they are.
 */
export function rewriteDestination(
  data: Uint8Array,
  start: number,
  end: number,
  mac: number,
): void {
  if (end - start < MAC_SIZE || (data[start] & GROUP_BIT) !== 0) return;
  writeU48(data, start, mac);
}
