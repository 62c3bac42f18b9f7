/** Tells the modules that the system description links to `$links` how a link stands. */

import { writeRecords } from '../../../config/message-record.ts';
import type { Board } from '../../../firmware/board/board.ts';

export function tellLink({ firmware, messages }: Board, port: number, isUp: boolean): void {
  const { system } = firmware;
  for (const { from, to } of system.messages) {
    if (to !== '$links') continue;
    const [name, message] = from.split('.');
    const module = system.modules.findIndex((entry) => entry.name === name);
    const { receives } = system.modules[module].manifest.messages;
    const type = receives.findIndex((entry) => entry.name === message);
    const records = writeRecords(receives[type], [{ port, up: isUp ? 1 : 0 }]);
    messages.enqueue(module, type, records, 1);
  }
}
