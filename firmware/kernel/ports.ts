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
}

export function isConfigured(port: u32): bool {
  return port < portCount && load<u8>(portAt(port), PORT_CONFIGURED_OFFSET) != 0;
}
/** u8 a port: the link is down. */
const down: usize = memory.data(PORTS_MAX, 64);
export function setLink(port: u32, isUp: bool): void { store<u8>(down + port, isUp ? 0 : 1); }
/** Whether a frame can leave by the port. */
export function isUp(port: u32): bool { return isConfigured(port) && !load<u8>(down + port); }
/** 255 where there is no such port. */
export function portZone(port: u32): u32 {
  return isConfigured(port) ? load<u8>(portAt(port), PORT_ZONE_OFFSET) : 255;
}
export function portMac(port: u32): u64 { return load<u64>(portAt(port)); }
export function portAddress(port: u32): u32 { return load<u32>(portAt(port), PORT_ADDRESS_OFFSET); }
// @ts-ignore: decorator
@inline export function portMtu(port: u32): u32 { return load<u16>(portAt(port), PORT_MTU_OFFSET); }
