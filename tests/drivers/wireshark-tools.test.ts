/** Captures that Wireshark's own tools have made, read beside tshark. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { openCapture } from '../../drivers/capture-reader.ts';
import { hasProgram } from '../project/has-program.ts';
import { pcapBytes, someBytes, temporaryFile, temporaryPath } from './pcap-bytes.ts';

const hasTools = ['tshark', 'editcap', 'mergecap', 'text2pcap'].every(hasProgram);
const missing = hasTools ? '' : ' (Wireshark’s tools are not installed)';

function run(tool: string, ...args: string[]): void {
  execFileSync(tool, args, { stdio: 'ignore' });
}

function capture(seed: number, magic: number): string {
  const records = Array.from({ length: 5 }, (_, index) => ({
    seconds: 1_700_000_000 + 2 * index + seed,
    fraction: 123_456 + index,
    bytes: someBytes(60 + index, seed * 10 + index),
  }));
  return temporaryFile(pcapBytes(records, { magic }));
}

/** Each frame as "time length name bytes", by us and by tshark. */
function byUs(file: string): string[] {
  const source = openCapture(file);
  const rows: string[] = [];
  while (source.next()) {
    const time = `${source.seconds}.${String(source.nanoseconds).padStart(9, '0')}`;
    const bytes = Buffer.from(source.raw.subarray(source.rawStart, source.rawEnd));
    const name = source.interfaces[source.interface].name ?? '';
    rows.push(`${time} ${source.rawWireLength} ${name} ${bytes.toString('hex')}`);
  }
  source.close();
  return rows;
}

function byTshark(file: string): string[] {
  const rows = JSON.parse(
    execFileSync('tshark', ['-n', '-r', file, '-T', 'json', '-x', '-J', 'frame'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }),
  ) as { _source: { layers: Record<string, unknown> } }[];
  return rows.map(({ _source: { layers } }) => {
    const frame = layers['frame'] as Record<string, string> &
      Record<'frame.interface_id_tree', Record<string, string> | undefined>;
    // "unknown" is tshark's word for an interface of a pcapng that has no name.
    const told = frame['frame.interface_id_tree']?.['frame.interface_name'] ?? '';
    const name = told === 'unknown' ? '' : told;
    const [bytes] = layers['frame_raw'] as string[];
    return `${frame['frame.time_epoch']} ${frame['frame.len']} ${name} ${bytes}`;
  });
}

test.skipIf(!hasTools)(`what editcap makes is read as tshark reads it${missing}`, () => {
  const nanosecond = capture(0, 0xa1b23c4d);
  for (const args of [
    ['-F', 'pcapng'],
    ['-F', 'nsecpcap'],
    ['-F', 'pcapng', '-s', '20'],
    ['-F', 'pcap'],
  ]) {
    const file = temporaryPath();
    run('editcap', ...args, nanosecond, file);
    expect(byUs(file), args.join(' ')).toEqual(byTshark(file));
    expect(byUs(file).length).toBe(5);
  }
  const commented = temporaryPath();
  run('editcap', '-F', 'pcapng', '-a', '2:a comment', nanosecond, commented);
  expect(byUs(commented)).toEqual(byTshark(commented));
});

test.skipIf(!hasTools)(`what mergecap makes is read as tshark reads it${missing}`, () => {
  const inputs = [capture(0, 0xa1b2c3d4), capture(1, 0xa1b23c4d)];
  for (const mode of ['none', 'all', 'any']) {
    const file = temporaryPath();
    run('mergecap', '-F', 'pcapng', '-I', mode, '-w', file, ...inputs);
    expect(byUs(file), mode).toEqual(byTshark(file));
    expect(byUs(file).length).toBe(10);
  }
});

test.skipIf(!hasTools)(`what text2pcap makes is read as tshark reads it${missing}`, () => {
  const text = temporaryPath();
  const bytes = [...someBytes(64)].map((byte) => byte.toString(16).padStart(2, '0'));
  writeFileSync(text, `000000 ${bytes.join(' ')}\n`);
  for (const args of [
    ['-F', 'pcapng'],
    ['-F', 'pcapng', '-l', '101'],
    ['-F', 'pcap'],
  ]) {
    const file = temporaryPath();
    run('text2pcap', ...args, text, file);
    expect(byUs(file), args.join(' ')).toEqual(byTshark(file));
    expect(byUs(file).length).toBe(1);
  }
});
