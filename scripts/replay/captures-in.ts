/**
 * The captures of a run, opened: those that can be read, merged by time, and what is wrong with
 * the others.
 */
import { CaptureError } from '../../drivers/capture-error.ts';
import { CaptureMerge } from '../../drivers/capture-merge.ts';
import { openCapture } from '../../drivers/capture-reader.ts';
import type { CaptureSource } from '../../drivers/capture-source.ts';
import { type InterfaceMapping, InterfacePorts, NOT_MAPPED } from './interface-ports.ts';

/** A capture to read; `port` is where its frames arrive, null: it does not say. */
export interface CaptureInput {
  readonly file: string;
  readonly port: number | null;
}

/** Where frames arrive whose capture does not say; null: by their source. */
export interface ArrivalOptions {
  readonly everywhere: number | null;
  readonly mappings: readonly InterfaceMapping[];
}

export interface CapturesIn {
  readonly merge: CaptureMerge;
  /**
   * The port of the frame that the merge stands on, of its capture, its interface or all captures,
   * in this order; -1: by its source.
   */
  readonly portOf: () => number;
  /** What cannot be opened; `merge.errors` has what could not be read to its end. */
  readonly errors: readonly CaptureError[];
}

/**
 * Opens all captures; never throws because of one.
 * @throws {UsageError} when a mapping names an interface that none has
 */
export function openCaptures(
  inputs: readonly CaptureInput[],
  { everywhere, mappings }: ArrivalOptions = { everywhere: null, mappings: [] },
): CapturesIn {
  const readers: CaptureSource[] = [];
  const ports: number[] = [];
  const errors: CaptureError[] = [];
  for (const { file, port } of inputs) {
    try {
      readers.push(openCapture(file));
      ports.push(port ?? -1);
    } catch (error) {
      if (!(error instanceof CaptureError)) throw error;
      errors.push(error);
    }
  }
  const merge = new CaptureMerge(readers);
  const mapped = mappings.length === 0 ? null : new InterfacePorts(mappings, readers);
  const otherwise = everywhere ?? -1;
  const portOf = () => {
    const own = ports[merge.source];
    if (own >= 0) return own;
    const port = mapped === null ? NOT_MAPPED : mapped.portOf(merge.source, merge.interface);
    return port === NOT_MAPPED ? otherwise : port;
  };
  return { merge, portOf, errors };
}
