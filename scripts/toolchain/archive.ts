/**
 * The container of a firmware image: ustar (POSIX.1-1988), deterministic: members in the order of
 * their names, no times, no owners. The same members give the same bytes.
 */
const BLOCK = 512;
const NAME_SIZE = 100;
const SIZE_OFFSET = 124;
const SIZE_DIGITS = 11;

/** A named part of an image. Names are relative paths of at most 99 bytes. */
export interface Member {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** The archive of the members. Throws RangeError for a name that is too long or twice there. */
export function writeArchive(members: readonly Member[]): Uint8Array {
  const sorted = [...members].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  const size = sorted.reduce((sum, { bytes }) => sum + BLOCK + padded(bytes.length), 2 * BLOCK);
  const archive = new Uint8Array(size);
  let at = 0;
  for (const [index, { name, bytes }] of sorted.entries()) {
    if (sorted[index + 1]?.name === name) throw new RangeError(`member ${name} is there twice`);
    archive.set(header(name, bytes.length), at);
    archive.set(bytes, at + BLOCK);
    at += BLOCK + padded(bytes.length);
  }
  return archive;
}

/** The bytes of a member of an archive that `writeArchive` has made; null: there is none. */
export function readMember(archive: Uint8Array, name: string): Uint8Array | null {
  const text = new TextDecoder();
  for (let at = 0; archive[at] > 0; ) {
    const [found] = text.decode(archive.subarray(at, at + NAME_SIZE)).split('\0');
    const digits = text.decode(archive.subarray(at + SIZE_OFFSET, at + SIZE_OFFSET + SIZE_DIGITS));
    const size = Number.parseInt(digits, 8);
    const start = at + BLOCK;
    if (found === name) return archive.subarray(start, start + size);
    at = start + padded(size);
  }
  return null;
}

function padded(size: number): number {
  return Math.ceil(size / BLOCK) * BLOCK;
}

/*
 *   0 name[100]   100 mode[8]   108 uid[8]   116 gid[8]   124 size[12]   136 mtime[12]
 * 148 checksum[8] 156 type '0'  157 link[100] 257 "ustar\0" 263 "00"     (numbers in octal)
 */
function header(name: string, size: number): Uint8Array {
  const block = new Uint8Array(BLOCK);
  const text = new TextEncoder().encode(name);
  if (text.length > 99) throw new RangeError(`member name ${name} is longer than 99 bytes`);
  block.set(text, 0);
  put(block, 100, '0000644\0');
  put(block, 108, '0000000\0');
  put(block, 116, '0000000\0');
  put(block, SIZE_OFFSET, `${size.toString(8).padStart(SIZE_DIGITS, '0')}\0`);
  put(block, 136, '00000000000\0');
  put(block, 148, '        ');
  put(block, 156, '0');
  put(block, 257, 'ustar\x0000');
  const sum = block.reduce((total, byte) => total + byte, 0);
  put(block, 148, `${sum.toString(8).padStart(6, '0')}\0 `);
  return block;
}

function put(block: Uint8Array, at: number, text: string): void {
  block.set(new TextEncoder().encode(text), at);
}
