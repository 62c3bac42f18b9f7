/** Captures that Wireshark's own tools have made, read beside tshark. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
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

/**
 * Each file as tshark reads it. It takes half a second to start, and one is asked about all: files
 * of pcapng, byte by byte one behind the other, are the sections of one file.
 */
function sectionsByTshark(files: readonly string[], framesEach: number): string[][] {
  const joined = temporaryFile(Buffer.concat(files.map((file) => readFileSync(file))));
  const rows = byTshark(joined);
  expect(rows.length).toBe(files.length * framesEach);
  return files.map((_, index) => rows.slice(index * framesEach, (index + 1) * framesEach));
}

test.skipIf(!hasTools)(`what editcap makes is read as tshark reads it${missing}`, () => {
  const nanosecond = capture(0, 0xa1b23c4d);
  const made = (...args: string[]) => {
    const file = temporaryPath();
    run('editcap', ...args, nanosecond, file);
    return file;
  };
  for (const format of ['nsecpcap', 'pcap']) {
    const file = made('-F', format);
    expect(byUs(file), format).toEqual(byTshark(file));
    expect(byUs(file).length).toBe(5);
  }
  const files = [
    made('-F', 'pcapng'),
    made('-F', 'pcapng', '-s', '20'),
    made('-F', 'pcapng', '-a', '2:a comment'),
  ];
  expect(files.map(byUs)).toEqual(sectionsByTshark(files, 5));
});

test.skipIf(!hasTools)(`what mergecap makes is read as tshark reads it${missing}`, () => {
  const inputs = [capture(0, 0xa1b2c3d4), capture(1, 0xa1b23c4d)];
  const files = ['none', 'all', 'any'].map((mode) => {
    const file = temporaryPath();
    run('mergecap', '-F', 'pcapng', '-I', mode, '-w', file, ...inputs);
    return file;
  });
  expect(files.map(byUs)).toEqual(sectionsByTshark(files, 10));
});

test.skipIf(!hasTools)(`what text2pcap makes is read as tshark reads it${missing}`, () => {
  const text = temporaryPath();
  const bytes = [...someBytes(64)].map((byte) => byte.toString(16).padStart(2, '0'));
  writeFileSync(text, `000000 ${bytes.join(' ')}\n`);
  const made = (...args: string[]) => {
    const file = temporaryPath();
    run('text2pcap', ...args, text, file);
    return file;
  };
  const classic = made('-F', 'pcap');
  expect(byUs(classic)).toEqual(byTshark(classic));
  expect(byUs(classic).length).toBe(1);
  const files = [made('-F', 'pcapng'), made('-F', 'pcapng', '-l', '101')];
  expect(files.map(byUs)).toEqual(sectionsByTshark(files, 1));
});
