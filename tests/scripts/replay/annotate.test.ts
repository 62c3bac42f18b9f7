import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadRouter } from '../../../config/router.ts';
import { openCapture } from '../../../drivers/capture-reader.ts';
import type { CaptureInterface } from '../../../drivers/capture-source.ts';
import { CaptureWriter } from '../../../drivers/capture-writer.ts';
import { PcapngWriter } from '../../../drivers/pcapng-writer.ts';
import { Board } from '../../../firmware/board/board.ts';
import { compileTables } from '../../../firmware/boot/tables.ts';
import { AnnotatedCapture } from '../../../scripts/replay/annotated-capture.ts';
import { openCaptures } from '../../../scripts/replay/captures-in.ts';
import { FrameReplay } from '../../../scripts/replay/replay-frames.ts';
import { SourcePorts } from '../../../scripts/replay/source-ports.ts';
import { WiredBoard } from '../../../scripts/replay/wired-board.ts';
import { loadFirmware } from '../../../scripts/toolchain/load-firmware.ts';
import { findProjectRoot } from '../../../scripts/toolchain/project-root.ts';
import {
  framesOf,
  plantCapture,
  plantRouter,
  replayJson,
  sluice,
  temporaryFolder,
  timeless,
} from '../sluice.ts';

const folder = temporaryFolder();
const output = join(folder, 'annotated.pcapng');
const CONFIG = ['--config', plantRouter];
const OPTION_COMMENT = 1;
const OPTION_VERDICT = 7;

interface Record {
  readonly raw: string;
  readonly seconds: number;
  readonly nanoseconds: number;
  readonly wireLength: number;
  readonly face: CaptureInterface;
}

/** All records of a capture, as they stand in the file. */
function recordsOf(file: string): Record[] {
  const reader = openCapture(file);
  const records: Record[] = [];
  while (reader.next()) {
    const { seconds, nanoseconds, rawStart, rawEnd, rawWireLength: wireLength } = reader;
    const raw = Buffer.from(reader.raw.subarray(rawStart, rawEnd)).toString('hex');
    const face = reader.interfaces[reader.interface];
    records.push({ raw, seconds, nanoseconds, wireLength, face });
  }
  reader.close();
  return records;
}

const bare = ({ raw, seconds, nanoseconds, wireLength }: Record) =>
  [raw, seconds, nanoseconds, wireLength] as const;

/** The options of all enhanced packet blocks: read here by the format's own description. */
function notesOf(file: string): { comment: string; verdict: string }[] {
  const bytes = readFileSync(file);
  const notes = [];
  for (let at = 0; at < bytes.length; at += bytes.readUInt32LE(at + 4)) {
    if (bytes.readUInt32LE(at) !== 6) continue;
    const end = at + bytes.readUInt32LE(at + 4) - 4;
    let option = at + 28 + ((bytes.readUInt32LE(at + 20) + 3) & ~3);
    const found = new Map<number, Buffer>();
    while (option < end && bytes.readUInt16LE(option) !== 0) {
      const size = bytes.readUInt16LE(option + 2);
      found.set(bytes.readUInt16LE(option), bytes.subarray(option + 4, option + 4 + size));
      option += 4 + ((size + 3) & ~3);
    }
    notes.push({
      comment: String(found.get(OPTION_COMMENT)),
      verdict: found.get(OPTION_VERDICT)?.toString('hex') ?? '',
    });
  }
  return notes;
}

const commentsOf = (file: string) => notesOf(file).map(({ comment }) => comment);

/** Writes frames as classic pcap. */
function writePcap(name: string, frames: ReturnType<typeof framesOf>): string {
  const file = join(folder, name);
  const writer = new CaptureWriter(file, { nanosecond: true });
  for (const { frame, seconds, nanoseconds } of frames) {
    writer.write(frame, 0, frame.length, seconds, nanoseconds);
  }
  writer.close();
  return file;
}

