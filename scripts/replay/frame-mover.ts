/**
 * A replay's fast way for frames, on the host's side: mover/mover.ts on the kernel's memory, for
 * large replays. What it leaves to the general way is done there, in the same order.
 */
import * as assert from 'node:assert/strict';
import { VECTOR_ROWS_MAX } from '../../config/abi.ts';
import { WINDOW_SIZE } from '../../drivers/byte-window.ts';
import type { CaptureMerge } from '../../drivers/capture-merge.ts';
import type { VirtualClock } from '../../drivers/clock.ts';
import { RING_RX, RING_TX } from '../../drivers/nic-ring.ts';
import type { PcapReader } from '../../drivers/pcap-reader.ts';
import type { PcapngWriter } from '../../drivers/pcapng-writer.ts';
import type { FrameSink } from '../../drivers/raw-socket-sim.ts';
import type { Board } from '../../firmware/board/board.ts';
import type { KernelExports } from '../../firmware/board/kernel.ts';
import { buildFrameMover } from '../toolchain/build-firmware.ts';
import type { Receipt } from './receipt.ts';
import type { SourcePorts } from './source-ports.ts';

/** As mover.ts exports it. Times are seconds and nanoseconds; addresses in the kernel's memory. */
interface MoverExports {
  openPorts(
    table: number,
    arrivals: number,
    digest: number,
    regionSize: number,
    isFileNanosecond: boolean,
  ): void;
  openSources(starts: number, ports: number, count: number, otherwise: number): void;
  openInput(
    fixedPort: number,
    pendingMax: number,
    isRewritten: boolean,
    isBigEndian: boolean,
    nsPerFraction: number,
  ): void;
  setEpoch(seconds: number, nanoseconds: number): void;
  setClock(
    seconds: number,
    nanoseconds: number,
    latestSeconds: number,
    latestNanoseconds: number,
  ): void;
  clockSeconds(): number;
  clockNanoseconds(): number;
  latestSeconds(): number;
  latestNanoseconds(): number;
  take(from: number, size: number, most: number): number;
  bytesTaken(): number;
  framesTaken(): number;
  digestUsed(): number;
  emptyDigest(): void;
  drain(port: number): number;
}

// Why a call of the mover came back; see there.
const DONE = 0;
const FULL = 1;
const ODD = 2;

/** Of what is on its way to a digest or a file: as much as 1,500 short frames. */
const REGION_SIZE = 1 << 17;
// Words of a port's entry.
const PORT_WORDS = 12;
const MAC_WORD = 2;
const DIGEST_WORD = 4;
const FILE_WORD = 6;
const COUNTERS_WORD = 8;

/** Where things lie in the kernel's memory: bytes. */
interface MoverMemory {
  readonly ports: number;
  readonly input: number;
  readonly arrived: number;
  readonly sources: number;
  readonly sourcePorts: number;
}

/** What is at the other ends; writers by port, null: no file. */
export interface MoverParts {
  readonly board: Board;
  readonly clock: VirtualClock;
  readonly receipt: Receipt;
  readonly writers: readonly (PcapngWriter | null)[];
}

/** What `arrive` reads from. */
export interface MoverInput {
  readonly reader: PcapReader;
  readonly merge: CaptureMerge;
  /** The port of all frames, once the merge stands on one; -1: by their source. */
  readonly portOf: () => number;
  /** Whether destination MACs become the port's. */
  readonly isRewritten: boolean;
  /** Frames that may wait before the board is run. */
  readonly pendingMax: number;
}

export class FrameMover {
  private readonly code: WebAssembly.Module;
  private readonly sourcePorts: SourcePorts;
  private memory: MoverMemory | null = null;
  private parts!: MoverParts;
  private engine!: MoverExports;
  private bytes!: Uint8Array;
  private words!: Uint32Array;
  private input: MoverInput | null = null;
  private isTold = false;
  /** What of the capture lies in the kernel's memory: its offset and size. */
  private held = { offset: 0, size: 0 };

  private constructor(code: WebAssembly.Module, sourcePorts: SourcePorts) {
    this.code = code;
    this.sourcePorts = sourcePorts;
  }

  static async build(sourcePorts: SourcePorts): Promise<FrameMover> {
    return new FrameMover(new WebAssembly.Module(await buildFrameMover()), sourcePorts);
  }

  /** Takes memory, for so many ports. Before anything looks at the kernel's memory. */
  reserve(kernel: KernelExports, ports: number): void {
    const { length } = this.sourcePorts.starts;
    this.memory = {
      ports: kernel.allocate(ports * PORT_WORDS * 4),
      input: kernel.allocate(WINDOW_SIZE),
      arrived: kernel.allocate((1 + 2 * ports) * REGION_SIZE),
      sources: kernel.allocate(length * 4),
      sourcePorts: kernel.allocate(length),
    };
  }

