/** The flow table: what begins a flow, what belongs to it, and for how long. */
import { beforeEach, describe, expect, it } from 'vitest';
import { readCounters } from '../../firmware/report/counters.ts';
import { type BoardUnderTest, boot } from './board-under-test.ts';
import { routerYaml } from './configuration.ts';
import { fateOf } from './fate.ts';
import { icmpFrame, quoteOf } from './frames.ts';

const FLOWS = `
flows:
  - { name: poll, from: office, to: plant, match: tcp dst port 502 }
  - { name: ask, from: office, to: plant, match: udp dst port 53 }
  - { name: ping, from: office, to: plant, match: icmp }
  - { name: tunnel, from: office, to: plant, match: ip proto 47 }
`;
const OUT = 'tcp 10.1.0.20:4000 > 10.2.0.7:502';
const BACK = 'tcp 10.2.0.7:502 > 10.1.0.20:4000';
const ASK = 'udp 10.1.0.20:5353 > 10.2.0.7:53';
const TOLD = 'udp 10.2.0.7:53 > 10.1.0.20:5353';

describe('the flow table', () => {
  let board: BoardUnderTest;
  beforeEach(async () => {
    board = await boot(routerYaml(FLOWS));
  });
  const send = (text: string, at?: number) =>
    fateOf(board.send(text, at === undefined ? {} : { at }));

  /** Opens the connection with three segments. */
  function shake(at = 1): void {
    expect(send(OUT, at)).toBe('carried');
    expect(send(`${BACK} flags syn-ack`)).toBe('carried');
    expect(send(`${OUT} flags ack`)).toBe('carried');
  }

  describe('TCP', () => {
    it('carries a connection both ways, and counts it once', () => {
      shake();
      const step = board.send(`${BACK} flags psh-ack size 100`);
      expect(step.delta).toMatchObject({ 'flows.poll.packets': 1, 'flows.poll.bytes': 86 });
      expect(readCounters(board.board).flows.poll).toEqual({
        packets: 4,
        bytes: 206,
        connections: 1,
      });
    });

    it('a reply to nothing is judged as new, and not carried', () => {
      expect(send(`${BACK} flags syn-ack`)).toBe('tcp-not-syn');
      expect(send(`${BACK} flags ack`)).toBe('tcp-not-syn');
      expect(send(BACK)).toBe('denied');
      expect(send('tcp 10.2.0.7:80 > 10.1.0.20:4000 flags syn-ack')).toBe('denied');
    });

    it.each(['ack', 'syn-ack', 'fin-ack', 'rst', 'psh-ack'])(
      'a connection first seen by %s is tcp-not-syn',
      (flags) => {
        expect(send(`${OUT} flags ${flags}`)).toBe('tcp-not-syn');
        expect(send(`${OUT} flags ${flags}`)).toBe('tcp-not-syn');
      },
    );

    it('a connection of no flow that is first seen in its middle is denied', () => {
      expect(send('tcp 10.1.0.20:4000 > 10.2.0.7:80 flags ack')).toBe('denied');
    });

    it.each(['none', 'fin', 'psh-urg', 'syn-fin', 'syn-rst', 'syn-fin-ack', 'fin-psh-urg'])(
      'the flags %s are tcp-invalid, in a known connection too',
      (flags) => {
        expect(send(`${OUT} flags ${flags}`)).toBe('tcp-invalid');
        shake(2);
        expect(send(`${OUT} flags ${flags}`)).toBe('tcp-invalid');
      },
    );

    it.each([
      [241, 'carried'],
      [242, 'tcp-not-syn'],
    ])('a SYN that is answered in second %d is %s (RFC 5382: 4 min)', (at, result) => {
      expect(send(OUT, 1)).toBe('carried');
      expect(send(`${BACK} flags syn-ack`, at)).toBe(result);
    });

    it.each([
      [7441, 'carried'],
      [7442, 'tcp-not-syn'],
    ])(
      'an established connection idle until second %d is %s (RFC 5382: 2 h 4 min)',
      (at, result) => {
        shake(1);
        expect(send(`${OUT} flags ack`, at)).toBe(result);
      },
    );

    it.each([
      [241, 'carried'],
      [242, 'tcp-not-syn'],
    ])('a half-open connection idle until second %d is %s', (at, result) => {
      expect(send(OUT, 1)).toBe('carried');
      expect(send(`${BACK} flags syn-ack`, 1)).toBe('carried');
      expect(send(`${BACK} flags syn-ack`, at)).toBe(result);
    });

    it.each([
      ['fin-ack', 'ack'],
      ['rst', 'rst-ack'],
    ])('after %s the long time-out is over', (flags, later) => {
      shake(1);
      expect(send(`${OUT} flags ${flags}`, 2)).toBe('carried');
      expect(send(`${BACK} flags ${later}`, 242)).toBe('carried');
      expect(send(`${BACK} flags ${later}`, 483)).toBe('tcp-not-syn');
    });

    it('a SYN after both FINs is a new connection in the same place', () => {
      shake(1);
      send(`${OUT} flags fin-ack`);
      send(`${BACK} flags fin-ack`);
      expect(send(OUT)).toBe('carried');
      expect(readCounters(board.board).flows.poll.connections).toBe(2);
    });

    it('a SYN the other way after both FINs needs a flow of its own', () => {
      shake(1);
      send(`${OUT} flags fin-ack`);
      send(`${BACK} flags fin-ack`);
      expect(send(BACK)).toBe('denied');
      expect(send(`${BACK} flags ack`)).toBe('carried');
    });

    it('a SYN again in an established connection opens nothing anew', () => {
      shake(1);
      expect(send(OUT)).toBe('carried');
      expect(readCounters(board.board).flows.poll.connections).toBe(1);
    });
  });

  describe('UDP, ICMP queries and other protocols', () => {
    it('a UDP flow carries replies', () => {
      expect(send(TOLD)).toBe('denied');
      expect(send(ASK)).toBe('carried');
      expect(send(TOLD)).toBe('carried');
      expect(send('udp 10.2.0.7:54 > 10.1.0.20:5353')).toBe('denied');
      expect(send('udp 10.2.0.8:53 > 10.1.0.20:5353')).toBe('denied');
    });

    it.each([
      [301, 'carried'],
      [302, 'denied'],
    ])('a UDP flow idle until second %d: its reply is %s (RFC 4787: 5 min)', (at, result) => {
      expect(send(ASK, 1)).toBe('carried');
      expect(send(TOLD, at)).toBe(result);
    });

    it('each packet of a UDP flow begins its time anew, either way', () => {
      for (const [i, text] of [ASK, TOLD, ASK, TOLD, TOLD].entries()) {
        expect(send(text, 1 + i * 300)).toBe('carried');
      }
    });

    it.each([
      [61, 'carried'],
      [62, 'icmp-unsolicited'],
    ])('an echo reply at second %d is %s (RFC 5508: 60 s)', (at, result) => {
      expect(send('icmp 10.1.0.20 > 10.2.0.7', 1)).toBe('carried');
      expect(send('icmp 10.2.0.7 > 10.1.0.20 echo-reply', at)).toBe(result);
    });

    it('an echo reply with another identifier belongs to no flow', () => {
      send('icmp 10.1.0.20 > 10.2.0.7');
      const reply = icmpFrame('10.2.0.7', '10.1.0.20', { type: 0, rest: 0x0002_0001 });
      expect(fateOf(board.sendFrames([reply], 'eth0'))).toBe('icmp-unsolicited');
    });

    it.each([0, 14, 16, 18])('a reply of ICMP type %d begins no flow', (type) => {
      expect(send(`icmp 10.1.0.20 > 10.2.0.7 ${type}/0`)).toBe('icmp-unsolicited');
    });

    it.each([
      [601, 'carried'],
      [602, 'denied'],
    ])('a reply of another protocol at second %d is %s', (at, result) => {
      expect(send('ip proto 47 10.1.0.20 > 10.2.0.7', 1)).toBe('carried');
      expect(send('ip proto 47 10.2.0.7 > 10.1.0.20', at)).toBe(result);
    });
  });

  describe('the key', () => {
    const yaml = (zone: string) => `
board: board.yaml
interfaces:
  a0: { port: eth0, zone: a, address: 10.2.0.1/24 }
  b0: { port: eth1, zone: b, address: 10.1.0.1/24 }
  c0: { port: eth2, zone: ${zone}, address: 203.0.113.2/30 }
flows: [{ name: b to a, from: b, to: a, match: udp }]
`;

    it('has the ingress zone: a known tuple from another zone is judged as new', async () => {
      board = await boot(yaml('c'));
      expect(send('udp 10.1.0.20:1000 > 10.2.0.7:2000')).toBe('carried');
      const reply = 'udp 10.2.0.7:2000 > 10.1.0.20:1000';
      expect(fateOf(board.send(reply, { in: 'eth2' }))).toBe('spoofed');
      expect(send(reply)).toBe('carried');
    });

    it('has no port: a flow may come back by another port of its zone', async () => {
      board = await boot(yaml('a'));
      expect(send('udp 10.1.0.20:1000 > 10.2.0.7:2000')).toBe('carried');
      const reply = 'udp 10.2.0.7:2000 > 10.1.0.20:1000';
      expect(fateOf(board.send(reply, { in: 'eth2' }))).toBe('carried');
    });
  });

  describe('a connection whose beginning was not seen, with tcp-pickup', () => {
    beforeEach(async () => {
      board = await boot(routerYaml(`${FLOWS}\noptions: { tcp-pickup: true }`));
    });

    it.each([
      ['from its opener', `${OUT} flags ack`, `${BACK} flags ack`],
      ['from the other end', `${BACK} flags ack`, `${OUT} flags ack`],
    ])('is carried both ways, first seen %s', (_, first, second) => {
      expect([send(first, 1), send(second, 2)]).toEqual(['carried', 'carried']);
      expect([send(second, 7441), send(first, 7442)]).toEqual(['carried', 'carried']);
      expect(readCounters(board.board).flows.poll).toMatchObject({ connections: 1, packets: 4 });
    });

    it('is denied where no flow matches in either direction', () => {
      expect(send('tcp 10.2.0.7:80 > 10.1.0.20:4000 flags ack')).toBe('denied');
      expect(send('tcp 10.1.0.20:4000 > 10.2.0.7:80 flags ack')).toBe('denied');
    });

    it('does not let the other end open one', () => {
      expect(send(BACK)).toBe('denied');
    });
  });

  describe('ICMP errors', () => {
    /** An error about a packet of a text, sent by `from` to the one who sent that packet. */
    function errorAbout(text: string, from: string, to: string, type = 3, code = 3): string {
      const { frame } = board.build(text);
      const error = icmpFrame(from, to, { type, code, payload: quoteOf(frame) });
      const port = from.startsWith('10.2') ? 'eth0' : 'eth1';
      return fateOf(board.sendFrames([error], port));
    }

    it.each([
      ['UDP', ASK],
      ['TCP', OUT],
      ['ICMP queries', 'icmp 10.1.0.20 > 10.2.0.7'],
      ['other protocols', 'ip proto 47 10.1.0.20 > 10.2.0.7'],
    ])('are related to a flow of %s, from any host on the way', (_, text) => {
      expect(errorAbout(text, '10.2.0.7', '10.1.0.20')).toBe('icmp-unsolicited');
      expect(send(text)).toBe('carried');
      expect(errorAbout(text, '10.2.0.7', '10.1.0.20')).toBe('carried');
      expect(errorAbout(text, '10.2.0.99', '10.1.0.20', 11, 0)).toBe('carried');
    });

    it('count for the flow that they are about and do not lengthen its life', () => {
      send(ASK, 1);
      board.setTime(200);
      expect(errorAbout(ASK, '10.2.0.7', '10.1.0.20')).toBe('carried');
      expect(readCounters(board.board).flows.ask).toMatchObject({ packets: 2, connections: 1 });
      expect(send(TOLD, 302)).toBe('denied');
    });

    it('are unsolicited for another host, another port and of the wrong direction', () => {
      send(ASK);
      expect(errorAbout(ASK, '10.2.0.7', '10.1.0.21')).toBe('icmp-unsolicited');
      const other = ASK.replace(':53', ':54').replace('5354', '5353');
      expect(errorAbout(other, '10.2.0.7', '10.1.0.20')).toBe('icmp-unsolicited');
      expect(errorAbout(ASK, '10.1.0.5', '10.1.0.20')).not.toBe('carried');
    });

    it.each([4, 5])('of type %d (quench, redirect) are never carried', (type) => {
      send(ASK);
      expect(errorAbout(ASK, '10.2.0.7', '10.1.0.20', type, 0)).toBe('icmp-unsolicited');
    });

    it('that quote nothing are unsolicited', () => {
      send(ASK);
      const bare = icmpFrame('10.2.0.7', '10.1.0.20', { type: 3, code: 3 });
      expect(fateOf(board.sendFrames([bare], 'eth0'))).toBe('icmp-unsolicited');
    });
  });
});
