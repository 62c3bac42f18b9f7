/**
 * What a command may use of the machine that it runs on.
 */
import type { Logger } from 'pino';
import type { Firmware } from '../firmware/boot/assemble.ts';

/** A text stream; `isTTY` and `columns` as in node:tty. */
export interface TextStream {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
}

/** What commands do with the log. */
export type HostLog = Pick<Logger, 'info'>;

/** The streams, the log and the environment of a command. stdout carries the report only. */
export interface Host {
  readonly stdout: TextStream;
  readonly stderr: TextStream;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The firmware of a system description; the router's own if none is given. */
  readonly loadFirmware: (systemPath?: string) => Promise<Firmware>;
  readonly log: HostLog;
}

/** A host before the command line has said how much is to be logged. */
export type BareHost = Omit<Host, 'log'>;

/**
 * Whether text on this stream may have colour: on a terminal that has some, and unless NO_COLOR
 * (no-color.org) is set to anything but nothing.
 */
export function hasColour(stream: TextStream, environment: Host['environment']): boolean {
  if ((environment['NO_COLOR'] ?? '') !== '') return false;
  return stream.isTTY === true && environment['TERM'] !== 'dumb';
}
