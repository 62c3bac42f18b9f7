/** What a port is connected to: `in` is read into it, `out` is written with what it sends. */
export interface Wire {
  readonly port: string;
  readonly in: string | undefined;
  readonly out: string | undefined;
}

/** What `sluice boot` was asked for. Paths are as given; ports are names, not yet looked up. */
export interface BootOptions {
  readonly router: string;
  readonly system: string | undefined;
  readonly board: string | undefined;
  /** At most one a port; a port without one has its link down. */
  readonly wires: readonly Wire[];
}
