/** Frames that leave: from tx descriptors into records of digests. */
import {
  DESCRIPTOR_FLAGS_OFFSET, DESCRIPTOR_LENGTH_OFFSET, DESCRIPTOR_NANOSECONDS_OFFSET,
  DESCRIPTOR_SECONDS_OFFSET, DESCRIPTOR_SIZE, RING_CAPACITY, RING_DESCRIPTORS_OFFSET,
  RING_HEAD_OFFSET, RING_TAIL_OFFSET,
} from '../../../drivers/nic-ring';
import { NS, epochNs, epochSeconds } from './clock';
import { DIGEST_HEADER_SIZE, digest } from './digest';
import {
  DONE, ETHER_ARP, FULL, ODD, PLAIN_SIZE_MIN, PORT_BYTES_OUT, PORT_DIGEST, PORT_FRAMES_OUT,
  PORT_TX, USED, portAt, regionSize,
} from './port';

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
  if (digestUsed + DIGEST_HEADER_SIZE + length > regionSize) return FULL;
  const sum = load<u32>(slot, DESCRIPTOR_NANOSECONDS_OFFSET) + epochNs;
  const carry: u64 = sum >= <u32>NS ? 1 : 0;
  const ns = carry ? sum - <u32>NS : sum;
  const seconds = <u64>load<u32>(slot, DESCRIPTOR_SECONDS_OFFSET) + <u64>epochSeconds + carry;
  // A record has no room for more, and a file is made of records.
  if (seconds > <u64>u32.MAX_VALUE) return ODD;
  const to = <usize>load<u32>(port, PORT_DIGEST) + digestUsed;
  const added = digest(to, <u32>seconds, ns, number, frame, length);
  store<u32>(port, digestUsed + added, PORT_DIGEST + USED);
  store<u32>(port, load<u32>(port, PORT_FRAMES_OUT) + 1, PORT_FRAMES_OUT);
  store<u32>(port, load<u32>(port, PORT_BYTES_OUT) + length, PORT_BYTES_OUT);
  return DONE;
}
