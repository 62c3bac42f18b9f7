import { createHash } from 'node:crypto';
import { dirname, resolve } from 'node:path';
import { loadRouter, type Router } from '../../config/router.ts';
import type { CaptureError } from '../../drivers/capture-error.ts';
import { LINK_TYPE_ETHERNET } from '../../drivers/link-type.ts';
import { OutputThread } from '../../drivers/output-thread.ts';
import { PcapReader } from '../../drivers/pcap-reader.ts';
import { Board } from '../../firmware/board/board.ts';
import type { Firmware } from '../../firmware/boot/assemble.ts';
import { compileTables } from '../../firmware/boot/tables.ts';
import { AuditLog } from '../../firmware/report/audit-log.ts';
import { readCounters } from '../../firmware/report/counters.ts';
import { Interrupt } from '../boot/interrupt.ts';
import { portIndex } from '../commands/port-name.ts';
import { explainError } from '../errors.ts';
import { ExitCode } from '../exit-code.ts';
import type { Host } from '../host.ts';
import { Progress } from '../progress.ts';
import { HtmlFile } from '../report/html/html-file.ts';
import { printReport } from '../report/print-report.ts';
import type { Report } from '../report/report.ts';
import { reportOf } from '../report/report-of.ts';
import { warnOf } from '../router-warnings.ts';
import { UsageError } from '../usage-error.ts';
import { AnnotatedCapture } from './annotated-capture.ts';
import { type CapturesIn, openCaptures } from './captures-in.ts';
import {
  differenceLines,
  type ExpectedReport,
  readExpectedReport,
  reportDifferences,
} from './expected-report.ts';
import { FrameMover, type MoverInput } from './frame-mover.ts';
import type { ReplayOptions } from './options.ts';
import { refuseOverwriting } from './overwrite-guard.ts';
import { runPaced } from './pace.ts';
import { Receipt } from './receipt.ts';
import { FrameReplay } from './replay-frames.ts';
import { SentCaptures } from './sent-captures.ts';
import { withSharedKernel } from './shared-kernel.ts';
import { SourcePorts } from './source-ports.ts';
import { PENDING_MAX, WiredBoard } from './wired-board.ts';

/**
 * All that a replay does beside what the router file says; where frames arrive is in the inputs.
 */
function configurationDigest(router: Router, options: ReplayOptions): string {
  const meaning = [
    router.digest,
    router.options.tcpPickup,
    options.isAsCaptured,
    options.fixesChecksums,
    ...(options.padsTruncated ? ['pad-truncated'] : []),
  ];
  return createHash('sha256').update(JSON.stringify(meaning)).digest('hex');
}

function readRouter(options: ReplayOptions): Router {
  const router = loadRouter(
    options.config,
    options.board === undefined ? {} : { board: options.board },
  );
  if (options.picksUp) router.options.tcpPickup = true;
  return router;
}

function openInputs(options: ReplayOptions, router: Router): CapturesIn {
  const indexOf = (name: string) => portIndex(router.board, name);
  // A wrong port of --in or --map is told of even where no frame would take it.
  const everywhere = options.in === undefined ? null : indexOf(options.in);
  const mappings = options.map.map(({ face, port }) => ({ face, port: indexOf(port) }));
  const inputs = options.captures.map(({ file, port }) => ({
    file,
    port: port === undefined ? null : indexOf(port),
  }));
  return openCaptures(inputs, { everywhere, mappings });
}

/** Feeds all frames that were asked for, at once or in their time. */
async function feed(
  frames: FrameReplay,
  options: ReplayOptions,
  progress: Progress,
): Promise<void> {
  const limit = options.limit ?? Number.POSITIVE_INFINITY;
  if (options.pace === undefined) {
    frames.run(limit, progress);
    return;
  }
  const interrupt = new Interrupt();
  try {
    await runPaced(frames, limit, options.pace, { interrupt, progress });
  } finally {
    interrupt.release();
  }
}

/** Which part of the work is done, 0..1; null where nobody knows. */
function shareOf({ count, share }: FrameReplay, { limit }: ReplayOptions): number | null {
  return limit === undefined ? share : Math.max(share ?? 0, count / limit);
}

/** The annotated capture of `--annotate`, opened. */
function openAnnotated(
  options: ReplayOptions,
  { errors, merge }: CapturesIn,
  wired: WiredBoard,
): AnnotatedCapture | null {
  if (options.annotate === undefined) return null;
  const isOpen = (file: string) => !errors.some((error) => error.file === file);
  const files = options.captures.map(({ file }) => file).filter(isOpen);
  const annotated = new AnnotatedCapture(options.annotate, { files, merge }, wired.board);
  wired.afterBreath.push(() => annotated.takeOutcomes());
  return annotated;
}

/** What would be emptied before it is read, or written twice. @throws {UsageError} */
function refuseClashes(options: ReplayOptions): void {
  const { annotate, board, captures, config, expect, html, out, system } = options;
  const read = [config, board, system, expect, ...captures.map(({ file }) => file)];
  const written = Object.entries({ annotate, html }).flatMap(([option, file]) =>
    file === undefined ? [] : [{ option, file }],
  );
  refuseOverwriting(
    read.flatMap((file) => file ?? []),
    written.map(({ file }) => file),
  );
  for (const { option, file } of written) {
    if (out === undefined || dirname(resolve(file)) !== resolve(out)) continue;
    throw new UsageError(`--${option} ${file} is in the folder of --out`, 'write it elsewhere');
  }
  if (annotate === undefined || html === undefined || resolve(annotate) !== resolve(html)) return;
  throw new UsageError(`${html} is to be written by both --annotate and --html`, 'name two files');
}

