import type { WireSpec } from '../../config/wire.ts';

/** What a port, by its name or its interface's, is plugged into. */
export interface Wire {
  readonly port: string;
  readonly spec: WireSpec;
}

/** What `sluice boot` was asked for. Paths are as given; ports are names, not yet looked up. */
export interface BootOptions {
  readonly router: string;
  readonly system: string | undefined;
  readonly board: string | undefined;
  /** At most one a port; a port without one has its link down. */
  readonly wires: readonly Wire[];
  /** The wires of the router file count for ports that are not named here. */
  readonly usesRouterWires: boolean;
  /** A folder for captures of what each port receives and sends. */
  readonly tapCapture: string | undefined;
  /** A file for the audit log. */
  readonly audit: string | undefined;
  /** Where `sluice ctl` finds the board. */
  readonly socket: string | undefined;
  /** How long to run; undefined: until the captures end, or Ctrl-C. */
  readonly forMs: number | undefined;
}
