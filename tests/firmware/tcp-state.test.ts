/** How far a TCP connection has come, seen by how long it lives: RFC 9293 3.5, RFC 5382 REQ-5. */
import { beforeEach, describe, expect, it } from 'vitest';
import { type BoardUnderTest, boot } from './board-under-test.ts';
import { routerYaml } from './configuration.ts';
import { fateOf } from './fate.ts';

const OUT = 'tcp 10.1.0.20:4000 > 10.2.0.7:502';
const BACK = 'tcp 10.2.0.7:502 > 10.1.0.20:4000';
const ACK = `${OUT} flags ack`;
const SYN_ACK = `${BACK} flags syn-ack`;
const OPENED = [OUT, SYN_ACK, ACK];

describe('a TCP connection', () => {
  let board: BoardUnderTest;
  beforeEach(async () => {
    board = await boot(
      routerYaml('flows: [{ name: poll, from: office, to: plant, match: tcp dst port 502 }]'),
    );
  });

  function carry(segments: readonly string[]): void {
    for (const segment of segments) expect(fateOf(board.send(segment, { at: 1 }))).toBe('carried');
  }

  it.each([
    ['not by an opener that nobody answers', 'tcp-not-syn', [OUT, OUT, ACK]],
    ['not by an answer given twice', 'tcp-not-syn', [OUT, SYN_ACK, SYN_ACK]],
    ['when both ends open it at once', 'carried', [OUT, BACK, `${OUT} flags syn-ack`, ACK]],
    ['still, if its opener opens it again', 'carried', [...OPENED, OUT]],
    ['still, if the other end opens it again', 'carried', [...OPENED, BACK]],
  ])('is established %s: after 241 s its ACK is %s', (_, fate, segments) => {
    carry(segments);
    expect(fateOf(board.send(ACK, { at: 242 }))).toBe(fate);
  });

  it.each([
    ['both FINs', [`${OUT} flags fin-ack`, `${BACK} flags fin-ack`]],
    ['one FIN', [`${BACK} flags fin-ack`]],
  ])('opened again after %s is a new one in the same place', (_, ends) => {
    carry([...OPENED, ...ends, OUT]);
    expect(board.counters.flows.poll.connections).toBe(2);
  });
});
