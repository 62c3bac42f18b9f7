/** What must become of a frame that the router forwards, made the plain way: RFC 1812 5.3. */
import { writeU16, writeU48 } from '../../netstack/byte-order.ts';
import { checksum } from '../../netstack/checksum.ts';
import { hostMac } from './frame-templates.ts';

const IP = 14;
const IP_SIZE = 20;
const TTL = IP + 8;
const CHECKSUM = IP + 10;

/** The frame as it must leave: from the port's MAC to the next hop's, its TTL one less. */
export function forwardedFrame(
  arrived: Uint8Array,
  { from, gateway }: { from: number; gateway: number },
): Uint8Array {
  const frame = arrived.slice();
  writeU48(frame, 0, hostMac(gateway));
  writeU48(frame, 6, from);
  frame[TTL] -= 1;
  writeU16(frame, CHECKSUM, 0);
  writeU16(frame, CHECKSUM, checksum(frame.subarray(IP, IP + IP_SIZE)));
  return frame;
}
