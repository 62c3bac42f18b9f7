import { expect, it } from 'vitest';
import { listFlows } from '../../../firmware/report/flow-list.ts';
import { boot } from '../board-under-test.ts';
import { OPEN, routerYaml } from '../configuration.ts';

const OUT = 'tcp 10.1.0.20:4000 > 10.2.0.7:502';
const BACK = 'tcp 10.2.0.7:502 > 10.1.0.20:4000';

it.each([
  ['syn', OUT],
  ['syn-ack', `${BACK} flags syn-ack`],
  ['established', `${OUT} flags ack`],
  ['closing', `${OUT} flags fin-ack`],
  ['closed', `${BACK} flags fin-ack`],
  ['reset', `${OUT} flags rst`],
  ['udp', 'udp 10.1.0.20:4000 > 10.2.0.7:53'],
  ['icmp', 'icmp 10.1.0.20 > 10.2.0.7'],
])('a flow is listed as %s after %s', async (state, last) => {
  const board = await boot(routerYaml(OPEN));
  const handshake = [OUT, `${BACK} flags syn-ack`, `${OUT} flags ack`, `${OUT} flags fin-ack`];
  const before = last.startsWith('tcp') ? handshake.indexOf(last) : 0;
  for (const text of handshake.slice(0, before < 0 ? 4 : before)) board.send(text);
  board.send(last);
  const { total, entries } = listFlows(board.board, 10);
  expect({ total, states: entries.map((entry) => entry.state) }).toEqual({
    total: 1,
    states: [state],
  });
});

it('what was denied is no flow', async () => {
  const board = await boot(routerYaml(OPEN));
  board.send(['udp 10.2.0.7:53 > 10.1.0.20:4000', 'udp 10.2.0.7:53 > 10.1.0.20:4000']);
  expect(listFlows(board.board, 10)).toEqual({ total: 0, entries: [] });
});
