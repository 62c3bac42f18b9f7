/**
 * TCP as a firewall follows it (RFC 9293 3.3.2, RFC 5382 REQ-2): enough to give a connection the
 * right time-out, not to check windows.
 */
import {
  AT_BITS, AT_FINS, AT_POLICY, AT_STATE, BIT_CONNECTION, FLOW_TCP_CLOSED, FLOW_TCP_CLOSING,
  FLOW_TCP_ESTABLISHED, FLOW_TCP_RESET, FLOW_TCP_SYN, FLOW_TCP_SYN_ACK,
} from './flow-states';
import { setBits, unsettle } from './flow-table';
import { ACK, FIN, RST, SYN } from './protocol-numbers';

/** Flags that no TCP sends: SYN with FIN or RST, or none of SYN, ACK and RST. */
export function isTcpInvalid(flags: u32): bool {
  return flags & SYN ? (flags & (FIN | RST)) != 0 : !(flags & (ACK | RST));
}

/** The first segment of a connection: SYN without ACK. */
export function isTcpOpening(flags: u32): bool { return (flags & (SYN | ACK)) == SYN; }

/** A connection of which its end has been seen: its tuple may be used again. */
export function isTcpOver(state: u32): bool {
  return state == FLOW_TCP_CLOSING || state == FLOW_TCP_CLOSED || state == FLOW_TCP_RESET;
}

/** A segment of a connection that was reset, and that neither resets it again nor begins anew. */
export function isAfterReset(state: u32, flags: u32): bool {
  return state == FLOW_TCP_RESET && !(flags & RST) && !isTcpOpening(flags);
}

function setState(entry: usize, state: u32): void {
  unsettle(entry);
  store<u8>(entry, <u8>state, AT_STATE);
}

/** Moves the entry's state on by a segment seen forward or backward. */
export function nextTcpState(entry: usize, flags: u32, isBackward: bool, policyFlow: u32): void {
  const state = <u32>load<u8>(entry, AT_STATE);
  if (flags & RST) return setState(entry, FLOW_TCP_RESET);
  if (isTcpOpening(flags)) {
    if (state == FLOW_TCP_SYN && isBackward) setState(entry, FLOW_TCP_SYN_ACK); // both open at once
    if (isTcpOver(state)) {
      // The tuple is used again: a new connection, admitted anew, in the same entry.
      setState(entry, FLOW_TCP_SYN);
      store<u16>(entry, <u16>policyFlow, AT_POLICY);
      setBits(entry, load<u8>(entry, AT_BITS) | BIT_CONNECTION);
      store<u8>(entry, 0, AT_FINS);
    }
    return;
  }
  if (flags & FIN) {
    const fins = <u32>load<u8>(entry, AT_FINS) | (isBackward ? 2 : 1);
    store<u8>(entry, <u8>fins, AT_FINS);
    return setState(entry, fins == 3 ? FLOW_TCP_CLOSED : FLOW_TCP_CLOSING);
  }
  if (state == FLOW_TCP_SYN && isBackward) {
    setState(entry, flags & SYN ? FLOW_TCP_SYN_ACK : FLOW_TCP_ESTABLISHED);
  } else if (state == FLOW_TCP_SYN_ACK && !(flags & SYN)) setState(entry, FLOW_TCP_ESTABLISHED);
}
