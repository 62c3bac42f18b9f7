/**
 * The wires of the command line, opened: captures that ports read, and captures that they write.
 */
import type { Router } from '../../config/router.ts';
import { CaptureWriter } from '../../drivers/capture-writer.ts';
import { portIndex } from '../commands/port-name.ts';
import { type CapturesIn, openCaptures } from '../replay/captures-in.ts';
import { refuseOverwriting } from '../replay/overwrite-guard.ts';
import { UsageError } from '../usage-error.ts';
import type { Wire } from './options.ts';

/** A wire with its port looked up. */
export interface PortWire {
  readonly port: number;
  readonly in: string;
  readonly out: string | undefined;
}

/** The wires that are something; ports named `none` are only looked up. @throws {UsageError} */
export function findWires(wires: readonly Wire[], { board }: Router): PortWire[] {
  const found = wires.flatMap(({ port, in: file, out }) => {
    const index = portIndex(board, port);
    return file === undefined ? [] : [{ port: index, in: file, out }];
  });
  const inputs = found.map((wire) => wire.in);
  if (inputs.filter((file) => file === '-').length > 1) {
    throw new UsageError('- is given twice, but there is one stdin');
  }
  const outputs = found.flatMap(({ out }) => (out === undefined ? [] : [out]));
  if (new Set(outputs).size < outputs.length) {
    throw new UsageError('two wires write the same capture', 'give each its own');
  }
  refuseOverwriting(inputs, outputs);
  return found;
}

export class OpenWires {
  readonly input: CapturesIn;
  /** No wire: nothing will ever arrive. */
  readonly isIdle: boolean;
  /** By port. */
  readonly writers: (CaptureWriter | null)[];

  /** @throws {CaptureError} when a capture cannot be written */
  constructor(wires: readonly PortWire[], portCount: number) {
    this.input = openCaptures(wires.map(({ port, in: file }) => ({ port, file })));
    this.isIdle = wires.length === 0;
    this.writers = new Array(portCount).fill(null);
    const nanosecond = this.input.merge.isNanosecond;
    for (const { port, out } of wires) {
      if (out !== undefined) this.writers[port] = new CaptureWriter(out, { nanosecond });
    }
  }

  /** Writes the rest and releases all files. Once. */
  close(): void {
    this.input.merge.close();
    for (const writer of this.writers) writer?.close();
  }
}