describe('replay --annotate', () => {
  it('has the frames as they were captured, whatever is changed on their way in', async () => {
    await replayJson([plantCapture, ...CONFIG, '--fix-checksums', '--annotate', output]);
    expect(recordsOf(output).map(bare)).toEqual(recordsOf(plantCapture).map(bare));
  });

  it('says of each frame what became of it, who decided, and in which flow', async () => {
    await replayJson([plantCapture, ...CONFIG, '--annotate', output]);
    const notes = notesOf(output);
    const at = (number: number) => notes[number - 1];
    expect(at(1)).toEqual({ comment: 'consumed: arp', verdict: '0003' });
    expect(at(3)).toEqual({
      comment: 'carried: out eth0, flow "historian polls PLCs"',
      verdict: '0001',
    });
    expect(at(118)).toEqual({
      comment:
        'dropped: denied by policy (no flow permits tcp 10.1.0.21:42000 > 10.2.0.7:502, ' +
        'office > plant)',
      verdict: '0002',
    });
    expect(at(194).comment).toBe('dropped: ttl-expired by icmp.errors (The time to live ran out)');
  });

  it('agrees with the report, and changes nothing of it', async () => {
    const report = await replayJson([plantCapture, ...CONFIG, '--annotate', output]);
    expect(timeless(report)).toEqual(timeless(await replayJson([plantCapture, ...CONFIG])));
    const comments = commentsOf(output);
    const drops = Object.keys(report.drops).map((reason) => [
      reason,
      comments.filter((comment) => comment.startsWith(`dropped: ${reason} by `)).length,
    ]);
    expect(Object.fromEntries(drops)).toEqual(report.drops);
  });

  it('merges several captures in their order, with the interfaces of all', async () => {
    const frames = framesOf(plantCapture);
    const office = writePcap(
      'office.pcap',
      frames.filter((_, index) => index % 3 === 0),
    );
    const others = writePcap(
      'others.pcap',
      frames.filter((_, index) => index % 3 !== 0),
    );
    await replayJson([office, others, ...CONFIG, '--annotate', output]);
    const records = recordsOf(output);
    expect(records.map(bare)).toEqual(recordsOf(plantCapture).map(bare));
    const sources = records.map(({ face }) => face.description);
    expect(sources).toEqual(
      frames.map((_, index) => (index % 3 === 0 ? 'office.pcap' : 'others.pcap')),
    );
  });

  it('keeps interfaces with their names', async () => {
    const input = join(folder, 'two.pcapng');
    const faces = ['tap0', 'tap1'].map((name) => ({ name, mac: null, linkType: 1 }));
    const writer = new PcapngWriter(input, { nanosecond: false, interfaces: faces });
    for (const { frame, seconds, nanoseconds } of framesOf(plantCapture)) {
      const { length } = frame;
      writer.writePacket(length & 1, frame, 0, length, length, seconds, nanoseconds, null);
    }
    writer.close();
    await replayJson([input, ...CONFIG, '--annotate', output]);
    const of = (file: string) =>
      recordsOf(file).map((record) => [...bare(record), record.face.name]);
    expect(of(output)).toEqual(of(input));
  });

  it('has what was read of a capture that is damaged', async () => {
    const cut = join(folder, 'cut.pcap');
    writeFileSync(cut, readFileSync(plantCapture).subarray(0, 5000));
    const report = await replayJson([cut, ...CONFIG, '--annotate', output], 2);
    expect(recordsOf(output).length).toBe(report.received);
    expect(commentsOf(output).filter((comment) => comment.startsWith('undecided'))).toEqual([]);
    const limited = await replayJson([
      plantCapture,
      ...CONFIG,
      '--annotate',
      output,
      '--limit',
      '9',
    ]);
    expect(limited.received).toBe(9);
    expect(recordsOf(output).length).toBe(9);
  });

  it('gives up waiting where that would take too much memory', async () => {
    const router = loadRouter(plantRouter);
    const firmware = await loadFirmware();
    const board = new Board(firmware, router, compileTables(firmware.system, router));
    const wired = new WiredBoard(board, { receipt: null, writers: [] });
    const input = openCaptures([{ file: plantCapture, port: null }]);
    const inputs = { files: [plantCapture], merge: input.merge };
    const annotated = new AnnotatedCapture(output, inputs, board, 10_000);
    wired.afterBreath.push(() => annotated.takeOutcomes());
    const frames = new FrameReplay(input, wired, {
      receipt: null,
      sourcePorts: new SourcePorts(router),
      changes: { isAsCaptured: false, fixesChecksums: false },
      watch: (port) => annotated.arrived(port),
    });
    // All of it waits before the board has its first breath.
    frames.run(Number.POSITIVE_INFINITY);
    board.finish();
    annotated.close();
    input.merge.close();
    expect(recordsOf(output).map(bare)).toEqual(recordsOf(plantCapture).map(bare));
    const comments = commentsOf(output);
    const undecided = comments.findIndex((comment) => !comment.startsWith('undecided'));
    expect(undecided).toBeGreaterThan(0);
    const rest = comments.slice(undecided);
    expect(rest.filter((comment) => comment.startsWith('undecided'))).toEqual([]);
    const size = recordsOf(output)
      .slice(undecided)
      .reduce((sum, { raw }) => sum + raw.length / 2, 0);
    expect(size).toBeLessThanOrEqual(10_000);
    expect(size).toBeGreaterThan(9_000);
  });

  it('refuses files that would be lost, and places where none can be written', async () => {
    const copy = writePcap('copy.pcap', framesOf(plantCapture));
    const router = join(folder, 'router.yaml');
    writeFileSync(router, readFileSync(plantRouter));
    const words = [copy, '--config', router, '--board', 'three-port', '--out', join(folder, 'out')];
    const inOut = join(folder, 'out', 'eth0.pcap');
    for (const file of [copy, router, '-', inOut, join(folder, 'none', 'a.pcapng')]) {
      const run = await sluice('replay', ...words, '--annotate', file);
      expect([run.code, run.stdout], file).toEqual([2, '']);
      expect(run.stderr.trimEnd().split('\n'), file).toHaveLength(1);
    }
    expect(readFileSync(router)).toEqual(readFileSync(plantRouter));
    expect(existsSync(join(folder, 'none'))).toBe(false);
  });
});

