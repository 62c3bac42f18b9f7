/** Frames around chosen IPv4 and IPv6 packets, for the tests of columns. */
import { buildEthernet } from '../../netstack/ethernet.ts';
import { buildIpv4, type Ipv4Fields } from '../../netstack/ipv4.ts';
import { buildIpv6, type Ipv6Fields } from '../../netstack/ipv6.ts';
import { hex, NOTHING } from './wire-vector.ts';

export const macs = { destination: 0x02000a020007, source: 0x02000a010014 };
export const ipv4Fields: Ipv4Fields = {
  dscp: 46,
  ecn: 0,
  identification: 1,
  fragment: 0x4000,
  ttl: 63,
  protocol: 17,
  source: 0x0a010014,
  destination: 0x0a020007,
  options: NOTHING,
  payload: hex('d431 0035 000a 0000 cafe'),
};
export const ipv6Fields: Ipv6Fields = {
  trafficClass: 0,
  flowLabel: 0,
  hopLimit: 64,
  source: 1n << 64n,
  destination: 2n,
  extensions: [],
  protocol: 17,
  payload: hex('d431 0035 000a 0000 cafe'),
};
export const tcpHeader = hex('0fa0 01f6 00000001 80000002 6012 faf0 0000 0000 020405b4');

export function frameOf(type: number, payload: Uint8Array): Uint8Array<ArrayBuffer> {
  return buildEthernet({ ...macs, tags: [], type, payload });
}

export function ipv4Frame(changes: Partial<Ipv4Fields>): Uint8Array<ArrayBuffer> {
  return frameOf(0x0800, buildIpv4({ ...ipv4Fields, ...changes }));
}

export function ipv6Frame(changes: Partial<Ipv6Fields>): Uint8Array<ArrayBuffer> {
  return frameOf(0x86dd, buildIpv6({ ...ipv6Fields, ...changes }));
}
