/** The ports, as boot configured them. */
import { PORTS_MAX } from '../../config/abi';
import {
  PORT_ADDRESS_OFFSET, PORT_CONFIGURED_OFFSET, PORT_MTU_OFFSET, PORT_ZONE_OFFSET, TABLE_PORT_COUNT,
  TABLE_ZONE_COUNT,
} from '../boot/table-layout';
import { portAt, word } from './tables';

export let portCount: u32 = 0;
/** Number of the zone `router`. */
export let routerZone: u32 = 0;

export function openPorts(): void {
  portCount = word(TABLE_PORT_COUNT);
  routerZone = word(TABLE_ZONE_COUNT);
  memory.fill(zones, <u8>ZONE_NONE, 256);
  for (let port: u32 = 0; port < portCount; port++) {
    const p = portAt(port);
    if (load<u8>(p, PORT_CONFIGURED_OFFSET)) store<u8>(zones + port, load<u8>(p, PORT_ZONE_OFFSET));
  }
}

const ZONE_NONE: u32 = 255;
/** u8 a port: its zone. */
const zones: usize = memory.data(256, 64);
/** ZONE_NONE where there is no such port. */
// @ts-ignore: decorator
@inline export function portZone(port: u32): u32 { return load<u8>(zones + (port & 255)); }
// @ts-ignore: decorator
@inline export function isConfigured(port: u32): bool { return portZone(port) != ZONE_NONE; }
/** u8 a port: the link is down. */
const down: usize = memory.data(PORTS_MAX, 64);
/** How often a link has come or gone: packets may go another way since. */
export let linkAge: u32 = 0;
export function setLink(port: u32, isUp: bool): void {
  linkAge++;
  store<u8>(down + port, isUp ? 0 : 1);
}
/** Whether a frame can leave by the port. */
export function isUp(port: u32): bool { return isConfigured(port) && !load<u8>(down + port); }
export function portMac(port: u32): u64 { return load<u64>(portAt(port)); }
export function portAddress(port: u32): u32 { return load<u32>(portAt(port), PORT_ADDRESS_OFFSET); }
// @ts-ignore: decorator
@inline export function portMtu(port: u32): u32 { return load<u16>(portAt(port), PORT_MTU_OFFSET); }
