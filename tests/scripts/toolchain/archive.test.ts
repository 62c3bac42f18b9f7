import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { readMember, writeArchive } from '../../../scripts/toolchain/archive.ts';
import { firmwareOf, scratchFolder } from '../../firmware/configuration.ts';
import { writeBelow } from '../../firmware/write-below.ts';
import { hasProgram } from '../../project/has-program.ts';

const hasTar = hasProgram('tar');
const text = (value: string) => new TextEncoder().encode(value);

describe('the archive of an image', () => {
  const members = [
    { name: 'b/two', bytes: text('second') },
    { name: 'a', bytes: new Uint8Array(0) },
    { name: 'b/one', bytes: new Uint8Array(513).fill(7) },
  ];

  it('is the same bytes in whatever order the members come', () => {
    const archive = writeArchive(members);
    expect(Buffer.compare(writeArchive(members.toReversed()), archive)).toBe(0);
    expect(archive.length % 512).toBe(0);
  });

  it('is other bytes when a name or a byte changes', () => {
    const archive = Buffer.from(writeArchive(members));
    const renamed = members.with(1, { ...members[1], name: 'c' });
    const changed = members.with(0, { ...members[0], bytes: text('Second') });
    for (const other of [renamed, changed]) expect(archive.equals(writeArchive(other))).toBe(false);
  });

  it('gives back each member, and none that it does not have', () => {
    const archive = writeArchive(members);
    for (const { name, bytes } of members) expect(readMember(archive, name)).toEqual(bytes);
    expect(readMember(archive, 'b')).toBeNull();
  });

  it('refuses a name twice, and one of 100 bytes', () => {
    expect(() => writeArchive([members[0], members[0]])).toThrow(RangeError);
    expect(() => writeArchive([{ name: 'x'.repeat(100), bytes: text('') }])).toThrow(RangeError);
    expect(() => writeArchive([{ name: 'x'.repeat(99), bytes: text('') }])).not.toThrow();
  });

  it.skipIf(!hasTar)('is read by tar (skipped where there is no tar)', async () => {
    const folder = scratchFolder();
    const file = writeBelow(folder, 'members.tar', writeArchive(members));
    const list = spawnSync('tar', ['-tf', file], { encoding: 'utf8' });
    expect([list.status, list.stdout, list.stderr]).toEqual([0, 'a\nb/one\nb/two\n', '']);
    const one = spawnSync('tar', ['-xOf', file, 'b/one']);
    expect(one.stdout.equals(Buffer.from(members[2].bytes))).toBe(true);
  });

  it.skipIf(!hasTar)(
    'holds the components of the router, by tar (skipped where there is none)',
    async () => {
      const firmware = await firmwareOf();
      const file = writeBelow(scratchFolder(), 'image.tar', firmware.image);
      const list = spawnSync('tar', ['-tf', file], { encoding: 'utf8' });
      const names = firmware.components.map(({ name }) => name);
      expect(list.stdout.trim().split('\n')).toEqual(names.toSorted());
      for (const { name, size } of firmware.components) {
        const { stdout } = spawnSync('tar', ['-xOf', file, name], { maxBuffer: 2 ** 28 });
        expect(stdout.length).toBe(size);
      }
    },
  );
});
