/**
 * Regions: outbox and frames, filled entry by entry (ABI 1, the sandbox contract).
 *
 *   region   {u32 bytesUsed, u32 0}, then entries padded to 8; bytesUsed counts the entries
 *   message  {u16 type, u16 records, u32 0}, then the records
 *   frame    {u16 length, u8 output, u8 egress, u16 row, u16 quote, u64 0}, then the bytes
 */
import {
  FRAME_EGRESS_OFFSET,
  FRAME_HEADER_SIZE,
  FRAME_LENGTH_OFFSET,
  FRAME_OUTPUT_OFFSET,
  FRAME_QUOTE_OFFSET,
  FRAME_ROW_OFFSET,
  MESSAGE_HEADER_SIZE,
  MESSAGE_RECORDS_OFFSET,
  MESSAGE_TYPE_OFFSET,
  REGION_HEADER_SIZE,
  REGION_SIZE,
} from 'sluice/abi';

/** Takes `size` zeroed bytes, padded to 8, at the region's end; 0 where there is no room. */
function append(region: usize, size: usize): usize {
  const used: usize = load<u32>(region);
  const padded = (size + 7) & ~7;
  if (REGION_HEADER_SIZE + used + padded > REGION_SIZE) return 0;
  store<u32>(region, <u32>(used + padded));
  const entry = region + REGION_HEADER_SIZE + used;
  memory.fill(entry, 0, padded);
  return entry;
}

/** Appends a message of one record; the record's address, or 0 where there is no room. */
export function appendMessage(outbox: usize, type: u32, recordSize: usize): usize {
  const entry = append(outbox, MESSAGE_HEADER_SIZE + recordSize);
  if (entry == 0) return 0;
  store<u16>(entry, <u16>type, MESSAGE_TYPE_OFFSET);
  store<u16>(entry, 1, MESSAGE_RECORDS_OFFSET);
  return entry + MESSAGE_HEADER_SIZE;
}

/**
 * Appends a frame of `length` zeroed bytes that leaves by `output` of the place: an answer to
 * `row`, with `quote` bytes of its IP packet to follow, or (row: ROW_NONE) one of the module's own
 * for port `egress`. The address of its first byte, or 0 where there is no room.
 */
export function appendFrame(
  frames: usize,
  length: usize,
  output: u32,
  egress: u32,
  row: u32,
  quote: u32,
): usize {
  const entry = append(frames, FRAME_HEADER_SIZE + length);
  if (entry == 0) return 0;
  store<u16>(entry, <u16>length, FRAME_LENGTH_OFFSET);
  store<u8>(entry, <u8>output, FRAME_OUTPUT_OFFSET);
  store<u8>(entry, <u8>egress, FRAME_EGRESS_OFFSET);
  store<u16>(entry, <u16>row, FRAME_ROW_OFFSET);
  store<u16>(entry, <u16>quote, FRAME_QUOTE_OFFSET);
  return entry + FRAME_HEADER_SIZE;
}
