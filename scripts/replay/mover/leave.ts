/** Frames that leave: from tx descriptors into digests and blocks of pcapng. */
import {
  DESCRIPTOR_FLAGS_OFFSET, DESCRIPTOR_LENGTH_OFFSET, DESCRIPTOR_NANOSECONDS_OFFSET,
  DESCRIPTOR_SECONDS_OFFSET, DESCRIPTOR_SIZE, RING_CAPACITY, RING_DESCRIPTORS_OFFSET,
  RING_HEAD_OFFSET, RING_TAIL_OFFSET,
} from '../../../drivers/nic-ring';
import { NS, epochNs, epochSeconds } from './clock';
import { DIGEST_HEADER_SIZE, copy, digest } from './digest';
import {
  DONE, ETHER_ARP, FULL, ODD, PLAIN_SIZE_MIN, PORT_BYTES_OUT, PORT_DIGEST, PORT_FILE,
  PORT_FRAMES_OUT, PORT_TX, USED, portAt, regionSize,
} from './port';

/** An enhanced packet block without the frame and its padding. */
const BLOCK_SIZE: u32 = 32;
const BLOCK_PACKET_ENHANCED: u32 = 6;

/** Stamps of files are in nanoseconds or microseconds. */
let isFileNanosecond: bool = false;

export function openFiles(fileNs: bool): void {
  isFileNanosecond = fileNs;
}

/** Takes what a port sends into its regions. ARP is odd: the far side may have to answer. */
export function drain(number: u32): u32 {
  const port = portAt(number);
  const tx = <usize>load<u32>(port, PORT_TX);
  const head = load<u32>(tx, RING_HEAD_OFFSET);
  let tail = load<u32>(tx, RING_TAIL_OFFSET);
  let why = DONE;
  for (; tail != head && why == DONE; tail++) {
    const index = <usize>(tail & (RING_CAPACITY - 1));
    why = leave(port, number, tx + RING_DESCRIPTORS_OFFSET + index * DESCRIPTOR_SIZE);
    if (why != DONE) break;
  }
  store<u32>(tx, tail, RING_TAIL_OFFSET);
  return why;
}

function leave(port: usize, number: u32, slot: usize): u32 {
  const frame = <usize>load<u32>(slot);
  const length = <u32>load<u16>(slot, DESCRIPTOR_LENGTH_OFFSET);
  const isPlain = load<u16>(slot, DESCRIPTOR_FLAGS_OFFSET) == 0 && length >= PLAIN_SIZE_MIN &&
    load<u16>(frame, 12) != ETHER_ARP;
  if (!isPlain) return ODD;
  const digestUsed = load<u32>(port, PORT_DIGEST + USED);
  const fileUsed = load<u32>(port, PORT_FILE + USED);
  const blockSize = BLOCK_SIZE + ((length + 3) & ~3);
  if (digestUsed + DIGEST_HEADER_SIZE + length > regionSize || fileUsed + blockSize > regionSize) {
    return FULL;
  }
  const sum = load<u32>(slot, DESCRIPTOR_NANOSECONDS_OFFSET) + epochNs;
  const carry: u64 = sum >= <u32>NS ? 1 : 0;
  const ns = carry ? sum - <u32>NS : sum;
  const seconds = <u64>load<u32>(slot, DESCRIPTOR_SECONDS_OFFSET) + <u64>epochSeconds + carry;
  const to = <usize>load<u32>(port, PORT_DIGEST) + digestUsed;
  const added = digest(to, <u32>seconds, ns, number, frame, length);
  store<u32>(port, digestUsed + added, PORT_DIGEST + USED);
  const file = <usize>load<u32>(port, PORT_FILE);
  if (file) {
    writeBlock(file + fileUsed, blockSize, seconds, ns, frame, length);
    store<u32>(port, fileUsed + blockSize, PORT_FILE + USED);
  }
  store<u32>(port, load<u32>(port, PORT_FRAMES_OUT) + 1, PORT_FRAMES_OUT);
  store<u32>(port, load<u32>(port, PORT_BYTES_OUT) + length, PORT_BYTES_OUT);
  return DONE;
}

// @ts-ignore: decorator
@inline function writeBlock(
  to: usize, size: u32, seconds: u64, ns: u32, frame: usize, length: u32,
): void {
  const stamp = isFileNanosecond ? seconds * NS + ns : seconds * 1000000 + ns / 1000;
  store<u32>(to, BLOCK_PACKET_ENHANCED);
  store<u32>(to, size, 4);
  store<u32>(to, 0, 8);
  store<u32>(to, <u32>(stamp >> 32), 12);
  store<u32>(to, <u32>stamp, 16);
  store<u32>(to, length, 20);
  store<u32>(to, length, 24);
  // The padding first: the bytes then overwrite what of this word is theirs.
  store<u32>(to + size - 8, 0);
  copy(to + 28, frame, length);
  store<u32>(to + size - 4, size);
}
