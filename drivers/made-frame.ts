import { CAPTURED_LENGTH_MAX } from './capture-limits.ts';
import { FrameCopier } from './frame-copier.ts';
import {
  LINK_TYPE_IPV4,
  LINK_TYPE_IPV6,
  LINK_TYPE_LINUX_SLL,
  LINK_TYPE_LINUX_SLL2,
  LINK_TYPE_LOOP,
  LINK_TYPE_NULL,
} from './link-type.ts';

/*
 * What stands before the packet, by link type (tcpdump.org, link-layer header types):
 *
 *   raw IP        nothing
 *   null, loop    0 u32 address family; in the byte order of who captured, or big endian
 *   Linux SLL     0 u16 kind · 2 u16 ARPHRD · 4 u16 address size · 6 address · 14 u16 protocol
 *   Linux SLL2    0 u16 protocol · 2 u16 0 · 4 u32 interface · 8 u16 ARPHRD · 10 u8 kind
 *                11 u8 address size · 12 address (8 bytes in both)
 */
const FAMILY_SIZE = 4;
const FAMILY_MAX = 0xffff;
const FAMILY_IPV4 = 2;
/** Of NetBSD and OpenBSD, FreeBSD, macOS, Linux and Windows. */
const FAMILIES_IPV6 = [24, 28, 30, 10, 23];
const SLL_SIZE = 16;
const SLL_ADDRESS_SIZE_OFFSET = 4;
const SLL_ADDRESS_OFFSET = 6;
const SLL_PROTOCOL_OFFSET = 14;
const SLL2_SIZE = 20;
const SLL2_ADDRESS_SIZE_OFFSET = 11;
const SLL2_ADDRESS_OFFSET = 12;

const ETHERNET_SIZE = 14;
const MAC_SIZE = 6;
const ETHER_TYPE_OFFSET = 12;
const ETHER_IPV4 = 0x0800;
const ETHER_IPV6 = 0x86dd;
/** Reserved for ever (IEEE): of a family that no EtherType stands for. */
const ETHER_NONE = 0xffff;
/**
 * Protocols below are no EtherTypes: Linux counts its own kinds there, IEEE 802.3's are lengths.
 */
const ETHER_TYPE_MIN = 0x0600;
const ETHER_LENGTH_MAX = 1500;
/** A locally administered unicast address: 02:00, and four bytes of the IP address. */
const HOST_MAC_FIRST = 0x02;

/**
 * An Ethernet frame made of a record of another link layer: `bytes` from 0 to `length`, after
 * `make`. The addresses are the sender's own where Linux tells it; else 02:00 and the last four
 * bytes of the IP address, as the far side of a port has them. A group's frame goes to the group's
 * address (RFC 1112 §6.4, RFC 2464 §7), IPv4 broadcast to all.
 */
export class MadeFrame {
  readonly bytes = new Uint8Array(ETHERNET_SIZE + CAPTURED_LENGTH_MAX);
  length = 0;
  wireLength = 0;
  private readonly view = new DataView(this.bytes.buffer);
  private readonly copier = new FrameCopier(this.bytes);

  /** Makes it of bytes `start`..`end` of a record that were `wireLength` on the wire. */
  make(
    linkType: number,
    view: DataView,
    raw: Uint8Array,
    start: number,
    end: number,
    wireLength: number,
  ): void {
    const headerSize = headerSizeOf(linkType);
    this.wireLength = Math.max(0, wireLength - headerSize + ETHERNET_SIZE);
    // Without its header nobody knows what it is: a frame of which nothing was captured.
    this.length = 0;
    const packet = start + headerSize;
    if (packet > end) return;
    this.length = ETHERNET_SIZE + end - packet;
    this.copier.copy(raw, packet, end, ETHERNET_SIZE);
    const type = this.etherTypeOf(linkType, view, start, wireLength - headerSize);
    this.view.setUint16(ETHER_TYPE_OFFSET, type);
    this.address(type);
    if (linkType === LINK_TYPE_LINUX_SLL) {
      const size = view.getUint16(start + SLL_ADDRESS_SIZE_OFFSET);
      if (size === MAC_SIZE) this.takeSource(raw, start + SLL_ADDRESS_OFFSET);
    } else if (linkType === LINK_TYPE_LINUX_SLL2) {
      const size = raw[start + SLL2_ADDRESS_SIZE_OFFSET];
      if (size === MAC_SIZE) this.takeSource(raw, start + SLL2_ADDRESS_OFFSET);
    }
  }

