/**
 * Why a packet went no further: the names of the ABI's numbers, and what operators should know.
 * The names are API. A data table.
 */
import * as abi from './abi.ts';

const NOT_REASONS: readonly string[] = ['DROP_NONE', 'DROP_NAMED_FIRST', 'DROP_REASONS_MAX'];

const idsByName = new Map<string, number>();
const namesById = new Map<number, string>();
for (const [constant, id] of Object.entries(abi) as [string, number][]) {
  if (!constant.startsWith('DROP_') || NOT_REASONS.includes(constant)) continue;
  const name = constant.slice('DROP_'.length).toLowerCase().replaceAll('_', '-');
  idsByName.set(name, id);
  namesById.set(id, name);
}

/** The names of the kernel's drop reasons, in the order of their numbers. */
export const dropReasonNames: readonly string[] = [...namesById.keys()]
  .sort((a, b) => a - b)
  .map((id) => namesById.get(id)!);

/** The name of a kernel drop reason, or undefined where the ABI has none of that number. */
export function dropReasonName(id: number): string | undefined {
  return namesById.get(id);
}

/** The number of a kernel drop reason, or undefined where the ABI has none of that name. */
export function dropReasonId(name: string): number | undefined {
  return idsByName.get(name);
}

/** For every drop reason, what happened and what to do about it, in one sentence each. */
export const dropReasonDescriptions: Readonly<
  Record<string, { readonly meaning: string; readonly action: string }>
