/**
 * Bytes that throw when somebody reads or takes a view beyond them: a Uint8Array would answer
 * `undefined`, or clamp, and hide it.
 */
export function guardedBytes(bytes: Uint8Array): Uint8Array {
  const subarray = (start = 0, end = bytes.length): Uint8Array => {
    if (start < 0 || start > end || end > bytes.length) {
      throw new RangeError(`view ${start}..${end} of ${bytes.length} bytes`);
    }
    return guardedBytes(bytes.subarray(start, end));
  };
  return new Proxy(bytes, {
    get(target, property) {
      if (property === 'length') return target.length;
      if (property === 'subarray') return subarray;
      const index = Number(String(property));
      if (!Number.isInteger(index) || index < 0 || index >= target.length) {
        throw new RangeError(`read ${String(property)} of ${target.length} bytes`);
      }
      return target[index];
    },
  });
}
