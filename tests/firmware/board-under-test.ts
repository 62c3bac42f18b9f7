/** A board that runs the real kernel and modules, driven frame by frame, with its books checked. */
import { expect } from 'vitest';
import type { Router } from '../../config/router.ts';
import { FarSide } from '../../drivers/far-side.ts';
import { Board, type BoardOptions } from '../../firmware/board/board.ts';
import { neighborRanges, portMap } from '../../firmware/boot/address-map.ts';
import type { Firmware } from '../../firmware/boot/assemble.ts';
import { compileTables } from '../../firmware/boot/tables.ts';
import { AuditLog } from '../../firmware/report/audit-log.ts';
import { type Counters, readCounters } from '../../firmware/report/counters.ts';
import { type Outcome, takeOutcomes, traceOutcomes } from '../../firmware/report/outcomes.ts';
import { buildPacket } from '../../netstack/build-packet.ts';
import { writeU48 } from '../../netstack/byte-order.ts';
import { parsePacketText } from '../../netstack/packet-text.ts';
import { valueAt } from './boot/value-at.ts';
import { firmwareOf, routerOf } from './configuration.ts';
import { counterDifference, requireConservation } from './counter-difference.ts';

/** A frame that left the board. `uncounted` are the emulation's own. */
export interface SentFrame {
  readonly port: string;
  readonly frame: Uint8Array;
  readonly time: bigint;
  readonly uncounted: boolean;
}

/** What one step brought. `delta` has every counter that moved, by path, and by how much. */
export interface Step {
  readonly sent: SentFrame[];
  readonly delta: Record<string, number>;
  readonly audit: Record<string, unknown>[];
  /** None if the board is not traced. */
  readonly outcomes: Outcome[];
}

/** Where and when frames arrive; without `in`, where the source's route points. */
export interface Arrival {
  in?: string;
  /** Seconds of virtual time; the time of the step before if not given. */
  at?: number;
}

export interface BoardSetup extends BoardOptions {
  firmware?: Firmware;
  board?: string;
  /** Of the arena, however few; as the board says if not given. */
  frameSlots?: number;
  /** Ports at whose far ends hosts answer ARP; all if not given. */
  farSides?: readonly string[];
  /** Steps have outcomes: no row takes the short way to the wire then. */
  isTraced?: boolean;
}

const NS = 1_000_000_000;

export class BoardUnderTest {
  readonly board: Board;
  readonly router: Router;
  readonly auditLines: string[] = [];
  /** Virtual time in ns. */
  time = NS;
  readonly #sent: SentFrame[] = [];
  readonly #farSides: (FarSide | null)[];
  readonly #memorySize: number;
  readonly #sources;
  #before: Counters;

