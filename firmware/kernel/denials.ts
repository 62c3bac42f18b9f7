/**
 * Denials: a free entry of the flow table may keep that the policy has denied the first packet of
 * its key, and which way it went. What comes like it need not be looked at again before it is at
 * the policy, nor there, if it goes the same way: a flood of what is denied is no slower than
 * traffic. A denial follows from the key, the port that the packet came in by, the way, and the
 * configuration alone. Denials take no room from flows, and go when one of their hash begins.
 */
import { PORT_NONE } from '../../config/abi';
import { marked, unmarked } from './flow-marks';
import { AT_TAIL, BIT_DENIED, ENTRY_SIZE } from './flow-states';
import { glance, keyPair, keyTail, placeOf, write } from './flow-table';
import { isLive } from './flow-time';
import { linkAge } from './ports';

// @ts-ignore: decorator
@inline export function wayOf(zone: u32, port: u32): u32 { return zone | (port << 8); }

/** What an entry says of it: all of its third word but the way. `control`: its TCP flags. */
// @ts-ignore: decorator
@inline export function denialOf(control: u32): u64 {
  return <u64>(BIT_DENIED | (control << 8)) | (<u64>linkAge << 16);
}

/** The policy has denied a packet of the key; nothing is noted if that has a flow meanwhile. */
export function noteDenied(hash: u64, way: u32, control: u32, kind: u32, ingress: u32): void {
  // An older denial, or a flow that is over, would be found before another entry of the key. Else
  // only entries that have been looked at already, or need not be: others are four cache misses.
  const known = glance(keyPair, keyTail, hash) & ~1, unused = unmarked(hash);
  const first = placeOf(hash, 0), likely = isLive(first) ? first + ENTRY_SIZE : first;
  const entry = known ? known : unused ? placeOf(hash, ctz<u32>(unused)) : likely;
  const ways = <u64>kind | 0xffff0000 | (<u64>(PORT_NONE | (ingress << 8)) << 32);
  if (!isLive(entry)) write(entry, hash, keyTail, <u64>way | (denialOf(control) << 16), ways);
}

/**
 * A flow of this hash begins: what was denied may be an answer from now on. What is not alive loses
 * its key, so that the flow's entry is the only one of it.
 */
export function undeny(hash: u64): void {
  for (let bits = marked(hash); bits; bits &= bits - 1) {
    const entry = placeOf(hash, ctz<u32>(bits));
    if (!isLive(entry)) store<u64>(entry, 0, AT_TAIL);
  }
}
