import { expect, it } from 'vitest';
import { entryOf, Messages } from '../../firmware/board/messages.ts';
import { firmwareOf } from './configuration.ts';

it('a message of a late generation brings none to another that waits beside it', async () => {
  const { system } = await firmwareOf();
  const messages = new Messages(system);
  const module = system.modules.findIndex(({ name }) => name === 'arp');
  const { receives } = (system.modules[module] as (typeof system.modules)[number]).manifest
    .messages;
  const type = receives.findIndex(({ name }) => name === 'resolve');
  const record = new Uint8Array(receives[type]?.size ?? 0);
  for (const generation of [4, 4, 1])
    messages.enqueue(module, entryOf(type, record, 1), generation);
  const size = 8 + record.length;
  expect(messages.take(module)).toMatchObject({ generation: 4, entries: { length: 2 * size } });
  expect(messages.take(module)).toMatchObject({ generation: 1, entries: { length: size } });
  expect(messages.take(module)).toBeNull();
});
