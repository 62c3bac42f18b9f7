/** Ethernet II frames with up to two VLAN tags (IEEE 802.3 clause 3, IEEE 802.1Q clause 9). */
import { formatMac } from './address.ts';
import { readU16, readU48, writeU16, writeU48 } from './byte-order.ts';

export const ETHERTYPE_IPV4 = 0x0800;
export const ETHERTYPE_ARP = 0x0806;
export const ETHERTYPE_IPV6 = 0x86dd;
export const TPID_CUSTOMER = 0x8100;
export const TPID_SERVICE = 0x88a8;
/** QinQ before IEEE 802.1ad, still seen on wires. */
export const TPID_SERVICE_OLD = 0x9100;
/** A third tag is no tag to us: its TPID is the frame's type. */
export const VLAN_TAGS_MAX = 2;
export const ETHERNET_HEADER_SIZE = 14;
const TAG_SIZE = 4;

export interface VlanTag {
  /** TPID_CUSTOMER, TPID_SERVICE or TPID_SERVICE_OLD. */
  tpid: number;
  /** PCP, 0..7. */
  priority: number;
  /** DEI. */
  isDropEligible: boolean;
  /** VID, 0..4095; 0 is a priority tag, no VLAN. */
  id: number;
}

export interface EthernetFrame {
  destination: number;
  source: number;
  /** Outermost first. */
  tags: VlanTag[];
  /** EtherType after the tags, or an IEEE 802.3 length (below 0x0600), left as it is. */
  type: number;
  payload: Uint8Array;
}

export type EthernetRefusal = 'frame-too-short';

function isTpid(type: number): boolean {
  return type === TPID_CUSTOMER || type === TPID_SERVICE || type === TPID_SERVICE_OLD;
}

/**
 * Reads a frame that starts at the destination and has no FCS; the payload is a view on it.
 * Refused if it is shorter than its header or cut inside its tags.
 */
export function readEthernet(frame: Uint8Array): EthernetFrame | EthernetRefusal {
  if (frame.length < ETHERNET_HEADER_SIZE) return 'frame-too-short';
  const tags: VlanTag[] = [];
  let offset = 12;
  let type = readU16(frame, offset);
  while (isTpid(type) && tags.length < VLAN_TAGS_MAX) {
    if (offset + TAG_SIZE + 2 > frame.length) return 'frame-too-short';
    const control = readU16(frame, offset + 2);
    const isDropEligible = (control & 0x1000) !== 0;
    tags.push({ tpid: type, priority: control >>> 13, isDropEligible, id: control & 0x0fff });
    offset += TAG_SIZE;
    type = readU16(frame, offset);
  }
  return {
    destination: readU48(frame, 0),
    source: readU48(frame, 6),
    tags,
    type,
    payload: frame.subarray(offset + 2),
  };
}

/** The bytes of a frame, without padding and FCS. Throws RangeError for more than two tags. */
export function buildEthernet(fields: EthernetFrame): Uint8Array<ArrayBuffer> {
  if (fields.tags.length > VLAN_TAGS_MAX) throw new RangeError('more than two VLAN tags');
  const headerSize = ETHERNET_HEADER_SIZE + fields.tags.length * TAG_SIZE;
  const frame = new Uint8Array(headerSize + fields.payload.length);
  writeU48(frame, 0, fields.destination);
  writeU48(frame, 6, fields.source);
  let offset = 12;
  for (const tag of fields.tags) {
    writeU16(frame, offset, tag.tpid);
    const dropEligible = tag.isDropEligible ? 0x1000 : 0;
    writeU16(frame, offset + 2, (tag.priority << 13) | dropEligible | tag.id);
    offset += TAG_SIZE;
  }
  writeU16(frame, offset, fields.type);
  frame.set(fields.payload, headerSize);
  return frame;
}

/** Such as `02:00:0a:01:00:14 > ff:ff:ff:ff:ff:ff vlan 7 ethertype 0x0806`. */
export function describeEthernet(frame: EthernetFrame): string {
  const tags = frame.tags.map((tag) => ` vlan ${tag.id}`).join('');
  const type =
    frame.type < 0x0600
      ? `802.3 length ${frame.type}`
      : `ethertype 0x${frame.type.toString(16).padStart(4, '0')}`;
  return `${formatMac(frame.source)} > ${formatMac(frame.destination)}${tags} ${type}`;
}
