/** IP protocol numbers (IANA "Assigned Internet Protocol Numbers") that this stack knows. */

export const PROTOCOL_HOP_BY_HOP = 0;
export const PROTOCOL_ICMP = 1;
export const PROTOCOL_TCP = 6;
export const PROTOCOL_UDP = 17;
export const PROTOCOL_ROUTING = 43;
export const PROTOCOL_FRAGMENT = 44;
export const PROTOCOL_AUTHENTICATION = 51;
export const PROTOCOL_ICMPV6 = 58;
export const PROTOCOL_DESTINATION_OPTIONS = 60;
export const PROTOCOL_SCTP = 132;
export const PROTOCOL_MOBILITY = 135;

const NAMES = new Map([
  [PROTOCOL_ICMP, 'icmp'],
  [PROTOCOL_TCP, 'tcp'],
  [PROTOCOL_UDP, 'udp'],
  [PROTOCOL_ICMPV6, 'icmp6'],
  [PROTOCOL_SCTP, 'sctp'],
]);

/** The name of a protocol that has one here, or `ip proto N`. */
export function describeProtocol(protocol: number): string {
  return NAMES.get(protocol) ?? `ip proto ${protocol}`;
}

/** Whether layer 4 begins with two ports. */
export function hasPorts(protocol: number): boolean {
  return protocol === PROTOCOL_TCP || protocol === PROTOCOL_UDP || protocol === PROTOCOL_SCTP;
}
