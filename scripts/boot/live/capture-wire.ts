/**
 * A capture as the far end of a port beside live wires: its frames arrive in their time, and what
 * the port sends goes into another. Its files are looked after in the thread of the socket wires.
 */
import { statSync } from 'node:fs';
import { CaptureError, systemCodeOf } from '../../../drivers/capture-error.ts';
import { openCapture } from '../../../drivers/capture-reader.ts';
import { FarSide, type HostRange } from '../../../drivers/far-side.ts';
import type { PcapngWriter } from '../../../drivers/pcapng-writer.ts';
import type { RingSink } from '../../../drivers/wires/frame-ring.ts';
import type { RingWireEnd } from '../../../drivers/wires/ring-wire.ts';
import type { SocketWire } from '../../../drivers/wires/socket-wire.ts';
import { WireError } from '../../../drivers/wires/wire-error.ts';
import { type CapturedPort, createPortCapture } from '../../replay/port-capture.ts';
import { CaptureFeed } from './capture-feed.ts';
import type { CapturePace } from './capture-pace.ts';
import { Recording } from './recording.ts';

/** What a capture wire reads and writes, and whose port it is plugged into. */
export interface CapturePlan {
  readonly in: string;
  readonly out: string | undefined;
  readonly port: CapturedPort;
  /** Who answers ARP there: the port's neighbours, ascending. */
  readonly hosts: readonly HostRange[];
}

/** What a capture wire works with. */
export interface CaptureParts {
  readonly end: RingWireEnd;
  readonly pace: CapturePace;
  /** Told why nothing more is read or written; the wire goes on without. */
  readonly complain: (why: string) => void;
}

export class CaptureWire implements SocketWire {
  private readonly name: string;
  private readonly plan: CapturePlan;
  private readonly parts: CaptureParts;
  private feed: CaptureFeed | null = null;
  private recording: Recording<PcapngWriter> | null = null;
  private readonly farPort: { bytes: Uint8Array; receive: (frame: Uint8Array) => boolean };
  private readonly farSide: FarSide;
  private isStarted = false;

  constructor(name: string, plan: CapturePlan, parts: CaptureParts) {
    this.name = name;
    this.plan = plan;
    this.parts = parts;
    const receive = (frame: Uint8Array) => parts.end.offer(frame, 0, frame.length, frame.length);
    this.farPort = { bytes: new Uint8Array(0), receive };
    this.farSide = new FarSide(this.farPort, plan.hosts);
  }

  /** Reads IN up to its first frame. @throws {WireError} */
  async open(): Promise<void> {
    const { name, plan, parts } = this;
    // Whoever waits for a pipe holds up the thread, and with it all the wires that it looks after.
    if (isOtherThanFile(plan.in)) {
      const what = `${plan.in} is no regular file`;
      throw new WireError('WIRE_UNSUPPORTED', name, what, 'beside live wires, read a saved one');
    }
    const target = { end: parts.end, mac: plan.port.mac };
    const feed = orRefuse(name, () => new CaptureFeed(openCapture(plan.in), target, parts));
    this.feed = feed;
    const first = feed.firstStamp;
    if (first !== null && !parts.pace.include(first.seconds, first.nanoseconds)) {
      const what = `${plan.in} begins more than an hour from another capture`;
      throw new WireError('WIRE_FAILED', name, what, 'shift its times: editcap -t');
    }
    parts.end.setCarrier(true);
  }

  /** Creates or empties OUT. @throws {WireError} */
  record(): void {
    const { name, plan, parts, feed } = this;
    const { out, port } = plan;
    if (out === undefined || feed === null) return;
    const { isNanosecond: nanosecond } = feed;
    const writer = orRefuse(name, () => createPortCapture(out, port, { nanosecond }));
    this.recording = new Recording(writer, parts.complain);
  }

  pump(): void {
    const { end, pace } = this.parts;
    if (!this.isStarted) {
      if (!end.isLinkUp) return;
      this.isStarted = true;
      pace.start();
      this.feed?.run();
    }
    while (end.take(this.leave));
  }

  close(): void {
    this.feed?.close();
    this.recording?.close();
  }

  private readonly leave: RingSink = (bytes, start, end, _tag, seconds, nanoseconds) => {
    const { clock } = this.parts.pace;
    this.recording?.write((writer) => {
      const fraction = clock.captureNanoseconds(nanoseconds);
      writer.write(bytes, start, end, clock.captureSeconds(seconds, nanoseconds), fraction);
    });
    this.farPort.bytes = bytes;
    this.farSide.watch(start, end - start, seconds, nanoseconds, 0);
  };
}

function isOtherThanFile(path: string): boolean {
  try {
    return !statSync(path).isFile();
  } catch (error) {
    // Whoever opens it says what is wrong; our own bugs are not swallowed here.
    systemCodeOf(error);
    return false;
  }
}

/** What `make` makes of a file; or why that is no wire, in the operator's words. */
function orRefuse<Made>(name: string, make: () => Made): Made {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error;
    const code = error.code === 'CAPTURE_MISSING' ? 'WIRE_MISSING' : 'WIRE_FAILED';
    const isOut = error.code === 'CAPTURE_UNWRITABLE';
    const hint = isOut ? 'write somewhere else' : 'name a capture that sluice replay can read';
    throw new WireError(code, name, error.message, hint);
  }
}
