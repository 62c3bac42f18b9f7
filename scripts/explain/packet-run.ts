/**
 * The run that an explanation is of: a replay up to the packet, and beyond it until it is known
 * what became of it and of what was made to answer it.
 */
import * as assert from 'node:assert/strict';
import type { Router } from '../../config/router.ts';
import { Board } from '../../firmware/board/board.ts';
import type { Firmware } from '../../firmware/boot/assemble.ts';
import type { Tables } from '../../firmware/boot/tables.ts';
import { type Outcome, takeOutcomes, traceOutcomes } from '../../firmware/report/outcomes.ts';
import { PacketTrace } from '../../firmware/report/packet-trace.ts';
import type { TracedPacket } from '../../firmware/report/traced-packet.ts';
import { buildPacket } from '../../netstack/build-packet.ts';
import { PacketTextError, parsePacketText } from '../../netstack/packet-text.ts';
import { portIndex } from '../commands/port-name.ts';
import { explainError } from '../errors.ts';
import type { Host } from '../host.ts';
import { Progress } from '../progress.ts';
import { type CapturesIn, openCaptures } from '../replay/captures-in.ts';
import { frameSource } from '../replay/frame-source.ts';
import { FrameReplay } from '../replay/replay-frames.ts';
import { SourcePorts } from '../replay/source-ports.ts';
import { WiredBoard } from '../replay/wired-board.ts';
import { formatCount } from '../report/table.ts';
import { UsageError } from '../usage-error.ts';
import { arrivalReason } from './arrival-reason.ts';
import type { Arrival } from './explain-packet.ts';
import type { ExplainOptions } from './options.ts';

export class PacketRun {
  private readonly router: Router;
  private readonly options: ExplainOptions;
  private readonly host: Host;
  private readonly trace: PacketTrace;
  private readonly board: Board;
  private readonly wired: WiredBoard;
  private readonly sourcePorts: SourcePorts;
  /** Where all frames arrive; null: by their source. */
  private readonly in: number | null;
  /** Number of the packet among those that arrive, from 0. */
  private target = -1;
  private outcome: Outcome | null = null;
  /** Of the rows of frames that modules made. */
  private readonly made = new Map<number, Outcome>();

  /** @throws {UsageError} for a port that the board does not have */
  constructor(
    firmware: Firmware,
    router: Router,
    tables: Tables,
    options: ExplainOptions,
    host: Host,
  ) {
    this.router = router;
    this.options = options;
    this.host = host;
    this.in = options.in === undefined ? null : portIndex(router.board, options.in);
    const trace = new PacketTrace(tables, router.board.flowCapacity);
    this.trace = trace;
    this.board = new Board(firmware, router, tables, {
      observe: (kernel) => trace.observe(kernel),
    });
    this.wired = new WiredBoard(this.board, { receipt: null, writers: [] });
    this.sourcePorts = new SourcePorts(router);
    traceOutcomes(this.board);
    this.wired.afterBreath.push(() => this.takeOutcomes());
  }

  get packet(): TracedPacket {
    return this.trace.packet;
  }

  /** What became of the packet, or of an answer to it. Only after `run`. */
  outcomeOf(packet: TracedPacket): Outcome {
    const sequence = [...packet.sequences].find((candidate) => this.made.has(candidate));
    const outcome = packet === this.packet ? this.outcome : this.made.get(sequence ?? -1);
    assert.ok(outcome, 'a packet that has left its last row has an outcome');
    return outcome;
  }

  /**
   * Runs until it is known what became of the packet, and of the answers to it.
   * @throws {UsageError | CaptureError} where there is no such packet
   */
  run(): Arrival {
    const { capture, packet } = this.options;
    // A text that is wrong is told of before anything is read.
    const spec = 'text' in packet ? readSpec(packet.text) : null;
    const input = openCaptures(capture === undefined ? [] : [{ file: capture, port: this.in }]);
    for (const error of input.errors) throw error;
    try {
      const frames = new FrameReplay(input, this.wired, {
        receipt: null,
        sourcePorts: this.sourcePorts,
        changes: this.options,
      });
      if (spec === null) {
        return this.runFrame(frames, input, (packet as { number: number }).number);
      }
      this.read(frames, Number.POSITIVE_INFINITY);
      this.tellErrors(input);
      return this.runText(spec, frames.count, input);
    } finally {
      input.merge.close();
    }
  }

  /** What could not be read to its end: what came before it stands. */
  private tellErrors({ merge }: CapturesIn): void {
    for (const error of merge.errors) {
      this.host.stderr.write(`${explainError(error).lines.join('\n')}\n`);
    }
  }

  private read(frames: FrameReplay, limit: number): boolean {
    const progress = new Progress(this.host, 'frames');
    const isThere = frames.run(limit, progress);
    progress.finish();
    return isThere;
  }

  private runFrame(frames: FrameReplay, input: CapturesIn, number: number): Arrival {
    if (!this.read(frames, number - 1) || !frames.next()) {
      this.tellErrors(input);
      const count = frames.count === 1 ? '1 frame' : `${formatCount(frames.count)} frames`;
      throw new UsageError(`--packet ${number}: ${this.options.capture} has ${count}`);
    }
    const { data, start, end } = input.merge;
    const source = frameSource(data, start, end);
    this.follow(number - 1);
    const port = frames.replay();
    const frame = data.slice(start, end);
    while (!this.isDecided() && frames.next()) frames.replay();
    if (!this.isDecided()) this.finish();
    return { frame, port, because: this.because(source) };
  }

  private runText(
    spec: ReturnType<typeof parsePacketText>,
    count: number,
    { merge }: CapturesIn,
  ): Arrival {
    this.board.finish();
    const { ports } = this.router.board;
    const port = this.in ?? this.sourcePorts.portOf(spec.source);
    // An ARP request is a broadcast; all else is sent to the router, as by a host that uses it.
    const frame = buildPacket(spec, spec.kind === 'arp' ? {} : { destination: ports[port].mac });
    this.follow(count);
    const { seconds, nanoseconds } = merge;
    this.wired.feed(port, frame, 0, frame.length, frame.length, seconds, nanoseconds);
    this.finish();
    return { frame, port, because: this.because(spec.source) };
  }

  private because(source: number): string {
    return this.in === null ? arrivalReason(this.router, source) : 'as --in says';
  }

  private follow(target: number): void {
    this.target = target;
    this.trace.follow(target);
  }

  private finish(): void {
    this.board.finish();
    this.takeOutcomes();
  }

  private isDecided(): boolean {
    const isOver = ({ sequences }: TracedPacket) =>
      [...sequences].some((sequence) => this.made.has(sequence));
    return this.outcome !== null && this.packet.answers.every(isOver);
  }

  private takeOutcomes(): void {
    for (const outcome of takeOutcomes(this.board)) {
      if (this.target < 0) continue;
      if (outcome.arrival === this.target) this.outcome = outcome;
      const isAnswer = this.packet.answers.some(({ sequences }) => sequences.has(outcome.sequence));
      if (outcome.arrival === null && isAnswer) this.made.set(outcome.sequence, outcome);
    }
  }
}

/** @throws {UsageError} that points at the character that is wrong */
function readSpec(text: string): ReturnType<typeof parsePacketText> {
  try {
    return parsePacketText(text);
  } catch (error) {
    if (!(error instanceof PacketTextError)) throw error;
    const message = `--packet "${text}": character ${error.offset + 1}: ${error.message}`;
    throw new UsageError(message, 'write e.g. "tcp 10.1.0.20:4000 > 10.2.0.7:502", or a number');
  }
}
