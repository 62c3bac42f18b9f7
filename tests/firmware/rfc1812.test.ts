/** The forwarding clauses of RFC 1812, through the whole router. */
import { beforeEach, describe, expect, it } from 'vitest';
import { type BoardUnderTest, boot, type Step } from './board-under-test.ts';
import { OPEN, routerYaml } from './configuration.ts';
import { ipv4Header, mend, sentBy } from './frames.ts';

const CARRIED = 'udp 10.1.0.20:4000 > 10.2.0.7:502 size 100';

describe('RFC 1812', () => {
  let board: BoardUnderTest;
  beforeEach(async () => {
    board = await boot(routerYaml(OPEN));
    // So that both neighbours are known, and steps show only what they are about.
    board.send(['udp 10.1.0.20:1 > 10.2.0.7:1', 'udp 10.2.0.7:1 > 10.1.0.20:1']);
  });

  /** Sends a frame, changed and its header checksum mended, unless the change is about that. */
  function sendChanged(text: string, change: (ip: Uint8Array) => void, isMended = true): Step {
    const { frame, port } = board.build(text);
    change(ipv4Header(frame));
    if (isMended) mend(frame);
    return board.sendFrames([frame], port);
  }

  function expectSilentDrop(step: Step, reason: string, port = 'eth1'): void {
    expect(step.sent).toEqual([]);
    expect(step.delta).toEqual({
      received: 1,
      dropped: 1,
      [`drops.${reason}`]: 1,
      [`ports.${port}.received`]: 1,
    });
  }

  describe('5.2.2 header validation', () => {
    it('V1: a packet shorter than 20 bytes is silently discarded', () => {
      const { frame } = board.build(CARRIED);
      expectSilentDrop(board.sendFrames([frame.slice(0, 33)], 'eth1'), 'ipv4-too-short');
    });

    it('V2: a wrong header checksum is silently discarded', () => {
      const step = sendChanged(CARRIED, (ip) => ip.set([ip[10] ^ 1], 10), false);
      expectSilentDrop(step, 'ipv4-checksum');
    });

    it('V3: another version than 4 is silently discarded', () => {
      expectSilentDrop(
        sendChanged(CARRIED, (ip) => ip.set([0x55], 0)),
        'ipv4-version',
      );
    });

    it('V4: a header length below 20 bytes is silently discarded', () => {
      expectSilentDrop(
        sendChanged(CARRIED, (ip) => ip.set([0x44], 0)),
        'ipv4-header-length',
      );
    });

    it('V5: a total length below the header length is silently discarded', () => {
      expectSilentDrop(
        sendChanged(CARRIED, (ip) => ip.set([0, 19], 2)),
        'ipv4-total-length',
      );
    });

    it('V6: no option and no flow disables a test', async () => {
      const lenient = await boot(routerYaml(`${OPEN}\noptions: { tcp-pickup: true }`));
      lenient.send(CARRIED);
      const { frame, port } = lenient.build(CARRIED);
      ipv4Header(frame)[10] ^= 0x80;
      expectSilentDrop(lenient.sendFrames([frame], port), 'ipv4-checksum');
    });

    it('V7: a packet longer than its frame is discarded', () => {
      expectSilentDrop(
        sendChanged(CARRIED, (ip) => ip.set([0, 87], 2)),
        'ipv4-truncated',
      );
    });

    it('V7: link-layer padding is no part of the packet', () => {
      const { frame, port } = board.build('udp 10.1.0.20:4000 > 10.2.0.7:502');
      const padded = Uint8Array.from([...frame, ...new Uint8Array(18).fill(0xee)]);
      const { sent, delta } = board.sendFrames([padded], port);
      expect(delta['flows.office to plant.bytes']).toBe(28);
      expect([...sent[0].frame.subarray(frame.length)]).toEqual(new Array(18).fill(0));
    });
  });

  describe('4.2.2.9 and 5.3.1 time to live', () => {
    it('T1: the TTL of a packet for the router is not checked', () => {
      const step = board.send('icmp 10.1.0.20 > 10.1.0.1 ttl 1');
      expect(sentBy(step, 'eth1')).toHaveLength(1);
    });

    it('T2: nothing is forwarded or made with a TTL of 0', () => {
      const step = board.send('udp 10.1.0.20:4000 > 10.2.0.7:502 ttl 0');
      expect(step.delta['drops.ttl-expired']).toBe(1);
      for (const { frame } of step.sent) expect(ipv4Header(frame)[8]).toBeGreaterThan(0);
    });

    it('T3: a packet for the router with TTL 0 is taken in', () => {
      const step = board.send('icmp 10.1.0.20 > 10.1.0.1 ttl 0');
      expect(sentBy(step, 'eth1')).toHaveLength(1);
    });

    it('T4: a forwarded packet has a TTL of one less, and a good checksum', () => {
      const { sent } = board.send('udp 10.1.0.20:4000 > 10.2.0.7:502 ttl 64');
      const header = ipv4Header(sent[0].frame);
      expect(header[8]).toBe(63);
      const copy = sent[0].frame.slice();
      expect(mend(copy)).toEqual(sent[0].frame);
    });

    it('T5: TTL 1 is discarded and answered by time exceeded, code 0', () => {
      const step = board.send('udp 10.1.0.20:4000 > 10.2.0.7:502 ttl 1');
      expect(step.delta).toMatchObject({ dropped: 1, 'drops.ttl-expired': 1, originated: 1 });
      const [error] = sentBy(step, 'eth1');
      expect([...error.frame.subarray(34, 36)]).toEqual([11, 0]);
      expect(sentBy(step, 'eth0')).toEqual([]);
    });

    it('T6: TTL 2 is forwarded, though the next router will discard it', () => {
      const { sent } = board.send('udp 10.1.0.20:4000 > 10.2.0.7:502 ttl 2');
      expect(ipv4Header(sent[0].frame)[8]).toBe(1);
    });
  });

  describe('4.2.2.11, 5.3.4, 5.3.5 and 5.3.7 addresses', () => {
    it.each(['0.0.0.0', '127.0.0.1', '255.255.255.255', '224.0.0.5', '240.0.0.1'])(
      'A1: the source %s is silently discarded and counted',
      (source) => {
        const step = board.send(`udp ${source}:4000 > 10.2.0.7:502`, { in: 'eth1' });
        expectSilentDrop(step, 'martian');
      },
    );

    it.each(['10.1.0.0', '10.1.0.255', '10.2.0.255'])(
      'A1: the source %s, a broadcast of a connected subnet, is silently discarded',
      (source) => {
        const step = board.send(`udp ${source}:4000 > 10.2.0.7:502`, { in: 'eth1' });
        expectSilentDrop(step, 'martian');
      },
    );

    it("A1: the router's own address as a source is silently discarded", () => {
      const step = board.send('udp 10.1.0.1:4000 > 10.2.0.7:502', { in: 'eth1' });
      expectSilentDrop(step, 'martian');
    });

    it.each(['0.0.0.7', '127.0.0.1', '240.0.0.1'])('A2: nothing is forwarded to %s', (to) => {
      expectSilentDrop(board.send(`udp 10.1.0.20:4000 > ${to}:502`), 'martian');
    });

    it('A4: a limited broadcast is not forwarded', () => {
      expectSilentDrop(board.send('udp 10.1.0.20:4000 > 255.255.255.255:502'), 'broadcast');
    });

    it.each(['10.2.0.255', '10.2.0.0'])('A5: the directed broadcast %s is not forwarded', (to) => {
      expectSilentDrop(board.send(`udp 10.1.0.20:4000 > ${to}:502`), 'broadcast');
    });

    it.each([
      ['broadcast', 0xff, 'broadcast'],
      ['multicast', 0x01, 'broadcast'],
    ])('A6: a unicast packet in a link-layer %s is not forwarded', (_, first, reason) => {
      const { frame } = board.build(CARRIED);
      frame[0] = first;
      board.put(frame, 'eth1');
      expectSilentDrop(board.run(), reason);
    });

    it('A6: a packet to a group is not forwarded', () => {
      expectSilentDrop(board.send('udp 10.1.0.20:4000 > 224.0.0.5:502'), 'multicast');
    });

    it('A6: nor is one of a flow that is already known', () => {
      board.send(CARRIED);
      const { frame } = board.build(CARRIED);
      frame.fill(0xff, 0, 6);
      board.put(frame, 'eth1');
      expectSilentDrop(board.run(), 'broadcast');
    });
  });

  describe('4.2.2.6 and 5.3.13 options and reserved bits', () => {
    it('H1: the reserved fragment bit and the ECN bits pass through unchanged', () => {
      const step = sendChanged(CARRIED, (ip) => {
        ip[1] |= 3;
        ip[6] |= 0x80;
      });
      const header = ipv4Header(step.sent[0].frame);
      expect([header[1] & 3, header[6]]).toEqual([3, 0x80]);
    });
  });
});
