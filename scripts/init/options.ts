/** What `sluice init` was asked for. */
export interface InitOptions {
  readonly captures: readonly string[];
  /** The flows that were seen are in force, not commented out. */
  readonly isPermitting: boolean;
  /** The most zones to propose. */
  readonly zonesMax: number;
}
