/** What leaves the board is the packet and nothing else of the frame that it came in. */
import { beforeEach, describe, expect, it } from 'vitest';
import { RING_CAPACITY } from '../../drivers/nic-ring.ts';
import { checksum } from '../../netstack/checksum.ts';
import { type BoardUnderTest, boot, type Step } from './board-under-test.ts';
import { OPEN, routerYaml } from './configuration.ts';
import { linesOf, sentBy, tagged, udpFrame } from './frames.ts';
import { puppetSystem, scriptOf } from './puppet.ts';
import type { Links } from './router-system.ts';

const TEXT = 'udp 10.1.0.20:4000 > 10.2.0.7:502';

function padded(frame: Uint8Array, size: number, byte = 0xee): Uint8Array {
  const copy = new Uint8Array(size).fill(byte);
  copy.set(frame);
  return copy;
}

/** The puppet is the first module that packets of UDP come to. */
const FIRST: Links = { wire: '{ arp: arp, ip and to-router: local, udp: puppet, ip: route }' };
/** And the last before the wire. */
const LAST: Links = {
  wire: '{ arp: arp, ip and to-router: local, ip: route }',
  'neighbor.resolved': '{ udp: puppet, ip: tx }',
  'puppet.out': 'tx',
};
const PACKET = udpFrame(TEXT, Uint8Array.from([1, 2, 3, 4])); // 46 bytes

