/**
 * The router's own addresses, by port, as configuration tells them.
 *
 *   entry   u32 address   u8 length   u8 configured   u16 0   u64 mac
 */
import { PORTS_MAX } from 'sluice/abi';
import { maskOf } from 'sluice/address';

const ENTRY_SIZE: usize = 16;
const LENGTH: usize = 4;
const CONFIGURED: usize = 5;
const MAC: usize = 8;
/** A subnet of this length or longer has neither a network nor a broadcast address (RFC 3021). */
const LENGTH_POINT_TO_POINT: u32 = 31;

const entries: usize = memory.data(512, 64); // PORTS_MAX * ENTRY_SIZE

function entryAt(port: u32): usize { return entries + <usize>port * ENTRY_SIZE; }

/** Takes a port's interface in, in place of one that it had. Impossible ones are ignored. */
export function setInterface(port: u32, address: u32, length: u32, mac: u64): void {
  if (port >= <u32>PORTS_MAX || length > 32) return;
  const entry = entryAt(port);
  store<u32>(entry, address);
  store<u8>(entry, <u8>length, LENGTH);
  store<u8>(entry, 1, CONFIGURED);
  store<u64>(entry, mac, MAC);
}

/** Whether the port has an address. */
export function isConfigured(port: u32): bool {
  return port < <u32>PORTS_MAX && load<u8>(entryAt(port), CONFIGURED) != 0;
}

/** The address of a configured port. */
export function interfaceAddress(port: u32): u32 { return load<u32>(entryAt(port)); }

/** The MAC address of a configured port. */
export function interfaceMac(port: u32): u64 { return load<u64>(entryAt(port), MAC); }

/** Whether it is the network or broadcast address of the configured port's subnet. */
export function isSubnetEdge(port: u32, address: u32): bool {
  const length: u32 = load<u8>(entryAt(port), LENGTH);
  if (length >= LENGTH_POINT_TO_POINT) return false;
  const mask = maskOf(length);
  const network = interfaceAddress(port) & mask;
  return address == network || address == (network | ~mask);
}

/** Whether it is the network or broadcast address of any of the router's subnets. */
export function isAnySubnetEdge(address: u32): bool {
  for (let port: u32 = 0; port < <u32>PORTS_MAX; port++) {
    if (isConfigured(port) && isSubnetEdge(port, address)) return true;
  }
  return false;
}

/** Whether it is one of the router's own addresses. */
export function isOwnAddress(address: u32): bool {
  for (let port: u32 = 0; port < <u32>PORTS_MAX; port++) {
    if (isConfigured(port) && interfaceAddress(port) == address) return true;
  }
  return false;
}
