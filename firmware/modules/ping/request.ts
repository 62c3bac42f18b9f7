/**
 * An echo request (RFC 792), as long as other hosts' are: 56 bytes of data, which begin with the
 * token. The kernel fills in MAC addresses and checksums.
 */
import { ROW_NONE } from 'sluice/abi';
import { ETHERNET_SIZE, ETHERNET_TYPE, ETHER_IPV4 } from 'sluice/ethernet';
import { ICMP_ECHO, ICMP_IDENTIFIER, ICMP_SEQUENCE, ICMP_SIZE, ICMP_TYPE } from 'sluice/icmp';
import { interfaceAddress, isConfigured } from 'sluice/interfaces';
import {
  IPV4_DONT_FRAGMENT, IPV4_DST, IPV4_FRAGMENT, IPV4_PROTO, IPV4_SIZE, IPV4_SRC, IPV4_TTL,
  IPV4_VERSION_4_WORDS_5, IPV4_VERSION_IHL, PROTO_ICMP,
} from 'sluice/ipv4';
import { appendFrame } from 'sluice/region';
import { setWire16, setWire32 } from 'sluice/wire';
import { frames, now, requests } from './manifest';
import { openQuestion } from './questions';

/** As `originates` in the manifest. */
export const requestsPerSecondMax: u32 = 50;
const SECOND: i64 = 1_000_000_000;
const DATA_SIZE: usize = 56;
const TTL: u32 = 64;

let second: i64 = -1;
let sentInSecond: u32 = 0;

/** Sends a request by a port that has an address, unless there were enough in this second. */
export function sendRequest(port: u32, address: u32, token: u32, sequence: u32): void {
  if (!isConfigured(port) || !isAllowed()) return;
  const size = ETHERNET_SIZE + IPV4_SIZE + ICMP_SIZE + DATA_SIZE;
  const frame = appendFrame(frames, size, requests.OUTPUT_REQUEST, port, ROW_NONE, 0);
  if (frame == 0) return;
  sentInSecond++;
  openQuestion(address, token);
  setWire16(frame + ETHERNET_TYPE, ETHER_IPV4);
  const packet = frame + ETHERNET_SIZE;
  store<u8>(packet + IPV4_VERSION_IHL, <u8>IPV4_VERSION_4_WORDS_5);
  // RFC 6864 4.1: a datagram that nobody may fragment needs no identification.
  setWire16(packet + IPV4_FRAGMENT, IPV4_DONT_FRAGMENT);
  store<u8>(packet + IPV4_TTL, <u8>TTL);
  store<u8>(packet + IPV4_PROTO, <u8>PROTO_ICMP);
  setWire32(packet + IPV4_SRC, interfaceAddress(port));
  setWire32(packet + IPV4_DST, address);
  const message = packet + IPV4_SIZE;
  store<u8>(message + ICMP_TYPE, <u8>ICMP_ECHO);
  setWire16(message + ICMP_IDENTIFIER, token & 0xffff);
  setWire16(message + ICMP_SEQUENCE, sequence);
  store<u32>(message + ICMP_SIZE, token);
}

function isAllowed(): bool {
  const current = now() / SECOND;
  if (current != second) {
    second = current;
    sentInSecond = 0;
  }
  return sentInSecond < requestsPerSecondMax;
}
