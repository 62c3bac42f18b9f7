/** Numbers of tcpdump.org's registry of link-layer header types. */
export const LINK_TYPE_ETHERNET = 1;

/** Types that are met now and then, by the names of their pages in the registry. */
const LINK_TYPE_NAMES: Readonly<Record<number, string>> = {
  [LINK_TYPE_ETHERNET]: 'Ethernet',
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
  return linkType === LINK_TYPE_ETHERNET;
}

/** The number, and its name where it is known: "127 (IEEE 802.11 with radiotap)". */
export function describeLinkType(linkType: number): string {
  const name = LINK_TYPE_NAMES[linkType];
  return name === undefined ? String(linkType) : `${linkType} (${name})`;
}
