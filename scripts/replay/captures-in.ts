/**
 * The captures of a run, opened: those that can be read, merged by time, and what is wrong with
 * the others.
 */
import { CaptureError } from '../../drivers/capture-error.ts';
import { CaptureMerge } from '../../drivers/capture-merge.ts';
import { openCapture } from '../../drivers/capture-reader.ts';
import type { CaptureSource } from '../../drivers/capture-source.ts';

/** A capture to read; `port` is where its frames arrive, null: by their source. */
export interface CaptureInput {
  readonly file: string;
  readonly port: number | null;
}

export interface CapturesIn {
  readonly merge: CaptureMerge;
  /** By source of the merge; -1: the frames arrive by their source. */
  readonly ports: Int32Array;
  /** What cannot be opened; `merge.errors` has what could not be read to its end. */
  readonly errors: readonly CaptureError[];
}

/** Opens all captures; never throws because of one. */
export function openCaptures(inputs: readonly CaptureInput[]): CapturesIn {
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
  return { merge: new CaptureMerge(readers), ports: Int32Array.from(ports), errors };
}
