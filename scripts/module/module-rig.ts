/**
 * A module on a bench: the real kernel, staging, fuel and monitor, and a system with nothing else
 * in it. What arrives goes to the one place under test; what leaves that place goes no further.
 */
import { VECTOR_ROWS_MAX } from '../../config/abi.ts';
import type { Manifest, Place } from '../../config/manifest.ts';
import type { Router } from '../../config/router.ts';
import { stageOrder } from '../../config/stage-order.ts';
import type { System } from '../../config/system.ts';
import { nodesOf } from '../../config/system-nodes.ts';
import { RING_PRIORITY, RING_RX, RING_TX } from '../../drivers/nic-ring.ts';
import { RawSocketSim } from '../../drivers/raw-socket-sim.ts';
import { Audit } from '../../firmware/board/audit.ts';
import { type KernelExports, startKernel } from '../../firmware/board/kernel.ts';
import { type ConsoleMessage, entryOf } from '../../firmware/board/messages.ts';
import { Modules } from '../../firmware/board/modules.ts';
import type { Firmware } from '../../firmware/boot/assemble.ts';
import { NODE_PLACE_FIRST } from '../../firmware/boot/table-layout.ts';
import { compileTables, type Tables } from '../../firmware/boot/tables.ts';
import { KernelRows } from '../../firmware/report/kernel-rows.ts';
import { assembleFirmware } from '../toolchain/assemble-firmware.ts';
import type { BuiltModule } from '../toolchain/build-firmware.ts';
import { type MadeFrame, PlaceWatch, type RowEffect } from './place-watch.ts';

const NS = 1_000_000_000;
const MTU_DEFAULT = 1500;
/** Frames may arrive in this call up to here, ns after now. */
const BREATH_NS = 1n;

/** A frame to hand over; `columns` are what the stages before it have found out. */
export interface RigRow {
  readonly frame: Uint8Array;
  readonly port: number;
  readonly columns: readonly {
    readonly id: number;
    readonly size: number;
    readonly value: number;
  }[];
}

/** What a call led to: `rows` as they were handed over. */
export interface RigEffects {
  readonly rows: readonly RowEffect[];
  readonly messages: readonly ConsoleMessage[];
  readonly frames: readonly MadeFrame[];
  /** Violations that are about no row, by name. */
  readonly violations: readonly string[];
  /** Faults, each in a few words. */
  readonly faults: readonly string[];
}

/** The system in which a module has one of its places, and tells the console what it has to say. */
function systemAround(manifest: Manifest, place: Place): System {
  const { name, messages } = manifest;
  const modules = [{ name, path: '', manifest }];
  const to = place.name === '' ? name : `${name}.${place.name}`;
  const rule = { match: place.accepts, matchText: place.acceptsText, to, line: 1, column: 1 };
  const links = [{ from: 'wire', rules: [rule] }];
  return {
    file: 'bench',
    modules,
    links,
    messages: messages.sends.map((type) => ({ from: `${name}.${type.name}`, to: 'console' })),
    stages: stageOrder(links, nodesOf(new Map([[name, manifest]]))),
  };
}

/** @throws {BootError} for a module that the loader refuses */
export function rigFirmware(kernel: Uint8Array, built: BuiltModule, place: number): Firmware {
  const { manifest } = built;
  const system = systemAround(manifest, manifest.places[place]);
  const modules = [{ name: manifest.name, ...built }];
  return assembleFirmware({ kernel, system, systemText: '', modules });
}

/** Remembers faults instead of writing lines. */
class FaultList extends Audit {
  readonly faults: string[] = [];

  override record(_time: bigint, _event: string, kind: Readonly<Record<string, unknown>>): void {
    this.faults.push(`${kind['call']}: ${kind['fault']}, ${kind['remedy']}`);
  }
}

export class ModuleRig {
  readonly #kernel: KernelExports;
  readonly #tables: Tables;
  readonly #modules: Modules;
  readonly #nics: readonly RawSocketSim[];
  readonly #audit = new FaultList();
  readonly #watch: PlaceWatch;
  readonly #rows: KernelRows;
  readonly #arrivals: Uint32Array;
  readonly #place: number;
  /** ns since boot. */
  #now = BigInt(NS);

