/**
 * What the board does when a module fails: one table, and the count that it needs. A violation is
 * no failure: it was refused and has had no effect, and a restart would let a module forget at will
 * what it owes to other flows. Violations are counted and audited, and change no state.
 */

/**
 * `restarting`: a fresh instance is being handed its configuration. `quarantined`: nothing calls
 * the module any more, and what should pass through it drops.
 */
export type ModuleState = 'running' | 'restarting' | 'quarantined';
/** A faulting call; and one with which the module has failed too often. */
type Failure = 'fault' | 'last-fault';
export type Remedy = 'restart' | 'quarantine';

const REMEDIES: Readonly<Record<ModuleState, Readonly<Record<Failure, Remedy>>>> = {
  running: { fault: 'restart', 'last-fault': 'quarantine' },
  // It cannot even be configured any more.
  restarting: { fault: 'quarantine', 'last-fault': 'quarantine' },
  quarantined: { fault: 'quarantine', 'last-fault': 'quarantine' },
};

/** So many faulting calls within FAULT_WINDOW_NS of virtual time are the last. */
export const FAULTS_MAX = 3;
export const FAULT_WINDOW_NS = 60_000_000_000n;
/** Rows of one vector that may fault again when it is run row by row: each costs a restart. */
export const FAULTING_ROWS_MAX = 16;

/** Watches over one module. */
export class Supervisor {
  #state: ModuleState = 'running';
  #faults = 0;
  #restarts = 0;
  /** When calls faulted that may still count. */
  #recent: bigint[] = [];
  #faultingRows = 0;

  get state(): ModuleState {
    return this.#state;
  }

  /** Calls that have faulted, those of a vector's second run included. */
  get faults(): number {
    return this.#faults;
  }

  get restarts(): number {
    return this.#restarts;
  }

  /** A call has faulted at `now` (ns since boot). A vector's second run is part of one call. */
  onFault(now: bigint, isSecondRun: boolean): Remedy {
    this.#faults++;
    if (isSecondRun) this.#faultingRows++;
    else {
      this.#recent = [...this.#recent.filter((time) => now - time < FAULT_WINDOW_NS), now];
      this.#faultingRows = 0;
    }
    const isLast = this.#recent.length >= FAULTS_MAX || this.#faultingRows > FAULTING_ROWS_MAX;
    const remedy = REMEDIES[this.#state][isLast ? 'last-fault' : 'fault'];
    this.#state = remedy === 'restart' ? 'restarting' : 'quarantined';
    if (remedy === 'restart') this.#restarts++;
    return remedy;
  }

  /** The fresh instance has all of its configuration. */
  onConfigured(): void {
    this.#state = 'running';
  }
}
