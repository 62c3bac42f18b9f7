/**
 * Parse, the common case: IPv4 without tag or options, no later fragment, TCP or UDP, addressed to
 * the port that it came in by, all checks passed, not too long for any port. Four headers at a
 * time, one to a lane: that takes little more than one, and columns are written whole. Measured:
 * 72 instructions a header, with the key of its flow, where one at a time took 165.
 *
 *   receiver, 32 bytes a port: u8[16] what a plain frame to it begins with (`BEGINNING`),
 *   u64 its MAC address, u32 its zone << 8, u32 not 0: there is no such port
 */
import { PORTS_MAX } from '../../config/abi';
import { hashHigh, hashLow, hashOfEnd } from './flow-hash';
import {
  BEGINNING, BYTES, HALVES, ONES, SIGNS, SWAP_HALVES, SWAP_WORDS, TOTAL_LENGTH,
} from './plain-constants';
import { isConfigured, portCount, portMac, portMtu, portZone } from './ports';
import { PROTO_TCP, PROTO_UDP } from './protocol-numbers';
import {
  ethDst, ipv4Dst, ipv4Proto, ipv4Src, ipv4Ttl, l4Dport, l4Sport, metaIngress, metaLength, rowEnd,
  rowFrame, rowFrom, rowHash, rowOther, rowPair, rowTail, tcpFlags,
} from './row-columns';

/** Of rows taken ahead: `parse` has to say what it is. Above the flags of a frame. */
export const ROW_OTHER: u32 = 256;
const receivers: usize = memory.data(PORTS_MAX * 32, 64);
/** The shortest MTU of all ports. */
let mtuMin: i32 = i32.MAX_VALUE;

export function openPlain(): void {
  for (let port: u32 = 0; port < portCount; port++) {
    const receiver = receiverOf(port), has = isConfigured(port);
    store<u64>(receiver, bswap<u64>(portMac(port) << 16));
    store<u32>(receiver, 0x00450008, 12);
    store<u64>(receiver, portMac(port), 16);
    store<u32>(receiver, portZone(port) << 8, 24);
    store<u32>(receiver, has ? 0 : ROW_OTHER, 28);
    if (has) mtuMin = min<i32>(mtuMin, portMtu(port));
  }
}

// @ts-ignore: decorator
@inline function receiverOf(port: u32): usize { return receivers + (<usize>port << 5); }

/** A frame has been taken in as `row`, with these flags of its descriptor. */
// @ts-ignore: decorator
@inline export function receiveAt(row: i32, port: u32, flags: u32): void {
  const receiver = receiverOf(port);
  store<u8>(row, <u8>port, metaIngress);
  store<u64>(<usize>row << 3, load<u64>(receiver, 16), ethDst);
  store<u32>(<usize>row << 2, load<u32>(receiver, 24), rowFrom);
  store<u32>(<usize>row << 2, load<u32>(receiver, 28) | flags, rowOther);
}

/** What is not as it must be in the frame's first 16 bytes. */
// @ts-ignore: decorator
@inline function oddStart(frame: usize, row: usize, mask: v128): v128 {
  const wanted = v128.load(receiverOf(load<u8>(row, metaIngress)));
  return v128.and(v128.xor(v128.load(frame), wanted), mask);
}

/** Sums of the two halves of each word, less 65,536. */
// @ts-ignore: decorator
@inline function halves(words: v128, signs: v128, ones: v128): v128 {
  return i32x4.dot_i16x8_s(v128.xor(words, signs), ones);
}

/**
 * Which of four rows are plain: all ones each. `odd`: what in them is not as it must be; `sum`: of
 * the halves of the header's words, less 65,536 a word.
 */
// @ts-ignore: decorator
@inline function plainRows(row: usize, odd: v128, sum: v128, total: v128, proto: v128): v128 {
  // RFC 1071: ten halves, whose sum is a multiple of 65,535 and not 0.
  const halfs = i32x4.add(sum, i32x4.splat(10 * 32768)), lowest = i32x4.splat(0xffff);
  const folded = i32x4.add(v128.and(halfs, lowest), i32x4.shr_u(halfs, 16));
  const isTcp = i32x4.eq(proto, i32x4.splat(PROTO_TCP));
  const isUdp = i32x4.eq(proto, i32x4.splat(PROTO_UDP));
  const least = i32x4.add(i32x4.splat(28), v128.and(isTcp, i32x4.splat(12)));
  const length = i32x4.sub(v128.load16x4_u(row << 1, metaLength), i32x4.splat(14));
  const room = i32x4.min_s(length, i32x4.splat(mtuMin));
  const isUnfit = v128.or(i32x4.gt_s(least, total), i32x4.gt_s(total, room));
  const other = v128.load(row << 2, rowOther);
  const isWhole = i32x4.eq(v128.or(v128.or(odd, other), isUnfit), i32x4.splat(0));
  const isRight = v128.and(i32x4.eq(folded, lowest), v128.or(isTcp, isUdp));
  const mask = v128.and(isWhole, isRight);
  v128.store(row << 2, v128.or(other, v128.andnot(i32x4.splat(ROW_OTHER), mask)), rowOther);
  return mask;
}

