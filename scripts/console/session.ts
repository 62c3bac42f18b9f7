/** What the console's commands may use of a running board. */
import type { Router } from '../../config/router.ts';
import type { Firmware } from '../../firmware/boot/assemble.ts';
import type { Tables } from '../../firmware/boot/tables.ts';
import type { PlaneAnswers, PlaneCommand } from '../boot/live/plane-protocol.ts';

export interface ConsoleSession {
  readonly firmware: Firmware;
  readonly router: Router;
  readonly tables: Tables;
  /** The last lines of the audit log, oldest first: JSON. */
  readonly audit: readonly string[];
  /** What has been told on the console since the board runs, oldest first. */
  readonly log: readonly string[];
  /** Asks the data plane; null: it was started again before it could answer. */
  ask<Command extends PlaneCommand>(
    command: Command,
  ): Promise<PlaneAnswers[Command['kind']] | null>;
  /** Asks the board to stop, as Ctrl-C does. */
  stop(): void;
}