describe.each([false, true])('a frame leaves, asked after: %s', (isTraced) => {
  let board: BoardUnderTest;
  beforeEach(async () => {
    board = await boot(routerYaml(OPEN), { isTraced });
    board.send(TEXT);
  });

  function through(frame: Uint8Array): Uint8Array {
    const sent = sentBy(board.sendFrames([frame], 'eth1'));
    expect(sent).toHaveLength(1);
    return sent[0].frame;
  }

  /** The flow has carried traffic for a while: what it is known for is enough. */
  function grow(): void {
    for (const at of [2, 3, 4]) board.send([TEXT, TEXT], { at });
  }

  it('while the ring of its port has room, and is dropped beyond it', () => {
    grow();
    board.board.onBreath = () => {}; // nobody takes what is on the rings
    const { delta } = board.sendFrames(Array(RING_CAPACITY + 9).fill(PACKET), 'eth1');
    expect(delta).toMatchObject({ transmitted: RING_CAPACITY, 'drops.tx-ring-full': 9 });
  });

  it('and is told of, however well its flow is known', () => {
    grow();
    const { outcomes } = board.send([TEXT, TEXT], { at: 5 });
    const told = outcomes.map(({ kind, port }) => [kind, port]);
    const leaves = ['transmitted', 'eth0'];
    expect(told).toEqual(isTraced ? [leaves, leaves] : []);
  });

  it('as long as it came if it ends with its packet', () => {
    expect(through(PACKET)).toHaveLength(46);
  });

  it('with zeros as padding up to 60 bytes, whatever the padding was', () => {
    const frame = through(padded(PACKET, 60));
    expect(frame).toHaveLength(60);
    expect(frame.subarray(46).every((byte) => byte === 0)).toBe(true);
    expect(through(padded(PACKET, 50))).toHaveLength(50);
  });

  it.each([61, 200, 1514, 2048])('without what lies behind the packet, of %d bytes', (size) => {
    const frame = through(padded(PACKET, size));
    expect(frame).toHaveLength(60);
    expect(frame.subarray(46).every((byte) => byte === 0)).toBe(true);
  });

  it.each([
    ['one', [7]],
    ['two', [7, 9]],
  ])('without the tags of the wire that it came in by: %s', (_, ids) => {
    const plain = through(padded(PACKET, 60));
    expect(through(tagged(padded(PACKET, 60), ...ids))).toEqual(plain);
    expect(through(tagged(PACKET, ...ids))).toEqual(through(PACKET));
  });

  it('with the one tag that a module writes, whatever it came with', async () => {
    const system = await puppetSystem(
      'accepts: ip\nreads: ["payload[128]"]\nwrites: { vlan.id: any }\noutputs: { out: ip }',
    );
    board = await boot(routerYaml(OPEN), { firmware: system.firmware, isTraced });
    board.send(TEXT);
    const pokes = [[system.offsetOf('vlan.id'), 2, 33]] as const;
    const frame = udpFrame(TEXT, scriptOf({ verdict: 1, changed: 1, pokes }));
    const alone = through(frame);
    expect([...alone.subarray(12, 18)]).toEqual([0x81, 0x00, 0x00, 33, 0x08, 0x00]);
    const again = through(tagged(frame, 7, 9));
    // The priority of the outermost tag stays.
    expect([...again.subarray(12, 18)]).toEqual([0x81, 0x00, 0xa0, 33, 0x08, 0x00]);
    expect(again.subarray(18)).toEqual(alone.subarray(18));
  });

  describe.each(['not known', 'known well'])('its flow %s, a module having written', (known) => {
    /** What becomes of a packet once the module has written `value` to `column`. */
    async function rewritten(
      [column, width, value]: readonly ['eth.dst' | 'ipv4.ttl', number, number],
      links: Links,
    ): Promise<Step> {
      const system = await puppetSystem(
        `accepts: udp\nreads: ["payload[128]"]\nwrites: { ${column}: any }\noutputs: { out: udp }`,
        links,
      );
      board = await boot(routerYaml(OPEN), { firmware: system.firmware, isTraced });
      board.send(TEXT.replace('4000', '4001')); // the next hop is known
      if (known === 'known well') grow();
      const pokes = [[system.offsetOf(column), width, value]] as const;
      const frame = udpFrame(TEXT, scriptOf({ verdict: 1, changed: 1, pokes }));
      return board.sendFrames([frame], 'eth1', { at: 5 });
    }

    it.each([
      ['of no host', 0],
      ['of all hosts', 0xffffffffffff],
      ['of a group', 0x010000000000],
      ['of the port that it leaves by', 0x02534c000001],
    ])('the address %s: not at all', async (_, mac) => {
      const { delta, audit } = await rewritten(['eth.dst', 8, mac], LAST);
      expect(delta).toMatchObject({ received: 1, dropped: 1, 'drops.violation': 1 });
      expect(audit).toMatchObject([{ by: 'puppet', violation: 'range' }]);
    });

    it.each([0x020000000000, 0x000000000001, 0xfeffffffffff])('the address %d', async (mac) => {
      const [{ frame }] = sentBy(await rewritten(['eth.dst', 8, mac], LAST));
      expect(Buffer.from(frame).readUIntBE(0, 6)).toBe(mac);
    });

    it('the TTL, behind the policy: not at all', async () => {
      const { delta, audit } = await rewritten(['ipv4.ttl', 1, 63], LAST);
      expect(delta).toMatchObject({ received: 1, dropped: 1, 'drops.unpermitted': 1 });
      expect(audit).toMatchObject([{ by: 'puppet', violation: 'unpermitted' }]);
    });

    it.each([2, 64, 65, 255])('TTL %d, less one hop', async (ttl) => {
      const [{ frame }] = sentBy(await rewritten(['ipv4.ttl', 1, ttl], FIRST));
      expect(frame[22]).toBe(ttl - 1);
      expect(checksum(frame.subarray(14, 34))).toBe(0);
    });
  });

  it.each(['169.254.1.1 > 10.2.0.7', '10.1.0.20 > 169.254.9.9'])(
    'not at all with a link-local address (RFC 3927 2.7): %s',
    (addresses) => {
      const step = board.send(`udp ${addresses.replace(' >', ':1 >')}:2`, { in: 'eth1' });
      expect(linesOf(step)).toEqual([]);
      expect(step.delta['drops.martian']).toBe(1);
    },
  );
});