  private etherTypeOf(linkType: number, view: DataView, start: number, size: number): number {
    switch (linkType) {
      case LINK_TYPE_IPV4:
        return ETHER_IPV4;
      case LINK_TYPE_IPV6:
        return ETHER_IPV6;
      case LINK_TYPE_NULL:
      case LINK_TYPE_LOOP:
        return etherTypeOfFamily(view, start);
      case LINK_TYPE_LINUX_SLL:
        return etherTypeOfProtocol(view.getUint16(start + SLL_PROTOCOL_OFFSET), size);
      case LINK_TYPE_LINUX_SLL2:
        return etherTypeOfProtocol(view.getUint16(start), size);
      default:
        // Raw IP: the version is in the packet. What is neither is a bad IPv4 packet.
        return this.bytes[ETHERNET_SIZE] >>> 4 === 6 ? ETHER_IPV6 : ETHER_IPV4;
    }
  }

  /** Both addresses, of what the packet says itself. */
  private address(type: number): void {
    const { bytes } = this;
    bytes.fill(0, 0, 2 * MAC_SIZE);
    bytes[0] = HOST_MAC_FIRST;
    bytes[MAC_SIZE] = HOST_MAC_FIRST;
    if (type === ETHER_IPV4 && this.length >= ETHERNET_SIZE + 20) {
      const target = ETHERNET_SIZE + 16;
      bytes.copyWithin(MAC_SIZE + 2, ETHERNET_SIZE + 12, ETHERNET_SIZE + 16);
      bytes.copyWithin(2, target, target + 4);
      if (bytes[target] >>> 4 === 0xe) {
        bytes.set(IPV4_GROUP, 0);
        bytes[3] = bytes[target + 1] & 0x7f;
      } else if (this.view.getUint32(target) === 0xffff_ffff) bytes.fill(0xff, 0, MAC_SIZE);
    } else if (type === ETHER_IPV6 && this.length >= ETHERNET_SIZE + 40) {
      const target = ETHERNET_SIZE + 24;
      bytes.copyWithin(MAC_SIZE + 2, target - 4, target);
      bytes.copyWithin(2, target + 12, target + 16);
      if (bytes[target] === 0xff) bytes.set(IPV6_GROUP, 0);
    }
  }

  /** The sender's address, if it can be one: not a group's, not that of a loopback. */
  private takeSource(raw: Uint8Array, at: number): void {
    let any = 0;
    for (let index = 0; index < MAC_SIZE; index++) any |= raw[at + index];
    if (any === 0 || (raw[at] & 1) !== 0) return;
    for (let index = 0; index < MAC_SIZE; index++) this.bytes[MAC_SIZE + index] = raw[at + index];
  }
}

const IPV4_GROUP = [0x01, 0x00, 0x5e];
const IPV6_GROUP = [0x33, 0x33];

function headerSizeOf(linkType: number): number {
  switch (linkType) {
    case LINK_TYPE_NULL:
    case LINK_TYPE_LOOP:
      return FAMILY_SIZE;
    case LINK_TYPE_LINUX_SLL:
      return SLL_SIZE;
    case LINK_TYPE_LINUX_SLL2:
      return SLL2_SIZE;
    default:
      return 0;
  }
}

/**
 * No family is above 65,535, so one that is was written in the other byte order. What is no family
 * in either is the EtherType that some write there, as Wireshark reads it.
 */
function etherTypeOfFamily(view: DataView, start: number): number {
  const big = view.getUint32(start);
  const little = view.getUint32(start, true);
  const family = big <= FAMILY_MAX || little > FAMILY_MAX ? big & FAMILY_MAX : little;
  if (family === FAMILY_IPV4) return ETHER_IPV4;
  if (family >= ETHER_TYPE_MIN) return family;
  return FAMILIES_IPV6.includes(family) ? ETHER_IPV6 : ETHER_NONE;
}

function etherTypeOfProtocol(protocol: number, size: number): number {
  if (protocol >= ETHER_TYPE_MIN) return protocol;
  return size <= ETHER_LENGTH_MAX ? size : ETHER_NONE;
}
