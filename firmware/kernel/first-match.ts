/**
 * The operator's flows as a first-match structure: each match is a list of boxes (an interval a
 * field); each field value selects a bit vector of the boxes that it lies in; the first bit left
 * when all vectors are ANDed is the first match (Lakshman and Stiliadis, SIGCOMM 1998).
 */
import { PORTS_MAX } from '../../config/abi';
import {
  FLOW_NONE, TABLE_BOX_FLOW, TABLE_BOX_WORDS, TABLE_POLICY_DPORT, TABLE_POLICY_PROTO,
  TABLE_POLICY_SPORT, TABLE_POLICY_ZONES, TABLE_VECTORS_DPORT, TABLE_VECTORS_DST,
  TABLE_VECTORS_INGRESS, TABLE_VECTORS_PROTO, TABLE_VECTORS_SPORT, TABLE_VECTORS_SRC,
  TABLE_VECTORS_ZONES, TABLE_ZONE_COUNT,
} from '../boot/table-layout';
import { keyPair, keyTail } from './flow-table';
import { PROTO_ICMP } from './protocol-numbers';
import { factsOf, lookupRange, section, word } from './tables';

/**
 * Number of the first policy flow that admits the key from a zone to a zone, or FLOW_NONE. It is
 * asked for `row`.
 */
export function firstMatch(row: i32, from: u32, to: u32, ingress: u32, tagged: u32): u32 {
  const size = word(TABLE_BOX_WORDS) << 3;
  const keyProto = <u32>(keyTail >> 32) & 0xff;
  // Critical: without its type a literal makes this signed, and ports from 32,768 on negative.
  const ports: u32 = keyProto == PROTO_ICMP ? 0 : <u32>keyTail;
  const pair = direct(TABLE_POLICY_ZONES, from * (word(TABLE_ZONE_COUNT) + 1) + to);
  const zones = vector(TABLE_VECTORS_ZONES, pair, size);
  // No port is beyond the table, PORT_NONE included.
  const arrival = vector(TABLE_VECTORS_INGRESS, (ingress & (PORTS_MAX - 1)) * 2 + tagged, size);
  const proto = vector(TABLE_VECTORS_PROTO, direct(TABLE_POLICY_PROTO, keyProto), size);
  const dport = vector(TABLE_VECTORS_DPORT, direct(TABLE_POLICY_DPORT, ports >> 16), size);
  const src = vector(TABLE_VECTORS_SRC, <u32>factsOf(<u32>keyPair, row, 0) >> 16, size);
  const target = <u32>factsOf(<u32>(keyPair >> 32), row, 1) & 0xffff;
  const dst = vector(TABLE_VECTORS_DST, target, size);
  const range = lookupRange(section(TABLE_POLICY_SPORT), ports & 0xffff);
  const sport = vector(TABLE_VECTORS_SPORT, range, size);
  for (let at: u32 = 0; at < size; at += 8) {
    let bits = load<u64>(zones + at) & load<u64>(arrival + at) & load<u64>(proto + at) &
      load<u64>(dport + at);
    if (!bits) continue;
    bits &= load<u64>(src + at) & load<u64>(dst + at) & load<u64>(sport + at);
    if (bits) {
      const box = (at << 3) + <u32>ctz<u64>(bits);
      return load<u16>(section(TABLE_BOX_FLOW) + (<usize>box << 1));
    }
  }
  return FLOW_NONE;
}

// @ts-ignore: decorator
@inline function direct(table: i32, value: u32): u32 {
  return load<u16>(section(table) + (<usize>value << 1));
}

// @ts-ignore: decorator
@inline function vector(table: i32, index: u32, size: u32): usize {
  return section(table) + <usize>index * size;
}
