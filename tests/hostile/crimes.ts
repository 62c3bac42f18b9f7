/** All crimes of modules that run, by what they are about. */
import type { Crime } from './crime.ts';
import { FAULT_CRIMES } from './fault-crimes.ts';
import { FRAME_CRIMES } from './frame-crimes.ts';
import { MESSAGE_CRIMES } from './message-crimes.ts';
import { ROW_CRIMES } from './row-crimes.ts';

const FILL = `(loop $again
  (memory.fill (i32.const 0) (i32.const 0) (i32.const 65536)) (br $again))`;

/** What ends the boot: the crime, and what `initialize` does. */
export const BOOT_CRIMES: readonly (readonly [crime: string, initialize: string])[] = [
  ['initialises for ever', '(loop $forever (br $forever))'],
  ['fills its memory for ever before it is ready', FILL],
  ['traps before it is ready', 'unreachable'],
];

export const CRIMES: Readonly<Record<string, readonly Crime[]>> = {
  'rows and columns': ROW_CRIMES,
  frames: FRAME_CRIMES,
  messages: MESSAGE_CRIMES,
  faults: FAULT_CRIMES,
};
