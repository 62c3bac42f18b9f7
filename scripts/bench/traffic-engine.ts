/** The bench's generator and sink on the host's side: traffic/engine.ts on the kernel's memory. */
import { RING_RX, RING_TX } from '../../drivers/nic-ring.ts';
import type { KernelExports } from '../../firmware/board/kernel.ts';
import { buildTrafficEngine } from '../toolchain/build-firmware.ts';
import type { FrameSize } from './frame-size.ts';
import { type Direction, sizeInMemory, TEMPLATE_SIZE, writeTemplate } from './frame-templates.ts';
import type { TrafficKind } from './traffic-kind.ts';
import type { Connection } from './workload.ts';

interface EngineExports {
  plug(ring: number, order: number, port: number): void;
  loadTraffic(templates: number, lengths: number, body: number, count: number, gapNs: number): void;
  fill(frames: number, isWhole: boolean): number;
  drain(ring: number): number;
  timeSeconds(): number;
  timeNanoseconds(): number;
  setTime(seconds: number, nanoseconds: number): void;
}

const BODY_SIZE = 2048;
/** Frames arrive as on a link of 10 Gbit/s, preamble and gap included: 0.8 ns a byte. */
const BYTE_NS = 0.8;
const OVERHEAD_SIZE = 24;

/** Where the engine's data lie in the kernel's memory: taken before anything looks at it. */
export interface EngineMemory {
  readonly templates: number;
  readonly lengths: number;
  readonly body: number;
  readonly capacity: number;
}

/** Takes memory for `capacity` templates. Only before the board is plugged together. */
export function reserveEngineMemory(kernel: KernelExports, capacity: number): EngineMemory {
  return {
    templates: kernel.allocate(capacity * TEMPLATE_SIZE),
    lengths: kernel.allocate(capacity * 2),
    body: kernel.allocate(BODY_SIZE),
    capacity,
  };
}

export class TrafficEngine {
  readonly memory: EngineMemory;
  private readonly kernel: KernelExports;
  private readonly engine: EngineExports;
  private readonly tx: readonly number[];
  private loaded = { count: 0, gapNs: 0 };

  private constructor(
    engine: EngineExports,
    kernel: KernelExports,
    memory: EngineMemory,
    ports: number,
  ) {
    this.engine = engine;
    this.kernel = kernel;
    this.memory = memory;
    this.tx = Array.from({ length: ports }, (_, port) => kernel.ringAddress(port, RING_TX));
    const body = new Uint8Array(kernel.memory.buffer, memory.body, BODY_SIZE);
    for (let at = 0; at < BODY_SIZE; at++) body[at] = at * 7;
  }

  static async start(
    kernel: KernelExports,
    memory: EngineMemory,
    ports: number,
  ): Promise<TrafficEngine> {
    const code = new WebAssembly.Module(await buildTrafficEngine());
    const { exports } = new WebAssembly.Instance(code, { env: { memory: kernel.memory } });
    return new TrafficEngine(exports as unknown as EngineExports, kernel, memory, ports);
  }

  /** What arrives from now on, and by which port: a frame a connection, in turn. */
  load(
    connections: readonly Connection[],
    size: FrameSize,
    port: number,
    direction: Direction,
    kind: TrafficKind,
  ): void {
    const { templates, lengths } = this.memory;
    const { buffer } = this.kernel.memory;
    const bytes = new Uint8Array(buffer, templates, connections.length * TEMPLATE_SIZE);
    const sizes = new Uint16Array(buffer, lengths, connections.length);
    let total = 0;
    for (const [i, connection] of connections.entries()) {
      sizes[i] = sizeInMemory(size, i);
      total += sizes[i] + OVERHEAD_SIZE;
      const at = i * TEMPLATE_SIZE;
      const template = bytes.subarray(at, at + TEMPLATE_SIZE);
      writeTemplate(template, connection, sizes[i], direction);
      if (kind.isRefused(i)) kind.spoil(template);
    }
    const gapNs = Math.ceil((total / connections.length) * BYTE_NS);
    this.loaded = { count: connections.length, gapNs };
    this.rewind();
    const rx = this.kernel.ringAddress(port, RING_RX);
    this.engine.plug(rx, this.kernel.arrivalsAddress(0), port);
  }

  /** From the first frame again. */
  rewind(): void {
    const { templates, lengths, body } = this.memory;
    const { count, gapNs } = this.loaded;
    this.engine.loadTraffic(templates, lengths, body, count, gapNs);
  }

  /** Up to `count` frames arrive; how many did. See engine.ts for `isWhole`. */
  fill(count: number, isWhole: boolean): number {
    return this.engine.fill(count, isWhole);
  }

  /** Puts all that waits on the wires; how many frames. */
  drain(): number {
    let sent = 0;
    for (let port = 0; port < this.tx.length; port++) sent += this.engine.drain(this.tx[port]);
    return sent;
  }

  /** The n-th frame as it arrives: bytes of the template, then of the body. */
  frame(index: number): Uint8Array {
    const { buffer } = this.kernel.memory;
    const { templates, lengths, body } = this.memory;
    const size = new Uint16Array(buffer, lengths + index * 2, 1)[0];
    const frame = new Uint8Array(size);
    const first = new Uint8Array(buffer, templates + index * TEMPLATE_SIZE, TEMPLATE_SIZE);
    frame.set(first.subarray(0, size));
    if (size > TEMPLATE_SIZE) {
      frame.set(new Uint8Array(buffer, body, size - TEMPLATE_SIZE), TEMPLATE_SIZE);
    }
    return frame;
  }

  /** Virtual time of the next frame, ns since boot. */
  get time(): bigint {
    return (
      BigInt(this.engine.timeSeconds()) * 1_000_000_000n + BigInt(this.engine.timeNanoseconds())
    );
  }

  set time(ns: bigint) {
    this.engine.setTime(Number(ns / 1_000_000_000n), Number(ns % 1_000_000_000n));
  }
}
