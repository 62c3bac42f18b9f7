/** What `sluice replay` was asked for. Paths are as given; ports are names, not yet looked up. */
export interface ReplayOptions {
  /** `port` is where the frames of this file arrive; undefined: it does not say. */
  readonly captures: readonly { readonly file: string; readonly port: string | undefined }[];
  readonly config: string;
  readonly system: string | undefined;
  readonly board: string | undefined;
  /** Where the frames arrive that neither their capture nor a mapping has a port for. */
  readonly in: string | undefined;
  /** Where the frames of an interface arrive that their capture does not say it of. */
  readonly map: readonly { readonly face: string; readonly port: string }[];
  readonly isAsCaptured: boolean;
  readonly fixesChecksums: boolean;
  readonly padsTruncated: boolean;
  readonly picksUp: boolean;
  readonly out: string | undefined;
  /** A pcapng to write, with every frame and what became of it. */
  readonly annotate: string | undefined;
  /** Where the report goes as a page of HTML. */
  readonly html: string | undefined;
  /** A file with keys that the report must have. */
  readonly expect: string | undefined;
  /** How many times faster than captured; undefined: as fast as it goes. */
  readonly pace: number | undefined;
  readonly isJson: boolean;
  /** Frames, over all captures. */
  readonly limit: number | undefined;
}