describe('replay --annotate with a module that holds a packet', () => {
  const SOURCE = `
    import { begin, read_block, rowCount, write_block } from './manifest';
    export function initialize(): void {}
    export function process(): void {
      begin();
      for (let row: u32 = 0; row < rowCount(); row++) {
        const isNew = load<u8>(read_block + 64 + 512 + row) == 0;
        const holds = load<u16>(read_block + 64 + row * 2) == 502 && isNew;
        store<u8>(write_block + row, holds ? 255 : 1);
      }
    }`;
  const MANIFEST = `
name: slow
version: 1.0.0
summary: Holds what is for port 502, as long as it may.
accepts: ip
reads: [l4.dport, meta.held]
outputs: { out: ip }
holds: true
limits: { memory: 512 KiB, fuel-per-packet: 1000, fuel-per-message: 1000 }
`;
  const system = join(folder, 'system.yaml');

  beforeAll(() => {
    mkdirSync(join(folder, 'slow'));
    writeFileSync(join(folder, 'slow', 'index.ts'), SOURCE);
    writeFileSync(join(folder, 'slow', 'manifest.yaml'), MANIFEST);
    const firmware = join(findProjectRoot(), 'firmware');
    const own = readFileSync(join(firmware, 'system.yaml'), 'utf8')
      .replaceAll(': modules/', `: ${relative(folder, firmware)}/modules/`)
      .replace('modules:', 'modules:\n  slow: slow')
      .replace('    ip: route', '    ip: slow')
      .replace('  local:', '  slow.out: route\n  local:');
    writeFileSync(system, own);
  });

  it('waits for it, and keeps the order', { timeout: 60_000 }, async () => {
    const words = [plantCapture, ...CONFIG, '--system', system, '--annotate', output];
    const report = await replayJson(words);
    expect(recordsOf(output).map(bare)).toEqual(recordsOf(plantCapture).map(bare));
    const comments = commentsOf(output);
    expect(comments.filter((comment) => comment.startsWith('undecided'))).toEqual([]);
    const held = comments.filter((comment) => comment.startsWith('dropped: hold-full by slow'));
    expect(held.length).toBe(report.drops['hold-full']);
    expect(comments[2]).toBe('carried: out eth0, flow "historian polls PLCs"');
  });
});
