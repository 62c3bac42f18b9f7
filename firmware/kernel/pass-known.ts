/** Policy, the common case: packets of flows that carry traffic, by what was found on arrival. */
import { NODE_POLICY, NODE_UNLINKED, TABLE_LINK_PERMITTED } from '../boot/table-layout';
import { equal16, equal32, storeMasked } from './bulk';
import { portCount } from './ports';
import {
  DIRTY_TTL, ROW_DENIED, ROW_LOCAL, ROW_MADE, ipv4Ttl, knownEgress, metaEgress, metaIngress,
  rowClass, rowDirty, rowFlags, rowFlow, rowHint, rowNode, rowPlain, rowStamp,
} from './row-columns';
import { rowCount } from './rows';
import { generation, section } from './tables';

/**
 * Stamps and sends on, 16 at a time, rows of the flow that was found on arrival, that go where that
 * flow's packets this way go, and ask nothing of it. They change nothing for other rows. What is
 * plain fits every MTU.
 */
export function passKnown(): void {
  const link = section(TABLE_LINK_PERMITTED);
  const own = i8x16.splat(<i8>(ROW_MADE | ROW_LOCAL | ROW_DENIED));
  const ports = i8x16.splat(<i8>portCount);
  const one = i8x16.splat(1), zero = i8x16.splat(0);
  for (let row: usize = 0, rows = <usize>rowCount; row < rows; row += 16) {
    const egress = v128.load(row, metaEgress), ttl = v128.load(row, ipv4Ttl);
    const kind = load<u16>(row << 1, rowClass), next = load<u8>(link + kind);
    const isHere = i8x16.eq(v128.load(row, rowNode), i8x16.splat(<i8>NODE_POLICY));
    const isForeign = i8x16.eq(v128.and(v128.load(row, rowFlags), own), zero);
    const known = v128.load(row, knownEgress);
    const isThere = v128.and(i8x16.eq(egress, known), i8x16.lt_u(egress, ports));
    const isFar = v128.and(i8x16.ne(egress, v128.load(row, metaIngress)), i8x16.gt_u(ttl, one));
    const isKnown = v128.andnot(equal16(rowClass, row, kind), equal32(rowHint, row, 0));
    const isFit = v128.and(v128.and(isHere, isForeign), v128.and(isThere, isFar));
    const mask = v128.and(isFit, isKnown);
    if (!v128.any_true(mask) || next == NODE_UNLINKED) continue;
    storeMasked(ipv4Ttl + row, i8x16.sub(ttl, one), mask);
    storeMasked(rowNode + row, i8x16.splat(next), mask);
    v128.store(row, mask, rowPlain);
    enterKnown(row, i16x8.extend_low_i8x16_s(mask));
    enterKnown(row + 8, i16x8.extend_high_i8x16_s(mask));
  }
}

/** Enters 8 rows in the flow found on arrival, stamps them and notes the TTL, where the mask is. */
// @ts-ignore: decorator
@inline function enterKnown(row: usize, mask: v128): void {
  const row2 = row << 1, row4 = row << 2;
  const ttl = v128.and(mask, i16x8.splat(DIRTY_TTL));
  v128.store(row2, v128.or(v128.load(row2, rowDirty), ttl), rowDirty);
  const low = i32x4.extend_low_i16x8_s(mask), high = i32x4.extend_high_i16x8_s(mask);
  const stamp = i32x4.splat(generation);
  storeMasked(rowStamp + row4, stamp, low);
  storeMasked(rowStamp + row4 + 16, stamp, high);
  storeMasked(rowFlow + row4, v128.load(row4, rowHint), low);
  storeMasked(rowFlow + row4 + 16, v128.load(row4, rowHint + 16), high);
}
