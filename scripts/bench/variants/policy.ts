/**
 * The policy taken out: a packet whose flow was found on arrival is stamped and sent on, without a
 * look at flow, zones, ports or connection state. Only to be measured; never part of an image.
 */
import { NODE_POLICY, TABLE_LINK_PERMITTED } from '../../../firmware/boot/table-layout';
import { policy } from '../../../firmware/kernel/policy';
import {
  DIRTY_TTL, ipv4Ttl, rowClass, rowCount, rowDirty, rowHint, rowNode, rowStamp, setU16, setU32,
  setU8, u16At, u32At, u8At,
} from '../../../firmware/kernel/rows';
import { generation, section } from '../../../firmware/kernel/tables';

/** What is not of a known flow, the policy still judges: flows have to begin. */
export function permit(): void {
  const link = section(TABLE_LINK_PERMITTED);
  for (let row = 0; row < rowCount; row++) {
    if (u8At(rowNode, row) != NODE_POLICY) continue;
    if (u32At(rowHint, row) == 0) return policy();
    setU8(ipv4Ttl, row, u8At(ipv4Ttl, row) - 1);
    setU16(rowDirty, row, u16At(rowDirty, row) | DIRTY_TTL);
    setU32(rowStamp, row, generation);
    setU8(rowNode, row, load<u8>(link + u16At(rowClass, row)));
  }
}
