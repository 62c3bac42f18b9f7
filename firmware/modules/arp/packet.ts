/**
 * ARP packets of IPv4 over Ethernet, read and built (RFC 826).
 */
import {
  ARP_ETHERNET, ARP_HARDWARE, ARP_HARDWARE_SIZE, ARP_OPERATION, ARP_PROTOCOL, ARP_PROTOCOL_SIZE,
  ARP_REPLY, ARP_REQUEST, ARP_SENDER, ARP_SENDER_MAC, ARP_TARGET, ARP_TARGET_MAC,
} from 'sluice/arp';
import {
  ETHERNET_DST, ETHERNET_SIZE, ETHERNET_SRC, ETHERNET_TYPE, ETHER_ARP, ETHER_IPV4,
} from 'sluice/ethernet';
import { setWire16, setWire32, setWireMac, wire16 } from 'sluice/wire';

/** Whether the bytes are a request or reply about IPv4 addresses on Ethernet. */
export function isWellFormed(packet: usize): bool {
  const operation = wire16(packet + ARP_OPERATION);
  return wire16(packet + ARP_HARDWARE) == ARP_ETHERNET
    && wire16(packet + ARP_PROTOCOL) == ETHER_IPV4
    && load<u8>(packet + ARP_HARDWARE_SIZE) == 6
    && load<u8>(packet + ARP_PROTOCOL_SIZE) == 4
    && (operation == ARP_REQUEST || operation == ARP_REPLY);
}

/** Writes frame and packet; `targetMac` is 0 in a request, which goes to `destination`. */
export function buildFrame(
  frame: usize, operation: u32, destination: u64, senderMac: u64, sender: u32,
  targetMac: u64, target: u32,
): void {
  setWireMac(frame + ETHERNET_DST, destination);
  setWireMac(frame + ETHERNET_SRC, senderMac);
  setWire16(frame + ETHERNET_TYPE, ETHER_ARP);
  const packet = frame + ETHERNET_SIZE;
  setWire16(packet + ARP_HARDWARE, ARP_ETHERNET);
  setWire16(packet + ARP_PROTOCOL, ETHER_IPV4);
  store<u8>(packet + ARP_HARDWARE_SIZE, 6);
  store<u8>(packet + ARP_PROTOCOL_SIZE, 4);
  setWire16(packet + ARP_OPERATION, operation);
  setWireMac(packet + ARP_SENDER_MAC, senderMac);
  setWire32(packet + ARP_SENDER, sender);
  setWireMac(packet + ARP_TARGET_MAC, targetMac);
  setWire32(packet + ARP_TARGET, target);
}
