/** All crimes of modules that run, by what they are about. */
import type { Crime } from './crime.ts';
import { FAULT_CRIMES } from './fault-crimes.ts';
import { FRAME_CRIMES } from './frame-crimes.ts';
import { MESSAGE_CRIMES } from './message-crimes.ts';
import { ROW_CRIMES } from './row-crimes.ts';

export const CRIMES: Readonly<Record<string, readonly Crime[]>> = {
  'rows and columns': ROW_CRIMES,
  frames: FRAME_CRIMES,
  messages: MESSAGE_CRIMES,
  faults: FAULT_CRIMES,
};
