import type { Point } from '../../netstack/sets/field.ts';
import { zeroPoint } from '../../netstack/sets/points.ts';

/**
 * The point of an untagged frame, read independently of netstack's own reader; null for a frame
 * that does not parse (RFC 791 lengths), is tagged, or is IPv6 with extension headers.
 */
export function framePoint(frame: Uint8Array): Point | null {
  if (frame.length < 14) return null;
  const view = new DataView(frame.buffer, frame.byteOffset, frame.length);
  const point = { ...zeroPoint(), etherType: view.getUint16(12) };
  switch (point.etherType) {
    case 0x0800:
      return readIpv4(view, point);
    case 0x0806:
    case 0x8035:
      if (frame.length < 42) return null;
      return { ...point, src: view.getUint32(28), dst: view.getUint32(38) };
    case 0x86dd:
      return readIpv6(view, point);
    case 0x8100:
    case 0x88a8:
    case 0x9100:
      return null;
    default:
      return point;
  }
}

function readIpv4(view: DataView, point: Point): Point | null {
  const body = view.byteLength - 14;
  if (body < 20 || view.getUint8(14) >> 4 !== 4) return null;
  const headerSize = (view.getUint8(14) & 15) * 4;
  const totalLength = view.getUint16(16);
  if (headerSize < 20 || totalLength < headerSize || totalLength > body) return null;
  point.proto = view.getUint8(23);
  point.src = view.getUint32(26);
  point.dst = view.getUint32(30);
  point.laterFragment = (view.getUint16(20) & 0x1fff) === 0 ? 0 : 1;
  if (point.laterFragment === 1) return point;
  return readPorts(view, point, 14 + headerSize, 14 + totalLength);
}

function readIpv6(view: DataView, point: Point): Point | null {
  const body = view.byteLength - 14;
  if (body < 40 || view.getUint8(14) >> 4 !== 6 || view.getUint16(18) > body - 40) return null;
  point.proto = view.getUint8(20);
  if ([0, 43, 44, 51, 60, 135].includes(point.proto)) return null;
  point.src6 = (view.getBigUint64(22) << 64n) | view.getBigUint64(30);
  point.dst6 = (view.getBigUint64(38) << 64n) | view.getBigUint64(46);
  return readPorts(view, point, 54, 54 + view.getUint16(18));
}

function readPorts(view: DataView, point: Point, start: number, end: number): Point | null {
  const sizes: Record<number, number> = { 6: 20, 17: 8, 132: 12 };
  const size = sizes[point.proto];
  if (size === undefined) return point;
  if (start + size > end) return null;
  point.sport = view.getUint16(start);
  point.dport = view.getUint16(start + 2);
  return point;
}
