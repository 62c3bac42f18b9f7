/**
 * Classify: which of all the declared predicates a packet satisfies, as one number. The tables are
 * an automaton over the fields that some predicate tests: a step looks up the equivalence class of
 * its field's value and goes to the next state; the last state is the class.
 */
import {
  STEP_DPORT, STEP_DST, STEP_ETHER_TYPE, STEP_INGRESS, STEP_MAP_OFFSET, STEP_PROTO, STEP_SIZE,
  STEP_SPORT, STEP_SRC, STEP_TAGGED, STEP_TRANSITIONS_OFFSET, STEP_WIDTH_OFFSET, TABLE_STEPS,
  TABLE_STEP_COUNT,
} from '../boot/table-layout';
import {
  DIRTY_VLAN, ethType, ipv4Proto, ipv6Next, l4Dport, l4Sport, metaIngress, rowDirty, rowMatchDst,
  rowMatchSrc, rowTags, u16At, u32At, u8At, vlanId,
} from './rows';
import { lookupRange, part, section, word } from './tables';

let steps: usize = 0;
let end: usize = 0;

export function openClasses(): void {
  steps = section(TABLE_STEPS);
  end = steps + <usize>word(TABLE_STEP_COUNT) * STEP_SIZE;
}

/** The class of the packet in `row`, from its columns as they are now. */
export function classify(row: i32): u32 {
  let state: u32 = 0;
  for (let step = steps; step < end; step += STEP_SIZE) {
    const map = part(load<u32>(step, STEP_MAP_OFFSET));
    let equivalence: u32 = 0;
    switch (load<u32>(step)) {
      case STEP_SRC: equivalence = lookupRange(map, u32At(rowMatchSrc, row)); break;
      case STEP_DST: equivalence = lookupRange(map, u32At(rowMatchDst, row)); break;
      case STEP_ETHER_TYPE: equivalence = narrow(map, u16At(ethType, row)); break;
      case STEP_TAGGED: equivalence = narrow(map, isTagged(row)); break;
      case STEP_INGRESS: equivalence = narrow(map, u8At(metaIngress, row)); break;
      case STEP_PROTO:
        equivalence = narrow(map, u8At(ipv4Proto, row) | u8At(ipv6Next, row));
        break;
      case STEP_SPORT: equivalence = narrow(map, u16At(l4Sport, row)); break;
      case STEP_DPORT: equivalence = narrow(map, u16At(l4Dport, row)); break;
      default: unreachable();
    }
    const width = load<u32>(step, STEP_WIDTH_OFFSET);
    const next = part(load<u32>(step, STEP_TRANSITIONS_OFFSET));
    state = load<u16>(next + (<usize>(state * width + equivalence) << 1));
  }
  return state;
}

/** A tag that a module has put in or taken out counts from then on. */
function isTagged(row: i32): u32 {
  return (u16At(rowDirty, row) & DIRTY_VLAN ? u16At(vlanId, row) : u8At(rowTags, row)) ? 1 : 0;
}

// @ts-ignore: decorator
@inline function narrow(map: usize, value: u32): u32 {
  return load<u16>(map + (<usize>value << 1));
}