/** Where a replay's results go; null: nowhere, or no thread for them. */
interface Outputs {
  readonly sent: SentCaptures | null;
  readonly page: HtmlFile | null;
  readonly thread: OutputThread | null;
}

/** Bytes of captures from which a thread of its own for files and hashes pays. */
const THREAD_INPUT_MIN = 8 * 1024 * 1024;

/** The thread that writes and hashes while frames are forwarded; null where there is little. */
function startThread({ merge }: CapturesIn, { limit }: ReplayOptions): OutputThread | null {
  if (limit !== undefined) return null;
  const size = merge.extent?.size ?? THREAD_INPUT_MIN;
  return size < THREAD_INPUT_MIN ? null : new OutputThread();
}

/** What the mover may take in: a capture in classic pcap of Ethernet, as it is; null: nothing. */
function plainInput(input: CapturesIn, options: ReplayOptions): MoverInput | null {
  const { merge } = input;
  const [reader] = merge.sources;
  const isAsItIs = !options.fixesChecksums && options.annotate === undefined;
  const isAtOnce = options.pace === undefined && merge.sources.length === 1;
  if (!isAsItIs || !isAtOnce || !(reader instanceof PcapReader)) return null;
  const [{ linkType, fcsSize }] = reader.interfaces;
  if (linkType !== LINK_TYPE_ETHERNET || fcsSize !== 0) return null;
  const isRewritten = !options.isAsCaptured;
  return { reader, merge, portOf: input.portOf, isRewritten, pendingMax: PENDING_MAX };
}

/** Runs the captures through a board of its own. */
async function replay(
  firmware: Firmware,
  router: Router,
  input: CapturesIn,
  { sent, page, thread }: Outputs,
  options: ReplayOptions,
  host: Host,
): Promise<Report> {
  const tables = compileTables(firmware.system, router);
  const sourcePorts = new SourcePorts(router);
  const mover = thread === null ? null : await FrameMover.build(sourcePorts, thread);
  const runnable = mover === null ? firmware : withSharedKernel(firmware);
  const board = new Board(runnable, router, tables, {
    openAudit: (opened) => new AuditLog(opened, (line) => sent?.audit.write(line)),
    observe: (kernel) => {
      mover?.reserve(kernel, router.board.ports.length);
      return kernel;
    },
  });
  const subject = {
    firmware: firmware.digest,
    configuration: configurationDigest(router, options),
    ports: router.board.ports.map(({ name }) => name),
  };
  const receipt = new Receipt(subject, thread);
  const wired = new WiredBoard(board, { receipt, writers: sent?.writers ?? [], mover });
  page?.watch(wired);
  const moved = mover === null ? null : plainInput(input, options);
  if (moved !== null) mover?.openInput(moved);
  const annotated = openAnnotated(options, input, wired);
  const watch = annotated === null ? undefined : (port: number) => annotated.arrived(port);
  const parts = { receipt, sourcePorts, changes: options, watch, mover };
  const frames = new FrameReplay(input, wired, parts);
  const progress = new Progress(host, 'frames', () => shareOf(frames, options));
  const start = performance.now();
  try {
    await feed(frames, options, progress);
    board.finish();
    mover?.flush();
  } finally {
    progress.finish();
    annotated?.close();
  }
  const seconds = Math.round((performance.now() - start) * 1000) / 1_000_000;
  const audit = board.endAudit();
  return reportOf(readCounters(board), {
    audit,
    receipt: receipt.finish(audit),
    seconds,
    isDeveloperMode: options.system !== undefined,
  });
}

/** `No` where the report is not as it should be; what differs goes to stderr. */
function judge(report: Report, expected: ExpectedReport, file: string, host: Host): ExitCode {
  const lines = differenceLines(file, reportDifferences(expected, report));
  host.stderr.write(lines.map((line) => `${line}\n`).join(''));
  return lines.length === 0 ? ExitCode.Done : ExitCode.No;
}

/** Says what is wrong with captures; `Done`: nothing. */
function explainAll(errors: readonly CaptureError[], host: Host): ExitCode {
  for (const error of errors) host.stderr.write(`${explainError(error).lines.join('\n')}\n`);
  return errors.length === 0 ? ExitCode.Done : ExitCode.Usage;
}

/** Replays captures through the router and prints the report. */
export async function runReplay(options: ReplayOptions, host: Host): Promise<ExitCode> {
  refuseClashes(options);
  const router = readRouter(options);
  const expected = options.expect === undefined ? {} : readExpectedReport(options.expect);
  warnOf(router, host);
  const firmware = await host.loadFirmware(options.system);
  host.log.info({ firmware: firmware.digest, router: router.digest }, 'replay');
  const input = openInputs(options, router);
  // Nothing is replayed: what an earlier run has written stays as it is.
  if (input.merge.sources.length === 0) return explainAll(input.errors, host);
  const title = { command: 'sluice replay', router: options.config };
  let sent: SentCaptures | null = null;
  let page: HtmlFile | null = null;
  let report: Report;
  const thread = startThread(input, options);
  try {
    if (options.html !== undefined) page = new HtmlFile(options.html);
    if (options.out !== undefined) {
      sent = new SentCaptures(options.out, router.board.ports, {
        nanosecond: input.merge.isNanosecond,
        inputs: options.captures.map(({ file }) => file),
        thread,
      });
    }
    report = await replay(firmware, router, input, { sent, page, thread }, options, host);
    page?.write(report, title);
  } finally {
    page?.close();
    input.merge.close();
    sent?.close();
    thread?.close();
  }
  const damage = explainAll([...input.errors, ...input.merge.errors], host);
  printReport(report, title, host, { isJson: options.isJson });
  const verdict = judge(report, expected, options.expect ?? '', host);
  return damage === ExitCode.Done ? verdict : damage;
}