  /** @throws {BootError} MODULE_FAULT when the module cannot be initialised */
  constructor(firmware: Firmware, router: Router, place: number) {
    this.#tables = compileTables(firmware.system, router);
    this.#place = place;
    const bare = startKernel(firmware.kernel, this.#tables.bytes, router.board);
    this.#watch = new PlaceWatch(bare, this.#tables, place);
    this.#kernel = this.#watch.kernel;
    this.#rows = new KernelRows(bare);
    this.#arrivals = new Uint32Array(bare.memory.buffer, bare.arrivalsAddress(0), 2);
    this.#nics = router.board.ports.map(({ name, mac }, port) => {
      const mtu = router.interfaces.find((face) => face.port === port)?.mtu ?? MTU_DEFAULT;
      return new RawSocketSim({
        name,
        mac,
        mtu,
        port,
        memory: bare.memory,
        rx: bare.ringAddress(port, RING_RX),
        tx: bare.ringAddress(port, RING_TX),
        arrivals: bare.arrivalsAddress(0),
        priority: {
          rx: bare.ringAddress(port, RING_PRIORITY),
          arrivals: bare.arrivalsAddress(1),
        },
      });
    });
    const socket = { kernel: this.#kernel, tables: this.#tables, router, audit: this.#audit };
    this.#modules = new Modules(firmware, socket);
    this.#kernel.advance(this.#now);
  }

  /** Time passes to `seconds` since boot; it never goes back. */
  setTime(seconds: number): void {
    const time = BigInt(Math.round(seconds * NS));
    if (time <= this.#now) return;
    this.#now = time;
    this.#kernel.advance(time);
  }

  /** Hands rows over, in as few vectors as the kernel makes of them, if they reach the place. */
  process(rows: readonly RigRow[]): RigEffects {
    this.#openBreath();
    const first = this.#arrivals[0];
    for (const { frame, port } of rows) {
      const [seconds, rest] = [this.#now / BigInt(NS), this.#now % BigInt(NS)];
      const { length } = frame;
      this.#nics[port].receive(frame, 0, length, length, 0, Number(seconds), Number(rest));
    }
    this.#watch.clear(first, rows.length);
    // A packet that answers another begins a breath of its own.
    for (let breaths = 0; breaths < rows.length && this.#isPending; breaths++) {
      this.#runBreath((row) => this.#fill(row, rows[this.#rows.arrival(row) - first]));
    }
    return this.#effects(this.#watch.take());
  }

  /** Delivers records of one type; what the module held comes back with the next vector. */
  receive(type: number, records: Uint8Array, count: number): RigEffects {
    this.#watch.clear(0, 0);
    this.#modules.messages.enqueue(0, entryOf(type, records, count));
    this.#modules.deliver();
    return this.#effects(this.#watch.take());
  }

  tick(): RigEffects {
    this.#watch.clear(0, 0);
    this.#modules.tick();
    return this.#effects(this.#watch.take());
  }

  get #isPending(): boolean {
    return this.#arrivals[0] !== this.#arrivals[1];
  }

  #effects(seen: Pick<RigEffects, 'rows' | 'frames' | 'violations'>): RigEffects {
    const { messages } = this.#modules;
    return {
      ...seen,
      messages: messages.console.splice(0),
      faults: this.#audit.faults.splice(0),
    };
  }

  /** Takes in nothing: posts the slots that frames arrive in. */
  #openBreath(): void {
    this.#runBreath(() => {});
  }

  #runBreath(fill: (row: number) => void): void {
    const kernel = this.#kernel;
    this.#modules.deliver();
    kernel.beginBreath(this.#now + BREATH_NS);
    for (;;) {
      const count = kernel.receive(VECTOR_ROWS_MAX);
      if (count === 0) break;
      for (let row = 0; row < count; row++) {
        if (this.#rows.node(row) === NODE_PLACE_FIRST + this.#place) fill(row);
      }
      this.#modules.runStage(this.#place);
    }
    kernel.endBreath();
  }

  /** Writes what stages before this one would have left in the row. */
  #fill(row: number, given: RigRow | undefined): void {
    const view = new DataView(this.#kernel.memory.buffer);
    for (const { id, size, value } of given?.columns ?? []) {
      const at = this.#kernel.columnOf(id) + row * size;
      if (size === 1) view.setUint8(at, value);
      else if (size === 2) view.setUint16(at, value, true);
      else view.setUint32(at, value, true);
    }
  }
}
