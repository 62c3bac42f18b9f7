/**
 * What the kernel is told of a place: what its writes may be and do, and where it may originate.
 */
import { describe, expect, it } from 'vitest';
import * as layout from '../../../firmware/boot/table-layout.ts';
import { compileSmall, type SmallModule } from './small-system.ts';

const { EFFECT_CLASSIFIED, EFFECT_VOIDS_STAMP } = layout;

/** The tables of one module, and where its only place stands in them. */
function placeOf(module: SmallModule): { view: DataView; at: number } {
  const { bytes } = compileSmall([module], '  wire: { ip: m0 }');
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return { view, at: view.getUint32(layout.TABLE_PLACES * 4, true) };
}

/** Effects and ranges of the only write. */
function writeOf(writes: string): { effects: number; ranges: bigint[] } {
  const { view, at } = placeOf({ accepts: 'ip', writes: `{ ${writes} }` });
  const write = view.getUint32(at + layout.PLACE_WRITES_OFFSET, true);
  const ranges = view.getUint32(write + layout.WRITE_RANGES_OFFSET, true);
  const count = view.getUint32(write + layout.WRITE_RANGE_COUNT_OFFSET, true);
  return {
    effects: view.getUint32(write + layout.WRITE_EFFECTS_OFFSET, true),
    ranges: Array.from({ length: count * 2 }, (_, i) => view.getBigUint64(ranges + i * 8, true)),
  };
}

describe('the tables of a place', () => {
  it.each([
    ['ipv4.src: any', EFFECT_VOIDS_STAMP],
    ['ipv4.src: $addresses', 0],
    ['l4.sport: any', EFFECT_VOIDS_STAMP],
    ['l4.sport: [1024-65535]', 0],
    ['ipv4.dst: $addresses', EFFECT_VOIDS_STAMP],
    ['ipv4.ttl: any', EFFECT_VOIDS_STAMP],
    ['meta.nexthop: any', 0],
  ])('say what a write to %s voids', (writes, effects) => {
    expect(writeOf(writes).effects & ~EFFECT_CLASSIFIED).toBe(effects);
  });

  it.each([
    ['ipv4.ttl: any', []],
    ['ipv4.dscp: any', [0n, 63n]],
    ['vlan.id: any', [0n, 4095n]],
    ['ipv4.ttl: [64, 128-255]', [64n, 64n, 128n, 255n]],
    [
      'ipv4.src: $addresses',
      [0x0a020001n, 0x0a020001n, 0x0a010001n, 0x0a010001n, 0xcb007102n, 0xcb007102n],
    ],
  ])('say which values %s may write', (writes, ranges) => {
    expect(writeOf(writes).ranges).toEqual(ranges);
  });

  it.each([
    ['any', 0b111],
    ['[eth1]', 0b010],
    ['[eth0, eth2]', 0b101],
  ])('say that a module originates on the ports %s', (ports, mask) => {
    const powers = `originates: { match: udp, ports: ${ports}, per-second: 7 }`;
    const { view, at } = placeOf({ powers });
    expect(view.getUint32(at + layout.PLACE_ORIGINATE_PORTS_OFFSET, true)).toBe(mask);
    expect(view.getUint32(at + layout.PLACE_ORIGINATE_RATE_OFFSET, true)).toBe(7);
  });
});