  constructor(firmware: Firmware, router: Router, setup: BoardSetup) {
    this.router = router;
    const tables = compileTables(firmware.system, router);
    this.board = new Board(firmware, router, tables, {
      ...setup,
      openAudit: (board) => new AuditLog(board, (line) => this.auditLines.push(line)),
    });
    this.auditLines.length = 0; // but for the first, which names firmware and configuration
    this.#farSides = this.board.nics.map((nic, port) => {
      const neighbors = neighborRanges(router).filter((range) => range.port === port);
      const hasHosts = setup.farSides?.includes(nic.name) ?? true;
      return hasHosts ? new FarSide(nic, neighbors) : null;
    });
    this.board.onBreath = () => this.#drain();
    this.#sources = portMap(router);
    this.#memorySize = this.board.kernel.memory.buffer.byteLength;
    this.#before = readCounters(this.board);
    if (setup.isTraced === true) traceOutcomes(this.board);
  }

  get counters(): Counters {
    return readCounters(this.board);
  }

  /** A port's index by its name. */
  port(name: string): number {
    const port = this.router.board.ports.findIndex((entry) => entry.name === name);
    if (port < 0) throw new RangeError(`no port ${name}`);
    return port;
  }

  /** Hands one frame to a port and runs nothing. False: the NIC had no room. */
  put(frame: Uint8Array, port: string, flags = 0): boolean {
    const { time } = this;
    const seconds = Math.floor(time / NS);
    const { length } = frame;
    const nic = this.board.nics[this.port(port)];
    return nic.receive(frame, 0, length, length, flags, seconds, time % NS);
  }

  /** A packet text as a frame for the port that its source lives behind, or for `in`. */
  build(text: string, arrival: Arrival = {}): { frame: Uint8Array; port: string } {
    const spec = parsePacketText(text);
    const port = arrival.in ?? this.portOf(spec.source);
    const frame = buildPacket(spec);
    if (spec.kind !== 'arp') writeU48(frame, 0, this.board.nics[this.port(port)].mac);
    return { frame, port };
  }

  portOf(source: number): string {
    return this.router.board.ports[valueAt(this.#sources, source)]?.name ?? 'eth0';
  }

  /** Sends packets by text, one after the other in one step, and runs until all is done. */
  send(texts: string | readonly string[], arrival: Arrival = {}): Step {
    this.setTime(arrival.at);
    for (const text of [texts].flat()) {
      const { frame, port } = this.build(text, arrival);
      this.#arrive(frame, port);
    }
    return this.run();
  }

  /** Sends frames to a port; the destination is made the port's unless it is a group's. */
  sendFrames(frames: readonly Uint8Array[], port: string, arrival: Arrival = {}): Step {
    this.setTime(arrival.at);
    for (const frame of frames) this.#arrive(this.addressed(frame, port), port);
    return this.run();
  }

  /** Makes room where the ring is full. */
  #arrive(frame: Uint8Array, port: string): void {
    if (this.put(frame, port)) return;
    const { kernel } = this.board;
    this.board.run();
    kernel.beginBreath(0n); // takes in nothing, posts free slots
    kernel.endBreath();
    if (!this.put(frame, port)) throw new RangeError(`${port} has no room`);
  }

  /** A copy of a frame for the port's own MAC address; a group's stays. */
  addressed(frame: Uint8Array, port: string): Uint8Array {
    const copy = frame.slice();
    if (copy.length >= 6 && (copy[0] & 1) === 0) {
      writeU48(copy, 0, this.board.nics[this.port(port)].mac);
    }
    return copy;
  }

  setTime(seconds: number | undefined): void {
    if (seconds !== undefined) this.time = Math.round(seconds * NS);
  }

  /** Processes what has arrived; time stands still. */
  run(): Step {
    this.board.run();
    return this.step();
  }

  /** Lets virtual time pass, in seconds since boot. */
  advance(seconds: number): Step {
    this.setTime(seconds);
    this.board.advance(BigInt(this.time));
    return this.step();
  }

  /** Lets time pass until nothing is held. */
  finish(): Step {
    this.board.finish();
    return this.step();
  }

  /** What happened since the step before; the books must balance. */
  step(): Step {
    const counters = readCounters(this.board);
    requireConservation(counters);
    expect(this.board.kernel.memory.buffer.byteLength).toBe(this.#memorySize);
    const delta = counterDifference(this.#before, counters);
    this.#before = counters;
    // What is like an event of an earlier step is told of in full all the same.
    this.board.audit.onBreath(this.board.kernel.now());
    this.board.audit.flush(this.board.kernel.now());
    const audit = this.auditLines.splice(0).map((line) => JSON.parse(line));
    return { sent: this.#sent.splice(0), delta, audit, outcomes: takeOutcomes(this.board) };
  }

  #drain(): void {
    for (const [port, nic] of this.board.nics.entries()) {
      nic.drain((address, length, seconds, nanoseconds, flags) => {
        if (nanoseconds >= NS) throw new RangeError(`a stamp of ${nanoseconds} ns`);
        this.#sent.push({
          port: nic.name,
          frame: nic.bytes.slice(address, address + length),
          time: BigInt(seconds) * BigInt(NS) + BigInt(nanoseconds),
          uncounted: flags !== 0,
        });
        this.#farSides[port]?.watch(address, length, seconds, nanoseconds, flags);
      });
    }
  }
}

/** Boots a board for a router file's text. */
export async function boot(yaml: string, setup: BoardSetup = {}): Promise<BoardUnderTest> {
  const firmware = setup.firmware ?? (await firmwareOf());
  const router = routerOf(yaml, setup.board);
  const frameSlots = setup.frameSlots ?? router.board.frameSlots;
  return new BoardUnderTest(firmware, { ...router, board: { ...router.board, frameSlots } }, setup);
}
