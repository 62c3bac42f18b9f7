/**
 * Classify: which of all the declared predicates a packet satisfies, as one number. The tables are
 * an automaton over the fields that some predicate tests: a step looks up the equivalence class of
 * its field's value and goes to the next state; the last state is the class. The steps come in the
 * order of the fields here, so they are written out: a loop over them cost twice as much.
 */
import {
  STEP_DPORT, STEP_DST, STEP_ETHER_TYPE, STEP_INGRESS, STEP_MAP_OFFSET, STEP_PROTO, STEP_SIZE,
  STEP_SPORT, STEP_SRC, STEP_TAGGED, STEP_TRANSITIONS_OFFSET, STEP_WIDTH_OFFSET, TABLE_STEPS,
  TABLE_STEP_COUNT,
} from '../boot/table-layout';
import {
  DIRTY_VLAN, ethType, ipv4Dst, ipv4Proto, ipv4Src, l4Dport, l4Sport, metaIngress, rowDirty,
  rowMatchDst, rowMatchSrc, rowTags, vlanId,
} from './row-columns';
import { u16At, u32At, u8At } from './rows';
import { lookupRange, part, section, word } from './tables';

/** A step a field: u32 map, u32 transitions, u32 width; map 0: no predicate tests the field. */
const steps: usize = memory.data(8 * 16, 64);

export function openClasses(): void {
  let from = section(TABLE_STEPS);
  for (let n = word(TABLE_STEP_COUNT); n > 0; n--, from += STEP_SIZE) {
    const step = steps + (<usize>load<u32>(from) << 4);
    store<u32>(step, <u32>part(load<u32>(from, STEP_MAP_OFFSET)));
    store<u32>(step, <u32>part(load<u32>(from, STEP_TRANSITIONS_OFFSET)), 4);
    store<u32>(step, load<u32>(from, STEP_WIDTH_OFFSET), 8);
  }
}

/** The class of the packet in `row`, from its columns as they are now. */
export function classify(row: i32): u32 {
  let state: u32 = 0;
  // A packet has addresses of IPv4 or of ARP: the others are 0.
  if (tests(STEP_ETHER_TYPE)) state = narrow(STEP_ETHER_TYPE, state, u16At(ethType, row));
  if (tests(STEP_TAGGED)) state = narrow(STEP_TAGGED, state, isTagged(row));
  if (tests(STEP_INGRESS)) state = narrow(STEP_INGRESS, state, u8At(metaIngress, row));
  if (tests(STEP_PROTO)) state = narrow(STEP_PROTO, state, u8At(ipv4Proto, row));
  if (tests(STEP_SRC)) state = wide(STEP_SRC, state, u32At(ipv4Src, row) | u32At(rowMatchSrc, row));
  if (tests(STEP_DST)) state = wide(STEP_DST, state, u32At(ipv4Dst, row) | u32At(rowMatchDst, row));
  if (tests(STEP_SPORT)) state = narrow(STEP_SPORT, state, u16At(l4Sport, row));
  if (tests(STEP_DPORT)) state = narrow(STEP_DPORT, state, u16At(l4Dport, row));
  return state;
}

/** A tag that a module has put in or taken out counts from then on. */
function isTagged(row: i32): u32 {
  return (u16At(rowDirty, row) & DIRTY_VLAN ? u16At(vlanId, row) : u8At(rowTags, row)) ? 1 : 0;
}

// @ts-ignore: decorator
@inline function stepOf(field: i32): usize { return steps + (<usize>field << 4); }
// @ts-ignore: decorator
@inline function tests(field: i32): bool { return load<u32>(stepOf(field)) != 0; }

// @ts-ignore: decorator
@inline function narrow(field: i32, state: u32, value: u32): u32 {
  const step = stepOf(field);
  return next(step, state, load<u16>(<usize>load<u32>(step) + (<usize>value << 1)));
}

// @ts-ignore: decorator
@inline function wide(field: i32, state: u32, value: u32): u32 {
  const step = stepOf(field);
  return next(step, state, lookupRange(load<u32>(step), value));
}

// @ts-ignore: decorator
@inline function next(step: usize, state: u32, equivalence: u32): u32 {
  const index = state * load<u32>(step, 8) + equivalence;
  return load<u16>(<usize>load<u32>(step, 4) + (<usize>index << 1));
}
