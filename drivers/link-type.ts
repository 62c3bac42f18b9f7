/** Numbers of tcpdump.org's registry of link-layer header types. */
export const LINK_TYPE_NULL = 0;
export const LINK_TYPE_ETHERNET = 1;
export const LINK_TYPE_RAW_BSD = 12;
export const LINK_TYPE_RAW_OPENBSD = 14;
export const LINK_TYPE_RAW = 101;
export const LINK_TYPE_LOOP = 108;
export const LINK_TYPE_LINUX_SLL = 113;
export const LINK_TYPE_IPV4 = 228;
export const LINK_TYPE_IPV6 = 229;
export const LINK_TYPE_LINUX_SLL2 = 276;

const READ_LINK_TYPES: ReadonlySet<number> = new Set([
  LINK_TYPE_NULL,
  LINK_TYPE_ETHERNET,
  LINK_TYPE_RAW_BSD,
  LINK_TYPE_RAW_OPENBSD,
  LINK_TYPE_RAW,
  LINK_TYPE_LOOP,
  LINK_TYPE_LINUX_SLL,
  LINK_TYPE_IPV4,
  LINK_TYPE_IPV6,
  LINK_TYPE_LINUX_SLL2,
]);

/** Types that are met now and then and are not read. */
const LINK_TYPE_NAMES: Readonly<Record<number, string>> = {
  9: 'PPP',
  104: 'Cisco HDLC',
  105: 'IEEE 802.11',
  127: 'IEEE 802.11 with radiotap',
  147: 'private use 0',
  189: 'USB, Linux',
  192: 'per-packet information',
  195: 'IEEE 802.15.4',
  201: 'Bluetooth HCI',
  220: 'USB, Linux, padded',
  227: 'CAN',
  239: 'netfilter log',
  249: 'USBPcap',
  253: 'netlink',
  272: 'nordic BLE',
};

export function isLinkTypeRead(linkType: number): boolean {
  return READ_LINK_TYPES.has(linkType);
}

/** The number, and its name where it is known: "127 (IEEE 802.11 with radiotap)". */
export function describeLinkType(linkType: number): string {
  const name = LINK_TYPE_NAMES[linkType];
  return name === undefined ? String(linkType) : `${linkType} (${name})`;
}
