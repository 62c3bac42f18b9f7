/** Frames of every kind that the kernel reads, whole and damaged, from a seed. */

import { writeU16 } from '../../netstack/byte-order.ts';
import { checksum } from '../../netstack/checksum.ts';
import {
  buildEthernet,
  TPID_CUSTOMER,
  TPID_SERVICE,
  TPID_SERVICE_OLD,
} from '../../netstack/ethernet.ts';
import { buildIpv4 } from '../../netstack/ipv4.ts';
import type { Random } from './random.ts';

const ADDRESSES = [0x0a010014, 0x0a020007, 0x0a020001, 0xc6336407, 0xe0000001, 0x7f000001, 0];
const PORTS = [0, 53, 502, 4000, 65_535];
const TYPES = [0x0800, 0x0800, 0x0800, 0x86dd, 0x0806, 0x0026, 0x88b8, 0x8100, 0x8847];
const PROTOCOLS = [1, 1, 6, 17, 132, 2, 47, 58, 4, 50];
const EXTENSIONS = [0, 43, 44, 51, 60, 135];
const ICMP_TYPES = [0, 3, 4, 5, 8, 11, 12, 13, 17, 18, 30];

function ports(random: Random): number[] {
  const [source, destination] = [random.pick(PORTS), random.pick(PORTS)];
  return [source >> 8, source & 255, destination >> 8, destination & 255];
}

/** Layer 4 of a protocol; sometimes cut short. */
function layer4(random: Random, protocol: number, depth: number): Uint8Array {
  const bytes = random.bytes(8 + random.below(64));
  if (protocol === 1) {
    bytes[0] = random.pick(ICMP_TYPES);
    const quoted = depth < 2 && !random.oneIn(4) ? ipv4(random, depth + 1) : bytes.subarray(8);
    const whole = Uint8Array.from([...bytes.subarray(0, 8), ...quoted]);
    return random.oneIn(5) ? whole.subarray(0, random.below(whole.length)) : whole;
  }
  bytes.set(ports(random), 0);
  if (protocol === 6 && bytes.length > 13) bytes[12] = random.pick([0x50, 0x50, 0x60, 0x20, 0xf0]);
  return random.oneIn(5) ? bytes.subarray(0, random.below(24)) : bytes;
}

function options(random: Random): Uint8Array {
  if (!random.oneIn(4)) return new Uint8Array(0);
  const list: number[] = [];
  const count = random.below(4);
  for (let i = 0; i < count; i++) {
    const kind = random.pick([0, 1, 1, 7, 68, 131, 137, 148, 200]);
    if (kind < 2) list.push(kind);
    else list.push(kind, random.pick([4, 4, 3, 1, 0, 40]), random.below(256), random.below(256));
  }
  return Uint8Array.from(list).subarray(0, 40);
}

function ipv4(random: Random, depth = 0): Uint8Array {
  const protocol = random.pick(PROTOCOLS);
  return buildIpv4({
    dscp: random.below(64),
    ecn: random.below(4),
    identification: random.below(65_536),
    fragment: random.pick([0, 0, 0, 0x4000, 0x2000, 0x00b9, 0x8000]),
    ttl: random.pick([0, 1, 2, 64, 255]),
    protocol,
    source: random.pick(ADDRESSES),
    destination: random.pick(ADDRESSES),
    options: options(random),
    payload: layer4(random, protocol, depth),
  });
}

function ipv6(random: Random): Uint8Array {
  const chain: Uint8Array[] = [];
  const count = random.oneIn(3) ? random.below(10) : 0;
  const kinds = Array.from({ length: count }, () => random.pick(EXTENSIONS));
  const protocol = random.pick(PROTOCOLS);
  for (const [i, kind] of kinds.entries()) {
    const units = random.oneIn(4) ? random.below(6) : 0;
    const size = kind === 44 ? 8 : kind === 51 ? (units + 2) * 4 : (units + 1) * 8;
    const bytes = random.bytes(size);
    bytes[0] = kinds[i + 1] ?? protocol;
    bytes[1] = units;
    if (kind === 44) writeU16(bytes, 2, random.pick([0, 1, 0xb9 << 3]));
    chain.push(bytes);
  }
  const payload = [...chain.flatMap((part) => [...part]), ...layer4(random, protocol, 2)];
  const header = random.bytes(40);
  header[0] = 0x60;
  writeU16(header, 4, payload.length + (random.oneIn(6) ? random.below(9) - 4 : 0));
  header[6] = kinds[0] ?? protocol;
  return Uint8Array.from([...header, ...payload]);
}

function body(random: Random, type: number): Uint8Array {
  if (type === 0x0800) return ipv4(random);
  if (type === 0x86dd) return ipv6(random);
  return random.bytes(random.below(80));
}

/** One frame. Every fourth is damaged: cut, a byte changed, or the IPv4 checksum mended after. */
export function randomFrame(random: Random): Uint8Array {
  const type = random.pick(TYPES);
  const tags = Array.from({ length: random.oneIn(4) ? random.below(3) : 0 }, () => ({
    tpid: random.pick([TPID_CUSTOMER, TPID_SERVICE, TPID_SERVICE_OLD]),
    priority: random.below(8),
    isDropEligible: random.oneIn(2),
    id: random.pick([0, 1, 7, 4095]),
  }));
  const filling = random.oneIn(3) ? random.bytes(random.below(20)) : new Uint8Array(0);
  const payload = Uint8Array.from([...body(random, type), ...filling]);
  const source = 0x02_00_00_00_00_00 + random.u32();
  const frame = buildEthernet({ destination: 0x02ffffffffff, source, tags, type, payload });
  if (!random.oneIn(4)) return frame;
  return damage(random, frame, 14 + tags.length * 4);
}

function damage(random: Random, frame: Uint8Array, l3: number): Uint8Array {
  if (random.oneIn(3)) return frame.slice(0, random.below(frame.length + 1));
  const damaged = frame.slice();
  const at = 12 + random.below(Math.max(1, Math.min(60, frame.length - 12)));
  damaged[at] = random.below(256);
  const headerSize = (damaged[l3] & 15) * 4;
  if (random.oneIn(2) && damaged.length >= l3 + headerSize && headerSize >= 20) {
    writeU16(damaged, l3 + 10, 0);
    writeU16(damaged, l3 + 10, checksum(damaged.subarray(l3, l3 + headerSize)));
  }
  return damaged;
}
