/**
 * `npm run bench:captures`: what a frame costs in pcapng, beside classic pcap: written, read, and
 * through the router; and how fast a whole replay is, file to file, beside `tcpdump -r A -w B ip`.
 * All take turns, and medians are told: machines are noisy.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openCapture } from '../../drivers/capture-reader.ts';
import { CaptureWriter } from '../../drivers/capture-writer.ts';
import { LINK_TYPE_ETHERNET } from '../../drivers/link-type.ts';
import { PcapngWriter } from '../../drivers/pcapng-writer.ts';
import { buildPacket } from '../../netstack/build-packet.ts';
import { parsePacketText } from '../../netstack/packet-text.ts';
import { median } from './statistics.ts';

const FRAME_SIZE = 60;
const FLOWS = 1024;
const SLUICE = fileURLToPath(new URL('../../../scripts/sluice.mjs', import.meta.url));
const ROUTER = fileURLToPath(new URL('../../../config/routers/plant.yaml', import.meta.url));

type Format = 'pcap' | 'pcapng';
const FORMATS: readonly Format[] = ['pcap', 'pcapng'];
type Writer = CaptureWriter | PcapngWriter;

export interface CaptureBenchOptions {
  readonly frames: number;
  readonly rounds: number;
}

function createWriter(format: Format, file: string): Writer {
  if (format === 'pcap') return new CaptureWriter(file, { nanosecond: true });
  const interfaces = [{ name: 'eth0', mac: 0x02534c000001, linkType: LINK_TYPE_ETHERNET }];
  return new PcapngWriter(file, { nanosecond: true, interfaces });
}

/**
 * Segments of 60 bytes, of open connections that the example router carries: each flow's own,
 * behind one another.
 */
function makeFrames(): Uint8Array {
  const all = new Uint8Array(FLOWS * FRAME_SIZE);
  for (let flow = 0; flow < FLOWS; flow++) {
    const text = `tcp 10.1.0.20:${4000 + flow} > 10.2.0.7:502 flags ack`;
    all.set(buildPacket(parsePacketText(text)).subarray(0, FRAME_SIZE), flow * FRAME_SIZE);
  }
  return all;
}

function write(format: Format, file: string, frames: number): void {
  const writer = createWriter(format, file);
  const bytes = makeFrames();
  for (let index = 0; index < frames; index++) {
    const start = (index % FLOWS) * FRAME_SIZE;
    const seconds = 1_700_000_000 + Math.floor(index / 1_000_000);
    writer.write(bytes, start, start + FRAME_SIZE, seconds, (index % 1_000_000) * 1000);
  }
  writer.close();
}

function read(file: string): number {
  const source = openCapture(file);
  let count = 0;
  while (source.next()) count++;
  source.close();
  return count;
}

/** In and out again, without a router between. */
function copy(format: Format, file: string, to: string): void {
  const source = openCapture(file);
  const writer = createWriter(format, to);
  while (source.next()) {
    writer.write(source.data, source.start, source.end, source.seconds, source.nanoseconds);
  }
  writer.close();
  source.close();
}

/** A whole `sluice replay --out`, from start to exit. */
function replay(file: string, folder: string, frames: number): void {
  const words = ['replay', file, '--config', ROUTER, '--out', folder, '--pickup', '--json'];
  const run = spawnSync(process.execPath, [SLUICE, ...words], { encoding: 'utf8' });
  if (run.status !== 0) throw new Error(run.stderr);
  const { received } = JSON.parse(run.stdout) as { received: number };
  if (received !== frames) throw new Error(`the router received ${received} of ${frames} frames`);
}

/** The same file through tcpdump's filter. */
function filter(file: string, to: string): void {
  const run = spawnSync('tcpdump', ['-r', file, '-w', to, 'ip'], { encoding: 'utf8' });
  if (run.error !== undefined) throw new Error('there is no tcpdump to compare with');
  if (run.status !== 0) throw new Error(run.stderr);
}

/** Runs the benchmark: the lines of its report. */
export function benchCaptures({ frames, rounds }: CaptureBenchOptions): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-captures-'));
  const times = new Map<string, number[]>();
  const time = (what: string, run: () => void) => {
    const start = performance.now();
    run();
    const seconds = (performance.now() - start) / 1000;
    times.set(what, [...(times.get(what) ?? []), seconds]);
  };
  try {
    const fileOf = (format: Format) => join(folder, `in.${format}`);
    for (let round = 0; round < rounds; round++) {
      for (const format of FORMATS) {
        const file = fileOf(format);
        time(`write ${format}`, () => write(format, file, frames));
        time(`read ${format}`, () => {
          if (read(file) !== frames) throw new Error(`${file} does not have ${frames} frames`);
        });
        const copied = join(folder, `copy.${format}`);
        time(`copy ${format}`, () => copy(format, file, copied));
        if (statSync(copied).size !== statSync(file).size) throw new Error('a copy that differs');
        rmSync(copied);
        const out = join(folder, 'out');
        time(`replay ${format}`, () => replay(file, out, frames));
        rmSync(out, { recursive: true });
        time(`tcpdump ${format}`, () => filter(file, copied));
        rmSync(copied);
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return linesOf(times, frames);
}

function linesOf(times: ReadonlyMap<string, readonly number[]>, frames: number): string[] {
  const nanosecondsOf = (what: string) => (median([...(times.get(what) ?? [])]) / frames) * 1e9;
  const names = ['write', 'read', 'copy', 'replay', 'tcpdump'];
  const steps = names.map((step) => {
    const [pcap, pcapng] = FORMATS.map((format) => nanosecondsOf(`${step} ${format}`));
    const cells = [pcap.toFixed(1), pcapng.toFixed(1), (pcapng / pcap).toFixed(2)];
    return `  ${step.padEnd(8)}${cells.map((cell) => cell.padStart(8)).join('')}`;
  });
  const peak = Math.round(process.resourceUsage().maxRSS / 1024);
  const [ours, theirs] = ['replay pcap', 'tcpdump pcap'].map((what) => times.get(what) ?? []);
  const ratio = median(ours.map((seconds, round) => theirs[round] / seconds)).toFixed(2);
  return [
    `${frames.toLocaleString('en')} frames of ${FRAME_SIZE} bytes, ns a frame, medians`,
    '              pcap  pcapng   ratio',
    ...steps,
    `whole processes: sluice replay has ${ratio} of the speed of tcpdump -r A -w B ip (pcap)`,
    `peak memory of writing, reading and copying: ${peak} MiB`,
  ];
}
