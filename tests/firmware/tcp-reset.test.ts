/** A connection that was reset is over: RFC 9293 3.5.2. */
import { beforeEach, describe, expect, it } from 'vitest';
import { type BoardUnderTest, boot } from './board-under-test.ts';
import { routerYaml } from './configuration.ts';

const OUT = 'tcp 10.1.0.20:4000 > 10.2.0.7:502';
const BACK = 'tcp 10.2.0.7:502 > 10.1.0.20:4000';

describe('after a reset', () => {
  let board: BoardUnderTest;
  beforeEach(async () => {
    board = await boot(
      routerYaml('flows: [{ name: poll, from: office, to: plant, match: tcp dst port 502 }]'),
      { isTraced: true },
    );
    expect(send(OUT)).toBe('carried');
    expect(send(`${BACK} flags syn-ack`)).toBe('carried');
  });

  /** `carried`, or why not. */
  function send(text: string): string {
    const [outcome] = board.send(text).outcomes.filter(({ arrival }) => arrival !== null);
    return outcome.reason ?? 'carried';
  }

  it('nothing is carried but resets, until it is opened anew', () => {
    expect(send(`${OUT} flags ack`)).toBe('carried');
    expect(send(`${OUT} flags rst`)).toBe('carried');
    for (const flags of ['ack', 'psh-ack', 'fin-ack', 'syn-ack']) {
      expect(send(`${OUT} flags ${flags}`)).toBe('tcp-invalid');
      expect(send(`${BACK} flags ${flags}`)).toBe('tcp-invalid');
    }
    expect(send(`${BACK} flags rst-ack`)).toBe('carried');
    expect(send(OUT)).toBe('carried');
    expect(send(`${BACK} flags syn-ack`)).toBe('carried');
    expect(send(`${OUT} flags psh-ack`)).toBe('carried');
    expect(board.counters.flows.poll.connections).toBe(2);
  });

  it('of a connection that was half open too', () => {
    expect(send(`${BACK} flags rst-ack`)).toBe('carried');
    expect(send(`${OUT} flags ack`)).toBe('tcp-invalid');
    expect(send(OUT)).toBe('carried');
  });

  it('what comes the other way needs a flow of its own', () => {
    expect(send(`${OUT} flags rst`)).toBe('carried');
    expect(send(BACK)).toBe('denied');
  });
});
