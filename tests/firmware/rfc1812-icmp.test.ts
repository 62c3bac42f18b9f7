/** RFC 1812 on ICMP: what is answered, how, and when nothing is. Through the whole router. */
import { beforeEach, describe, expect, it } from 'vitest';
import { readU16, readU32 } from '../../netstack/byte-order.ts';
import { checksum } from '../../netstack/checksum.ts';
import { type BoardUnderTest, boot, type Step } from './board-under-test.ts';
import { OPEN, routerYaml } from './configuration.ts';
import { icmpFrame, ipv4Header, mend, quoteOf, sentBy } from './frames.ts';

const ADDRESS = { eth0: 0x0a020001, eth1: 0x0a010001 };

describe('RFC 1812, ICMP', () => {
  let board: BoardUnderTest;
  beforeEach(async () => {
    board = await boot(routerYaml(OPEN));
    board.send(['udp 10.1.0.20:1 > 10.2.0.7:1', 'udp 10.2.0.7:1 > 10.1.0.20:1']);
  });

  /** The one ICMP error of a step: type, code, and its IPv4 header. */
  function errorOf(step: Step, port: string) {
    const errors = sentBy(step, port);
    expect(errors).toHaveLength(1);
    const ip = ipv4Header(errors[0].frame);
    const size = readU16(ip, 2);
    expect(checksum(ip.subarray(0, 20))).toBe(0);
    expect(checksum(ip.subarray(20, size))).toBe(0);
    return { type: ip[20], code: ip[21], ip, size, quote: ip.subarray(28, size) };
  }

  function changed(text: string, change: (ip: Uint8Array) => void): Uint8Array {
    const { frame } = board.build(text);
    change(ipv4Header(frame));
    return mend(frame);
  }

  it('I1: no route at all is answered by destination unreachable, code 0', () => {
    const step = board.send('udp 10.1.0.20:4000 > 192.0.2.7:502');
    expect(step.delta['drops.no-route']).toBe(1);
    expect(errorOf(step, 'eth1')).toMatchObject({ type: 3, code: 0 });
  });

  it('I1: a host that does not answer is answered by destination unreachable, code 1', async () => {
    const alone = await boot(routerYaml(OPEN), { farSides: ['eth1'] });
    const held = alone.send('udp 10.1.0.20:4000 > 10.2.0.7:502');
    expect(held.delta.held).toBe(1);
    const step = alone.finish();
    expect(step.delta).toMatchObject({ held: -1, dropped: 1, 'drops.host-unreachable': 1 });
    expect(errorOf(step, 'eth1')).toMatchObject({ type: 3, code: 1 });
  });

  it('I2: the error quotes what was received, to the end or up to 576 bytes', () => {
    for (const size of [60, 900]) {
      const text = `udp 10.1.0.20:4000 > 10.2.0.7:502 ttl 1 size ${size}`;
      const { frame, port } = board.build(text);
      const error = errorOf(board.sendFrames([frame], port), 'eth1');
      expect(error.size).toBe(Math.min(576, 28 + size - 14));
      expect([...error.quote]).toEqual([...quoteOf(frame, error.quote.length)]);
    }
  });

  it('I3: the source of an error is an address of the port that it leaves by', () => {
    const east = errorOf(board.send('udp 10.1.0.20:4000 > 10.2.0.7:502 ttl 1'), 'eth1');
    expect(readU32(east.ip, 12)).toBe(ADDRESS.eth1);
    const west = errorOf(board.send('udp 10.2.0.7:1 > 10.1.0.20:1 ttl 1'), 'eth0');
    expect(readU32(west.ip, 12)).toBe(ADDRESS.eth0);
  });

  it('I4: the TTL of errors and replies is not that of the packet that caused them', () => {
    const error = errorOf(board.send('udp 10.1.0.20:4000 > 10.2.0.7:502 ttl 1'), 'eth1');
    const [reply] = sentBy(board.send('icmp 10.1.0.20 > 10.1.0.1 ttl 3'), 'eth1');
    expect([error.ip[8], ipv4Header(reply.frame)[8]]).toEqual([64, 64]);
  });

  it('I5: the precedence of an error is 6 or 7', () => {
    const error = errorOf(board.send('udp 10.1.0.20:4000 > 10.2.0.7:502 ttl 1'), 'eth1');
    expect(error.ip[1] >> 5).toBeGreaterThanOrEqual(6);
  });

  it('I8: an echo reply has all data of the request, and comes from where that went', () => {
    const payload = Uint8Array.from({ length: 200 }, (_, i) => i);
    const request = icmpFrame('10.1.0.20', '10.2.0.1', { type: 8, rest: 0x00070001, payload });
    const step = board.sendFrames([request], 'eth1');
    const [{ frame }] = sentBy(step, 'eth1');
    const ip = ipv4Header(frame);
    expect([readU32(ip, 12), readU32(ip, 16)]).toEqual([0x0a020001, 0x0a010014]);
    expect(ip[20]).toBe(0);
    expect(checksum(ip.subarray(20, readU16(ip, 2)))).toBe(0);
    expect([...ip.subarray(24, 228)]).toEqual([0, 7, 0, 1, ...payload]);
  });

  describe('I6: no error is sent', () => {
    function expectNothing(step: Step, reason: string): void {
      expect(step.delta[`drops.${reason}`]).toBe(1);
      expect(step.delta.originated).toBeUndefined();
      expect(sentBy(step)).toEqual([]);
    }

    it('(a) about an ICMP error message', () => {
      const { frame } = board.build('udp 10.1.0.20:1 > 10.2.0.7:1');
      const error = icmpFrame('10.2.0.7', '10.1.0.20', {
        type: 3,
        code: 3,
        payload: quoteOf(frame),
      });
      ipv4Header(error)[8] = 1;
      expectNothing(board.sendFrames([mend(error)], 'eth0'), 'ttl-expired');
    });

    it('(b) about a packet that fails header validation', () => {
      const bad = changed('udp 10.1.0.20:4000 > 192.0.2.7:502', () => {});
      ipv4Header(bad)[10] ^= 0xff;
      expectNothing(board.sendFrames([bad], 'eth1'), 'ipv4-checksum');
    });

    it.each([
      ['10.2.0.255', 'broadcast'],
      ['255.255.255.255', 'broadcast'],
      ['224.0.0.9', 'multicast'],
    ])('(c) about a packet to %s', (to, reason) => {
      expectNothing(board.send(`udp 10.1.0.20:4000 > ${to}:502 ttl 1`), reason);
    });

    it('(d) about a packet in a link-layer broadcast', () => {
      const { frame } = board.build('udp 10.1.0.20:4000 > 192.0.2.7:502');
      frame.fill(0xff, 0, 6);
      expectNothing(board.sendFrames([frame], 'eth1'), 'broadcast');
    });

    it.each(['0.0.0.5', '127.0.0.1', '224.0.0.1', '255.255.255.255'])(
      '(e) to the source %s',
      (source) => {
        const text = `udp ${source}:4000 > 192.0.2.7:502`;
        expectNothing(board.send(text, { in: 'eth1' }), 'martian');
      },
    );

    it('(f) about a fragment other than the first', () => {
      const later = changed('udp 10.1.0.20:4000 > 192.0.2.7:502', (ip) => ip.set([0, 1], 6));
      expectNothing(board.sendFrames([later], 'eth1'), 'fragment');
    });

    it('but about the first fragment one is', () => {
      const first = changed('udp 10.1.0.20:4000 > 192.0.2.7:502', (ip) => ip.set([0x20, 0], 6));
      errorOf(board.sendFrames([first], 'eth1'), 'eth1');
    });
  });

  it('F3: too big is answered by code 4 with the MTU of the next hop (RFC 1191)', async () => {
    const narrow = routerYaml(OPEN).replace(
      'address: 10.2.0.1/24',
      'address: 10.2.0.1/24, mtu: 600',
    );
    board = await boot(narrow);
    const step = board.send('udp 10.1.0.20:4000 > 10.2.0.7:502 size 615');
    expect(step.delta).toMatchObject({ dropped: 1, 'drops.too-big': 1 });
    const error = errorOf(step, 'eth1');
    expect([error.type, error.code, readU16(error.ip, 26)]).toEqual([3, 4, 600]);
    const fits = board.send('udp 10.1.0.20:4000 > 10.2.0.7:502 size 614');
    expect(sentBy(fits, 'eth0')).toHaveLength(1);
  });

  it('A8: a packet is kept while its neighbour is asked for, and no error is sent', async () => {
    const alone = await boot(routerYaml(OPEN), { farSides: [] });
    const step = alone.send('udp 10.1.0.20:4000 > 10.2.0.7:502');
    expect(step.delta).toMatchObject({ received: 1, held: 1, originated: 1, transmitted: 1 });
    expect(sentBy(step)).toEqual([]);
  });

  it('A7: an ARP reply with a broadcast or multicast address is not believed', async () => {
    const alone = await boot(routerYaml(OPEN), { farSides: [] });
    alone.send('udp 10.1.0.20:4000 > 10.2.0.7:502');
    const { frame } = alone.build('arp who-has 10.2.0.1 tell 10.2.0.7');
    frame[21] = 2; // a reply
    frame.fill(0xff, 6, 12);
    frame.fill(0xff, 22, 28);
    const step = alone.sendFrames([frame], 'eth0');
    expect(step.delta).toMatchObject({ dropped: 1, 'drops.bad-arp-sender': 1 });
    expect(sentBy(step)).toEqual([]);
  });

  it('O2: a packet to the router is delivered before its TTL is looked at', () => {
    const step = board.send('icmp 10.1.0.20 > 10.2.0.1 ttl 1');
    expect(step.delta['drops.ttl-expired']).toBeUndefined();
    expect(sentBy(step, 'eth1')).toHaveLength(1);
  });
});
