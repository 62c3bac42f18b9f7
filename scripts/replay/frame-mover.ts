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
import type { OutputThread } from '../../drivers/output-thread.ts';
import type { PcapReader } from '../../drivers/pcap-reader.ts';
import type { PcapngWriter } from '../../drivers/pcapng-writer.ts';
import type { FrameSink } from '../../drivers/raw-socket-sim.ts';
import type { Board } from '../../firmware/board/board.ts';
import type { KernelExports } from '../../firmware/board/kernel.ts';
import { buildBlockMaker, buildFrameMover } from '../toolchain/build-firmware.ts';
import { LentRegions } from './lent-regions.ts';
import { DONE, FULL, type MoverExports, ODD } from './mover-exports.ts';
import type { Receipt } from './receipt.ts';
import type { SourcePorts } from './source-ports.ts';

/** Of what is on its way to a digest and a file: as much as 800 short frames. */
const REGION_SIZE = 1 << 16;
/** Of these, how many more than are being filled: the others are read by the thread meanwhile. */
const REGIONS_BEHIND = 16;
// Words of a port's entry.
const PORT_WORDS = 10;
const MAC_WORD = 2;
const DIGEST_WORD = 4;
const COUNTERS_WORD = 6;

/** Where things lie in the kernel's memory: bytes. */
interface MoverMemory {
  readonly ports: number;
  readonly input: number;
  readonly regions: number;
  /** Where the thread makes blocks of a region's frames: none is twice as long as its record. */
  readonly blocks: number;
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

/** What moves frames here, and what makes blocks of them in the thread. */
interface Programs {
  readonly mover: WebAssembly.Module;
  readonly blockMaker: WebAssembly.Module;
}

export class FrameMover {
  private readonly programs: Programs;
  private readonly thread: OutputThread;
  private readonly sourcePorts: SourcePorts;
  private memory: MoverMemory | null = null;
  private parts!: MoverParts;
  private engine!: MoverExports;
  private bytes!: Uint8Array;
  private words!: Uint32Array;
  private input: MoverInput | null = null;
  private regions!: LentRegions;
  /** The region that what arrives is written to. */
  private arrived = 0;
  private isTold = false;

  private constructor(programs: Programs, sourcePorts: SourcePorts, thread: OutputThread) {
    this.programs = programs;
    this.thread = thread;
    this.sourcePorts = sourcePorts;
  }

  /** `thread` is the one of receipt and writers. */
  static async build(sourcePorts: SourcePorts, thread: OutputThread): Promise<FrameMover> {
    const mover = new WebAssembly.Module(await buildFrameMover());
    const blockMaker = new WebAssembly.Module(await buildBlockMaker());
    return new FrameMover({ mover, blockMaker }, sourcePorts, thread);
  }

  /** Takes memory of a shared kernel, for so many ports. Before anything looks at it. */
  reserve(kernel: KernelExports, ports: number): void {
    const { length } = this.sourcePorts.starts;
    this.memory = {
      ports: kernel.allocate(ports * PORT_WORDS * 4),
      input: kernel.allocate(WINDOW_SIZE),
      regions: kernel.allocate(regionCount(ports) * REGION_SIZE),
      blocks: kernel.allocate(2 * REGION_SIZE),
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
    const isNanosecond = writers.some((writer) => writer?.isNanosecond === true);
    this.thread.lend(kernel.memory, {
      code: this.programs.blockMaker,
      to: memory.blocks,
      isNanosecond,
    });
    const indexes = Array.from({ length: regionCount(board.nics.length) }, (_, index) => index);
    const addresses = indexes.map((index) => memory.regions + index * REGION_SIZE);
    this.regions = new LentRegions(this.thread, addresses);
    const { exports } = new WebAssembly.Instance(this.programs.mover, {
      env: { memory: kernel.memory },
    });
    this.engine = exports as unknown as MoverExports;
    for (const [port, { mac }] of board.nics.entries()) {
      const at = this.portAt(port);
      this.words[at] = kernel.ringAddress(port, RING_RX);
      this.words[at + 1] = kernel.ringAddress(port, RING_TX);
      for (let byte = 0; byte < 6; byte++) {
        this.bytes[(at + MAC_WORD) * 4 + byte] = Math.floor(mac / 2 ** (40 - 8 * byte)) & 0xff;
      }
      this.words[at + DIGEST_WORD] = this.regions.take();
    }
    const { starts, ports, defaultPort } = sourcePorts;
    this.words.set(starts, memory.sources >>> 2);
    this.bytes.set(ports, memory.sourcePorts);
    this.engine.openPorts(memory.ports, kernel.arrivalsAddress(0), REGION_SIZE);
    this.openArrived();
    this.engine.openSources(memory.sources, memory.sourcePorts, starts.length, defaultPort);
  }

  /** From now on frames may arrive by it; without, they only leave by it. Before the first one. */
  openInput(input: MoverInput): void {
    assert.ok(this.memory !== null);
    this.input = input;
    const { input: start } = this.memory;
    input.reader.readInto(this.bytes.subarray(start, start + WINDOW_SIZE));
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
    const { start, end } = reader.ahead;
    engine.setClock(clock.seconds, clock.nanoseconds, 0, 0);
    const why = engine.take(memory.input + start, end - start, 0xffff_ffff);
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

  private openArrived(): void {
    this.arrived = this.regions.take();
    this.engine.openDigest(this.arrived);
  }

  private flushArrived(): void {
    const used = this.engine.digestUsed();
    if (used === 0) return;
    const { arrived } = this;
    this.parts.receipt.addArrivedRecords(this.bytes.subarray(arrived, arrived + used));
    this.regions.release(arrived);
    this.openArrived();
  }

  private flushSent(port: number): void {
    const { receipt, writers } = this.parts;
    const word = this.portAt(port) + DIGEST_WORD;
    const start = this.words[word];
    const used = this.words[word + 1];
    if (used === 0) return;
    const records = this.bytes.subarray(start, start + used);
    receipt.addSentRecords(port, records);
    writers[port]?.writeMade(records);
    this.regions.release(start);
    this.words[word] = this.regions.take();
    this.words[word + 1] = 0;
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

/** A region for what arrives and one a port are filled at any time. */
function regionCount(ports: number): number {
  return 1 + ports + REGIONS_BEHIND;
}
