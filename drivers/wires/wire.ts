/**
 * What a port is plugged into, as the data plane has it. A wire never blocks and never throws
 * because of a frame: what it cannot take is counted.
 */
import type { FrameSink, RawSocketSim } from '../raw-socket-sim.ts';

/** Frames that a wire hands over before the others have their turn: a quarter of a breath. */
export const WIRE_BATCH = 64;

/** Frames that a wire lost, in either direction, because something had no room or said no. */
export interface WireCounters {
  rxDropped: number;
  txDropped: number;
}

export interface Wire {
  readonly counters: WireCounters;
  /** Whether there is somebody at the far end, as far as the wire can know. */
  isUp(): boolean;
  /** Hands at most WIRE_BATCH frames to the port, as arrived at this time; how many there were. */
  receive(seconds: number, nanoseconds: number): number;
  /** Takes one frame that the port sends; its bytes are there until `flush` has returned. */
  readonly transmit: FrameSink;
  /** Puts what `transmit` took on the wire. */
  flush(): void;
  /** The operator has shut the port, or opened it again: the far side is shown what it can see. */
  setAdmin?(isUp: boolean): void;
  /** The port's link has gone up or down: while it is down, what arrives is lost. */
  linkChanged?(isUp: boolean): void;
}

/** What a wire needs of its port: where its frames arrive, and the bytes of those that it sends. */
export type WirePort = Pick<RawSocketSim, 'receive' | 'bytes'>;

/** Takes a frame that arrives from a wire, as a NIC does. */
export type FrameReceiver = RawSocketSim['receive'];

/** Nothing is plugged in. */
export class NoWire implements Wire {
  readonly counters: WireCounters = { rxDropped: 0, txDropped: 0 };
  isUp(): boolean {
    return false;
  }
  receive(): number {
    return 0;
  }
  readonly transmit: FrameSink = () => {};
  flush(): void {}
}
