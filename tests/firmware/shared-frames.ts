/** The frames of the shared captures that the drivers read. */
import { openCapture } from '../../drivers/capture-reader.ts';
import {
  type CaptureFacts,
  hasSharedCaptures,
  isReadable,
  NO_SHARED_CAPTURES,
  sharedCapture,
  sharedFacts,
} from '../drivers/shared-captures.ts';

export { hasSharedCaptures, NO_SHARED_CAPTURES };

export interface CapturedFrame {
  readonly frame: Uint8Array;
  readonly wireLength: number;
  readonly seconds: number;
  readonly nanoseconds: number;
}

/** The Ethernet captures that have frames. */
export function sharedCaptures(): CaptureFacts[] {
  return sharedFacts().filter((facts) => isReadable(facts) && facts.packets > 0);
}

/** One of them by its path below the shared captures. */
export function sharedCaptureOf(path: string): CaptureFacts {
  const found = sharedFacts().find((facts) => facts.path === path);
  if (found === undefined) throw new RangeError(`no shared capture ${path}`);
  return found;
}

/** All frames of a capture, as far as it can be read. */
export function* capturedFrames(facts: CaptureFacts | string): Generator<CapturedFrame> {
  const reader = openCapture(typeof facts === 'string' ? facts : sharedCapture(facts));
  try {
    for (;;) {
      try {
        if (!reader.next()) return;
      } catch (error) {
        // A damaged capture ends where it is damaged.
        if (error instanceof Error && 'code' in error) return;
        throw error;
      }
      yield {
        frame: reader.data.slice(reader.start, reader.end),
        wireLength: reader.wireLength,
        seconds: reader.hasTime ? reader.seconds : 0,
        nanoseconds: reader.hasTime ? reader.nanoseconds : 0,
      };
    }
  } finally {
    reader.close();
  }
}
