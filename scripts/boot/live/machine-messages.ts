/** What the machine tells its modules while it runs. */
import { writeRecords } from '../../../config/message-record.ts';
import type { Board } from '../../../firmware/board/board.ts';
import { entryOf } from '../../../firmware/board/messages.ts';

/** Of links that have gone or come back, and of whom the console wants to be asked. */
export type MachineSource = '$links' | '$pings';

/** Tells the modules that the system description links to a source; whether there are any. */
export function tellModules(
  { firmware, messages }: Board,
  source: MachineSource,
  record: Readonly<Record<string, number>>,
): boolean {
  const { system } = firmware;
  let isHeard = false;
  for (const { from, to } of system.messages) {
    if (to !== source) continue;
    const [name, message] = from.split('.');
    const module = system.modules.findIndex((entry) => entry.name === name);
    const { receives } = system.modules[module].manifest.messages;
    const type = receives.findIndex((entry) => entry.name === message);
    messages.enqueue(module, entryOf(type, writeRecords(receives[type], [record]), 1));
    isHeard = true;
  }
  return isHeard;
}