/** Stores the keys of four flows, and their hashes. */
// @ts-ignore: decorator
@inline function storeKeys(row8: usize, src: v128, dst: v128, ports: v128, from: v128): void {
  v128.store(row8, i32x4.shuffle(src, dst, 0, 4, 1, 5), rowPair);
  v128.store(row8, i32x4.shuffle(src, dst, 2, 6, 3, 7), rowPair + 16);
  v128.store(row8, i32x4.shuffle(ports, from, 0, 4, 1, 5), rowTail);
  v128.store(row8, i32x4.shuffle(ports, from, 2, 6, 3, 7), rowTail + 16);
  const here = hashOfEnd(src, v128.and(ports, i32x4.splat(0xffff)));
  const there = hashOfEnd(dst, i32x4.shr_u(ports, 16));
  const low = hashLow(here, there), high = hashHigh(here, there, low);
  v128.store(row8, i32x4.shuffle(low, high, 0, 4, 1, 5), rowHash);
  v128.store(row8, i32x4.shuffle(low, high, 2, 6, 3, 7), rowHash + 16);
}

/**
 * Parses rows `row` to `row` + 3: a plain one's columns, and the key of its flow and that key's
 * hash. What is not plain is marked in `rowOther`, and its columns are 0.
 */
// @ts-ignore: decorator
@inline export function parseFour(row: usize): void {
  const row2 = row << 1, row4 = row << 2;
  const f0: usize = load<u32>(row4, rowFrame), f1: usize = load<u32>(row4, rowFrame + 4);
  const f2: usize = load<u32>(row4, rowFrame + 8), f3: usize = load<u32>(row4, rowFrame + 12);
  const beginning = v128.load(BEGINNING), signs = v128.load(SIGNS), ones = v128.load(ONES);
  // Narrowing saturates: what is not 0 stays so.
  const start = i8x16.narrow_i16x8_s(
    i16x8.narrow_i32x4_s(oddStart(f0, row, beginning), oddStart(f1, row + 1, beginning)),
    i16x8.narrow_i32x4_s(oddStart(f2, row + 2, beginning), oddStart(f3, row + 3, beginning)),
  );
  // Words of the header, each of four frames: version to length, fragment, TTL to checksum, source.
  const a = v128.load(f0, 14), b = v128.load(f1, 14), c = v128.load(f2, 14), d = v128.load(f3, 14);
  const low01 = i32x4.shuffle(a, b, 0, 4, 1, 5), low23 = i32x4.shuffle(c, d, 0, 4, 1, 5);
  const high01 = i32x4.shuffle(a, b, 2, 6, 3, 7), high23 = i32x4.shuffle(c, d, 2, 6, 3, 7);
  const w0 = i64x2.shuffle(low01, low23, 0, 2), w1 = i64x2.shuffle(low01, low23, 1, 3);
  const w2 = i64x2.shuffle(high01, high23, 0, 2), w3 = i64x2.shuffle(high01, high23, 1, 3);
  // And destination and ports.
  const e01 = i32x4.shuffle(v128.load(f0, 30), v128.load(f1, 30), 0, 4, 1, 5);
  const e23 = i32x4.shuffle(v128.load(f2, 30), v128.load(f3, 30), 0, 4, 1, 5);
  const w4 = i64x2.shuffle(e01, e23, 0, 2), w5 = i64x2.shuffle(e01, e23, 1, 3);
  let sum = i32x4.add(halves(w0, signs, ones), halves(w1, signs, ones));
  sum = i32x4.add(sum, i32x4.add(halves(w2, signs, ones), halves(w3, signs, ones)));
  sum = i32x4.add(sum, halves(w4, signs, ones));
  const total = i8x16.swizzle(w0, v128.load(TOTAL_LENGTH));
  const proto = v128.and(i32x4.shr_u(w2, 8), i32x4.splat(0xff));
  // Nothing but DF, "more fragments" and the reserved bit may be there: it is no later fragment.
  const odd = v128.or(start, v128.and(w1, i32x4.splat(0xff1f0000)));
  const mask = plainRows(row, odd, sum, total, proto);
  const mask2 = i16x8.narrow_i32x4_s(mask, mask), mask1 = i8x16.narrow_i16x8_s(mask2, mask2);
  const src = v128.and(i8x16.swizzle(w3, v128.load(SWAP_WORDS)), mask);
  const dst = v128.and(i8x16.swizzle(w4, v128.load(SWAP_WORDS)), mask);
  const ports = v128.and(i8x16.swizzle(w5, v128.load(SWAP_HALVES)), mask);
  v128.store(row4, src, ipv4Src);
  v128.store(row4, dst, ipv4Dst);
  const ends = i8x16.swizzle(ports, v128.load(HALVES));
  v128.store64_lane(row2, ends, 0, l4Sport);
  v128.store64_lane(row2, ends, 1, l4Dport);
  const bytes = v128.and(i8x16.swizzle(w2, v128.load(BYTES)), mask1);
  v128.store32_lane(row, bytes, 0, ipv4Ttl);
  v128.store32_lane(row, bytes, 1, ipv4Proto);
  const end = v128.and(i32x4.add(total, i32x4.splat(14)), mask);
  v128.store64_lane(row2, i16x8.narrow_i32x4_u(end, end), 0, rowEnd);
  // Where TCP has its flags. The second word of `bytes` are the protocols.
  let flags = v128.load8_lane(f0, v128.load8_lane(f1, mask1, 1, 47), 0, 47);
  flags = v128.load8_lane(f2, v128.load8_lane(f3, flags, 3, 47), 2, 47);
  const isTcp = i8x16.eq(i64x2.shr_u(bytes, 32), i8x16.splat(<i8>PROTO_TCP));
  v128.store32_lane(row, v128.and(flags, isTcp), 0, tcpFlags);
  storeKeys(row << 3, src, dst, ports, v128.or(proto, v128.load(row4, rowFrom)));
}
