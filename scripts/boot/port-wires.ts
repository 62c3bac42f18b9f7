/**
 * The wires of a run, looked up: which port each is plugged into; and captures, opened.
 */
import type { Router } from '../../config/router.ts';
import type { WireSpec } from '../../config/wire.ts';
import { wireMistake } from '../../config/wire-checks.ts';
import type { PcapngWriter } from '../../drivers/pcapng-writer.ts';
import { portIndex } from '../commands/port-name.ts';
import { type CapturesIn, openCaptures } from '../replay/captures-in.ts';
import { refuseOverwriting } from '../replay/overwrite-guard.ts';
import { type CapturedPort, createPortCapture } from '../replay/port-capture.ts';
import { UsageError } from '../usage-error.ts';
import type { BootOptions } from './options.ts';

/** A wire with its port looked up. */
export interface PortWire<Spec extends WireSpec = WireSpec> {
  readonly port: number;
  readonly spec: Spec;
}

export type CaptureSpec = Extract<WireSpec, { kind: 'capture' }>;

export function isCaptureWire(wire: PortWire): wire is PortWire<CaptureSpec> {
  return wire.spec.kind === 'capture';
}

/** The wires that are something, by port. @throws {UsageError} */
export function findWires(options: BootOptions, router: Router): PortWire[] {
  const specs = new Map<number, WireSpec>();
  if (options.usesRouterWires) for (const { port, spec } of router.wires) specs.set(port, spec);
  const named = new Set<number>();
  for (const { port: name, spec } of options.wires) {
    const face = router.interfaces.find((entry) => entry.name === name);
    const port = face?.port ?? portIndex(router.board, name);
    if (named.has(port)) throw new UsageError(`--wire: port ${name} has two wires`);
    named.add(port);
    specs.set(port, spec);
  }
  const wires = [...specs]
    .filter(([, { kind }]) => kind !== 'none')
    .map(([port, spec]) => ({ port, spec }))
    .sort((a, b) => a.port - b.port);
  checkCaptures(wires.filter(isCaptureWire), !wires.every(isCaptureWire));
  for (const wire of wires) {
    const mistake = wireMistake(wire, router);
    if (mistake !== null) throw new UsageError(`--wire: ${mistake.message}`, mistake.hint);
  }
  checkDevices(wires);
  return wires;
}

function checkCaptures(wires: readonly PortWire<CaptureSpec>[], isBesideLive: boolean): void {
  const inputs = wires.map(({ spec }) => spec.in);
  if (isBesideLive && inputs.includes('-')) {
    throw new UsageError('beside live wires no capture is read from stdin', 'save it as a file');
  }
  if (inputs.filter((file) => file === '-').length > 1) {
    throw new UsageError('- is given twice, but there is one stdin');
  }
  const outputs = wires.flatMap(({ spec: { out } }) => (out === undefined ? [] : [out]));
  if (new Set(outputs).size < outputs.length) {
    throw new UsageError('two wires write the same capture', 'give each its own');
  }
  refuseOverwriting(inputs, outputs);
}

/** A device or an address has one end. */
function checkDevices(wires: readonly PortWire[]): void {
  const taken = new Set<string>();
  for (const { spec } of wires) {
    if (spec.kind === 'none' || spec.kind === 'capture') continue;
    const what = spec.kind === 'udp' ? { kind: 'udp', local: spec.local } : spec;
    const key = JSON.stringify(what);
    if (taken.has(key)) throw new UsageError(`two ports have the same ${spec.kind} wire`);
    taken.add(key);
  }
}

export class OpenCaptures {
  readonly input: CapturesIn;
  /** By port. */
  readonly writers: (PcapngWriter | null)[];

  /** @throws {CaptureError} when a capture cannot be written */
  constructor(wires: readonly PortWire<CaptureSpec>[], ports: readonly CapturedPort[]) {
    this.input = openCaptures(wires.map(({ port, spec }) => ({ port, file: spec.in })));
    this.writers = ports.map(() => null);
    const nanosecond = this.input.merge.isNanosecond;
    for (const { port, spec } of wires) {
      if (spec.out === undefined) continue;
      this.writers[port] = createPortCapture(spec.out, ports[port], { nanosecond });
    }
  }

  /** Writes the rest and releases all files. Once. */
  close(): void {
    this.input.merge.close();
    for (const writer of this.writers) writer?.close();
  }
}
