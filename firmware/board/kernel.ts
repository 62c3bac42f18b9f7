/** The kernel's exports, typed. Times are ns since boot; addresses are bytes in its memory. */
export interface KernelExports {
  readonly memory: WebAssembly.Memory;
  allocate(size: number): number;
  configure(tables: number, slots: number, flows: number): void;
  beginBreath(limit: bigint): void;
  receive(rowsMax: number): number;
  local(): void;
  gatherStage(place: number): number;
  gatherAgain(place: number, k: number): number;
  faultStage(place: number, reason: number): void;
  /** The highest generation of the rows of the current stage. */
  generationOfStage(): number;
  /** A violation by a place that concerns no row. */
  blame(place: number, violation: number, value: bigint): void;
  takeFrames(place: number, isProcess: boolean, generation: number): void;
  monitorStage(place: number): void;
  policyStage(): void;
  transmitStage(): void;
  endBreath(): void;
  advance(time: bigint): void;
  release(module: number, generation: number): void;
  setLink(port: number, isUp: boolean): void;
  now(): bigint;
  breathTime(): bigint;
  breathTook(): number;
  /** Whether the emulation's own frames are dropped as `loop`. */
  refusePriority(on: boolean): void;
  deadline(): bigint;
  nextArrival(): bigint;
  held(): number;
  waiting(): number;
  ringAddress(port: number, which: number): number;
  arrivalsAddress(which: number): number;
  readBlock(place: number): number;
  writeBlock(place: number): number;
  framesRegion(): number;
  countersAddress(): number;
  flowCountersAddress(): number;
  eventsAddress(): number;
  deniedAddress(): number;
  /** Empties the table of denials: what it counted is of other tuples from here on. */
  forgetDenied(): void;
  outcomesAddress(): number;
  slotsFree(): number;
  /** The array of a column, or of what else the kernel knows of rows (ROW_* of the layout). */
  columnOf(id: number): number;
  /** Brings columns of a row that are worked out on demand up to date. */
  completeRow(row: number): void;
  flowEntryAddress(entry: number): number;
  /** Frames that modules have made and that wait: how many, and where (MADE_* of the layout). */
  readonly madeCount: { readonly value: number };
  readonly madeQueue: { readonly value: number };
}

/** Starts a kernel on compiled tables: from here on its memory does not grow. */
export function startKernel(
  code: WebAssembly.Module,
  tables: Uint8Array,
  board: { frameSlots: number; flowCapacity: number },
): KernelExports {
  const { exports } = new WebAssembly.Instance(code);
  // A plain object: calls through the engine's own export object cost several times as much.
  const kernel = { ...(exports as unknown as KernelExports) };
  const address = kernel.allocate(tables.length);
  new Uint8Array(kernel.memory.buffer, address, tables.length).set(tables);
  kernel.configure(address, board.frameSlots, board.flowCapacity);
  return kernel;
}
