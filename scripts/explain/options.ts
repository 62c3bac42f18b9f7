/** What `sluice explain` was asked for. Paths are as given; ports are names, not yet looked up. */
export interface ExplainOptions {
  readonly capture: string | undefined;
  readonly config: string;
  readonly system: string | undefined;
  readonly board: string | undefined;
  /** A frame of the capture, from 1 as Wireshark numbers them, or a packet text. */
  readonly packet: { readonly number: number } | { readonly text: string };
  readonly in: string | undefined;
  readonly isAsCaptured: boolean;
  readonly fixesChecksums: boolean;
  readonly picksUp: boolean;
  readonly isJson: boolean;
}