  /** Plugs it in between. Once, after `reserve`. */
  connect(parts: MoverParts): void {
    const { memory, sourcePorts } = this;
    assert.ok(memory !== null);
    const { board, writers } = parts;
    const { kernel } = board;
    this.parts = parts;
    this.bytes = new Uint8Array(kernel.memory.buffer);
    this.words = new Uint32Array(kernel.memory.buffer);
    const { exports } = new WebAssembly.Instance(this.code, { env: { memory: kernel.memory } });
    this.engine = exports as unknown as MoverExports;
    for (const [port, { mac }] of board.nics.entries()) {
      const at = this.portAt(port);
      this.words[at] = kernel.ringAddress(port, RING_RX);
      this.words[at + 1] = kernel.ringAddress(port, RING_TX);
      for (let byte = 0; byte < 6; byte++) {
        this.bytes[(at + MAC_WORD) * 4 + byte] = Math.floor(mac / 2 ** (40 - 8 * byte)) & 0xff;
      }
      const regions = memory.arrived + (1 + 2 * port) * REGION_SIZE;
      this.words[at + DIGEST_WORD] = regions;
      this.words[at + FILE_WORD] = (writers[port] ?? null) === null ? 0 : regions + REGION_SIZE;
    }
    const { starts, ports, defaultPort } = sourcePorts;
    this.words.set(starts, memory.sources >>> 2);
    this.bytes.set(ports, memory.sourcePorts);
    const { ports: table, arrived } = memory;
    const isNanosecond = writers.some((writer) => writer?.isNanosecond === true);
    const order = kernel.arrivalsAddress(0);
    this.engine.openPorts(table, order, arrived, REGION_SIZE, isNanosecond);
    this.engine.openSources(memory.sources, memory.sourcePorts, starts.length, defaultPort);
  }

  /** From now on frames may arrive by it; without, they only leave by it. */
  openInput(input: MoverInput): void {
    this.input = input;
  }

  private tellInput({ portOf, isRewritten, pendingMax, reader }: MoverInput): void {
    this.isTold = true;
    const nsPerFraction = reader.isNanosecond ? 1 : 1000;
    this.engine.openInput(portOf(), pendingMax, isRewritten, !reader.isLittleEndian, nsPerFraction);
  }

  /** The capture time of the boot instant is known. */
  setEpoch(): void {
    const { epochSeconds, epochNanoseconds } = this.parts.clock;
    this.engine.setEpoch(epochSeconds, epochNanoseconds);
  }

  /**
   * Lets all frames arrive that stand whole in the reader's window, up to the first one for the
   * general way; how many. The board is run whenever it has to be.
   */
  arrive(): number {
    const { input, memory } = this;
    if (input === null || memory === null) return 0;
    if (!this.isTold) this.tellInput(input);
    const { board } = this.parts;
    let count = 0;
    for (let isStuck = false; ; ) {
      const why = this.take(input, memory);
      const taken = this.engine.framesTaken();
      count += taken;
      // Not even a board that has had its breath takes it: the general way says what is wrong.
      if (why !== FULL || (isStuck && taken === 0)) break;
      isStuck = taken === 0;
      if (isStuck || this.engine.digestUsed() > REGION_SIZE / 2) this.flushArrived();
      board.run(VECTOR_ROWS_MAX);
    }
    this.flushArrived();
    this.countFrames();
    return count;
  }

  private take({ reader, merge }: MoverInput, memory: MoverMemory): number {
    const { engine } = this;
    const { clock } = this.parts;
    const { start, end, offset } = reader.ahead;
    const { held } = this;
    if (offset < held.offset || offset >= held.offset + held.size) {
      held.offset = offset;
      held.size = end - start;
      this.bytes.set(reader.raw.subarray(start, end), memory.input);
    }
    const done = offset - held.offset;
    engine.setClock(clock.seconds, clock.nanoseconds, 0, 0);
    const why = engine.take(memory.input + done, held.size - done, 0xffff_ffff);
    reader.skip(engine.bytesTaken());
    if (engine.framesTaken() > 0) {
      clock.advanceTo(engine.clockSeconds() >>> 0, engine.clockNanoseconds());
      merge.pass(engine.latestSeconds() >>> 0, engine.latestNanoseconds());
    }
    return why;
  }

  /** Takes what a port sends; what is for the general way goes to `sink`. */
  drain(port: number, sink: FrameSink): void {
    const { engine } = this;
    for (let why = engine.drain(port); why !== DONE; why = engine.drain(port)) {
      this.flushSent(port);
      if (why === ODD) this.parts.board.nics[port].drain(sink, 1);
    }
  }

  /** Hands on all that it still has. */
  flush(): void {
    this.flushArrived();
    for (const port of this.parts.board.nics.keys()) this.flushSent(port);
    this.countFrames();
  }

  private flushArrived(): void {
    const used = this.engine.digestUsed();
    if (used === 0 || this.memory === null) return;
    const { arrived } = this.memory;
    this.parts.receipt.addArrivedRecords(this.bytes.subarray(arrived, arrived + used));
    this.engine.emptyDigest();
  }

  private flushSent(port: number): void {
    const { receipt, writers } = this.parts;
    const digests = this.takeRegion(this.portAt(port) + DIGEST_WORD);
    if (digests.length === 0) return;
    receipt.addSentRecords(port, digests);
    writers[port]?.writeBlocks(this.takeRegion(this.portAt(port) + FILE_WORD));
  }

  /** The used bytes of the region whose address stands in this word; it is empty from now on. */
  private takeRegion(word: number): Uint8Array {
    const start = this.words[word];
    const used = this.words[word + 1];
    this.words[word + 1] = 0;
    return this.bytes.subarray(start, start + used);
  }

  /** What the NICs would have counted. */
  private countFrames(): void {
    for (const [port, { counters }] of this.parts.board.nics.entries()) {
      const at = this.portAt(port) + COUNTERS_WORD;
      const [rxFrames, rxBytes, txFrames, txBytes] = this.words.subarray(at, at + 4);
      counters.rxFrames += rxFrames;
      counters.rxBytes += rxBytes;
      counters.txFrames += txFrames;
      counters.txBytes += txBytes;
      this.words.fill(0, at, at + 4);
    }
  }

  private portAt(port: number): number {
    return ((this.memory?.ports ?? 0) >>> 2) + port * PORT_WORDS;
  }
}
