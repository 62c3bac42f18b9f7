/** Arbitrary field values, the same for every wire format. */
import fc from 'fast-check';

export const u2 = fc.nat({ max: 3 });
export const u8 = fc.nat({ max: 0xff });
export const u16 = fc.nat({ max: 0xffff });
export const u32 = fc.nat({ max: 0xffff_ffff });
export const u48 = fc.nat({ max: 0xffff_ffff_ffff });
export const u128 = fc.bigInt({ min: 0n, max: (1n << 128n) - 1n });

/** Up to `max` bytes. */
export function bytes(max: number): fc.Arbitrary<Uint8Array<ArrayBuffer>> {
  return fc.uint8Array({ maxLength: max }).map((array) => Uint8Array.from(array));
}

/** Up to `max` bytes, a multiple of 4: options that need no padding. */
export function words(max: number): fc.Arbitrary<Uint8Array<ArrayBuffer>> {
  return bytes(max).map((array) => array.slice(0, array.length & ~3));
}

/** A start of some header, then anything: most wholly arbitrary bytes fail at the first check. */
export function startingWith(header: Uint8Array, max: number): fc.Arbitrary<Uint8Array> {
  const cut = bytes(max).map((rest) => Uint8Array.from([...header, ...rest]));
  const spoilt = fc
    .tuple(cut, fc.nat({ max: header.length - 1 }), u8, fc.nat({ max: header.length + max }))
    .map(([array, index, value, size]) => {
      array[index] = value;
      return array.slice(0, size);
    });
  return fc.oneof(bytes(max), cut, spoilt);
}