> = {
  'frame-too-short': {
    meaning: 'The frame ends within its Ethernet header or VLAN tags.',
    action: 'Look at the sending device or the capture: such frames do not exist on a good wire.',
  },
  'frame-too-long': {
    meaning: 'The frame does not fit a frame slot of 2,048 bytes.',
    action: 'Turn jumbo frames and receive offloads off at the sender or where it was captured.',
  },
  'capture-truncated': {
    meaning: 'The capture holds only the first bytes of this frame.',
    action: 'Capture again with a snap length of 0 (tcpdump -s 0).',
  },
  'other-host': {
    meaning: "The frame's destination MAC address is not the port's own.",
    action: 'Replay without --as-captured, or give the port the MAC address of the old gateway.',
  },
  'port-down': {
    meaning: 'The port that the frame arrived on or should leave by is down.',
    action: 'Give the port an interface in the router file, and check its wire.',
  },
  'ipv4-too-short': {
    meaning: 'The frame says IPv4 but holds less than 20 bytes of it.',
    action: 'Look at the sending device: it sends broken packets.',
  },
  'ipv4-version': {
    meaning: 'The frame says IPv4 but its version field does not.',
    action: 'Look at the sending device: it sends broken packets.',
  },
  'ipv4-header-length': {
    meaning: 'The IPv4 header says that it is shorter than 20 bytes.',
    action: 'Look at the sending device: it sends broken packets.',
  },
  'ipv4-checksum': {
    meaning: 'The IPv4 header checksum is wrong.',
    action: 'If the capture was taken with checksum offload, replay with --fix-checksums.',
  },
  'ipv4-total-length': {
    meaning: 'The IPv4 total length is shorter than the header.',
    action: 'If the capture was taken with segmentation offload, turn that off and capture again.',
  },
  'ipv4-truncated': {
    meaning: 'The IPv4 packet says that it is longer than the frame that carries it.',
    action: 'Look at the sending device, or capture again with a snap length of 0.',
  },
  'ipv6-too-short': {
    meaning: 'The frame says IPv6 but holds less than 40 bytes of it.',
    action: 'Look at the sending device: it sends broken packets.',
  },
  'ipv6-version': {
    meaning: 'The frame says IPv6 but its version field does not.',
    action: 'Look at the sending device: it sends broken packets.',
  },
  'ipv6-truncated': {
    meaning: 'The IPv6 packet says that it is longer than the frame that carries it.',
    action: 'Look at the sending device, or capture again with a snap length of 0.',
  },
  'ipv6-extension': {
    meaning: 'The IPv6 extension headers run out of the packet, or there are more than eight.',
    action: 'Look at the sending device: this is how filters are evaded.',
  },
  'ipv6-not-forwarded': {
    meaning: 'The packet is IPv6, which this router does not forward.',
    action: 'Nothing, unless the traffic is needed: then use IPv4 for it.',
  },
  fragment: {
    meaning: 'The packet is a fragment other than the first, and fragments are not reassembled.',
    action: 'Lower the MTU at the sender, or let it use path MTU discovery.',
  },
  'l4-truncated': {
    meaning: 'The packet ends within its TCP, UDP, ICMP or SCTP header.',
    action: 'Look at the sending device: tiny fragments like this are used to evade filters.',
  },
  'ipv4-options': {
    meaning: 'The list of IPv4 options is malformed: a length is impossible.',
    action: 'Look at the sending device: a source route may hide behind such a list.',
  },
  'source-route': {
    meaning: 'The IPv4 header asks for a route of its own (loose or strict source route).',
    action: 'Find out who sends it: it is used to get around filters.',
  },
  martian: {
    meaning: 'The source or destination is an address that no packet may carry on a wire.',
    action: 'Look at the sending device: its address is not configured, or it forges addresses.',
  },
  spoofed: {
    meaning: 'The source is not on the subnets and routes of the port that the packet came in by.',
    action: 'Add a route if the source really lives behind that port; else find who forges it.',
  },
  broadcast: {
    meaning: 'The packet is a broadcast, and routers do not forward these.',
    action: 'Nothing: this is ordinary.',
  },
  multicast: {
    meaning: 'The packet is a multicast, which this router does not forward.',
    action: 'Nothing, unless the traffic is needed in another zone.',
  },
  unlinked: {
    meaning: 'No link of the system description takes packets of this kind any further.',
    action: 'Nothing for protocols that the router does not speak; else add a link.',
  },
  denied: {
    meaning: 'No flow of the router file permits the packet.',
    action: 'Add a flow if the traffic is wanted; the report names both ends.',
  },
  'tcp-not-syn': {
    meaning: 'A TCP connection was first seen in its middle.',
    action: 'Use --pickup (or options: { tcp-pickup: true }) if the capture began in its middle.',
  },
  'tcp-invalid': {
    meaning: 'The TCP flags make no sense in the state that the connection is in.',
    action: 'Look at the sender: scanners and broken stacks send these.',
  },
  'icmp-unsolicited': {
    meaning: 'An ICMP error or reply belongs to no flow that the router carries.',
    action: 'Nothing, unless one host sends many.',
  },
  'flow-table-full': {
    meaning:
      'No room for another connection in the flow table, or one of its tuple has not ended yet.',
    action: 'Raise flow-capacity in the board file, or find the host that opens so many.',
  },
  'same-segment': {
    meaning: 'Source and destination are on the same port: they need no router.',
    action: 'Nothing: the capture holds traffic between neighbours.',
  },
  'wrong-port': {
    meaning: 'A module chose another port than the one that the destination is connected to.',
    action: 'Check the routes; if they are right, the routing module is at fault.',
  },
  'ttl-expired': {
    meaning: 'The time to live ran out.',
    action: 'Nothing for traceroute; else look for a routing loop.',
  },
  'too-big': {
    meaning: 'The packet is longer than the MTU of its egress port and may not be fragmented.',
    action: 'Raise the MTU of that interface, or lower it at the sender.',
  },
  'no-route': {
    meaning: 'No route covers the destination.',
    action: 'Add a route, or a default route, to the router file.',
  },
  'host-unreachable': {
    meaning: 'The next hop did not answer ARP.',
    action: 'Check that it is up, and that its address is on the subnet of that interface.',
  },
  'by-module': {
    meaning: 'A module dropped the packet without giving a reason.',
    action: "Read the module's README.",
  },
  violation: {
    meaning: 'A module tried something that its manifest does not declare.',
    action: 'Read the audit log, and do not trust that module.',
  },
  fault: {
    meaning: 'A module failed on this packet: it trapped or exceeded a limit.',
    action: 'Read the audit log; a packet that does this may have been made to.',
  },
  quarantined: {
    meaning: 'The module that should handle the packet has failed too often and is switched off.',
    action: 'Read the audit log: it says why; the module runs again after a boot.',
  },
  loop: {
    meaning: 'A frame made by a module caused more than four further ones in turn.',
    action: 'Check the links of the system description: modules answer one another.',
  },
  unpermitted: {
    meaning: 'A packet was about to leave without the stamp of the policy.',
    action: 'Check that every link to tx comes after policy, or from a declared answer.',
  },
  'hold-full': {
    meaning: 'Too many packets already wait for a neighbour to answer.',
    action: 'Look for a host that sends to many addresses that do not exist.',
  },
  'tx-ring-full': {
    meaning: 'The egress port could not take frames as fast as they came.',
    action: 'Reduce the load; the port is slower than what is sent to it.',
  },
  'arena-full': {
    meaning: 'No frame slot was free.',
    action: 'Raise frame-slots in the board file.',
  },
};
