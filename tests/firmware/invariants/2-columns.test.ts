import { beforeAll, describe, expect, it } from 'vitest';
import { readLayout } from '../../../config/block-layout.ts';
import { type BoardUnderTest, boot } from '../board-under-test.ts';
import { OPEN, routerYaml } from '../configuration.ts';
import { icmpFrame, ipv4Header, mend, udpFrame } from '../frames.ts';
import { puppetSystem } from '../puppet.ts';
import { Random } from '../random.ts';

/** Values that nothing else has by chance, and the columns that carry them. */
const SRC = [10, 1, 0, 0xd7];
const DST = [10, 2, 0, 0xe9];
const SOURCE_MAC = [0x02, 0xa7, 0x5e, 0xc3, 0x91, 0x1d];
const SEQUENCE = [0xde, 0xc0, 0x13, 0x77];
const PORTS = [0xb3, 0xc5, 0xa9, 0xd1];
const PAYLOAD = [...new Random(0x5ec2e7).bytes(24)];
const SECRETS: Readonly<Record<string, number[]>> = {
  'ipv4.src': SRC,
  'ipv4.dst': DST,
  'eth.src': SOURCE_MAC,
  'tcp.seq': SEQUENCE,
  ports: PORTS,
  payload: PAYLOAD.slice(0, 8),
  'end of payload': PAYLOAD.slice(-8),
};
const FROM = '10.1.0.215';
const TO = '10.2.0.233';

/** The secrets that lie anywhere in a memory, in wire order or turned round. */
function secretsIn(memory: ArrayBuffer): string[] {
  const bytes = Buffer.from(memory);
  return Object.entries(SECRETS)
    .filter(
      ([, secret]) =>
        bytes.includes(Buffer.from(secret)) || bytes.includes(Buffer.from([...secret].reverse())),
    )
    .map(([name]) => name);
}

/** TCP, UDP and ICMP with all the secrets; `ttl` and `to` as told. */
function secretFrames(board: BoardUnderTest, to = TO, ttl = 64): Uint8Array[] {
  const tcp = board.build(`tcp ${FROM}:${0xb3c5} > ${to}:${0xa9d1} size 78 ttl ${ttl}`).frame;
  tcp.set(SEQUENCE, 38);
  tcp.set(PAYLOAD, 54);
  const payload = Uint8Array.from(PAYLOAD);
  const udp = udpFrame(`udp ${FROM}:${0xb3c5} > ${to}:${0xa9d1}`, payload);
  ipv4Header(udp)[8] = ttl;
  const icmp = icmpFrame(FROM, to, { type: 8, payload });
  ipv4Header(icmp)[8] = ttl;
  const frames = [tcp, mend(udp), mend(icmp)];
  for (const frame of frames) frame.set(SOURCE_MAC, 6);
  return frames;
}

describe("invariant 2: a module's memory receives only declared columns of packets it accepts", () => {
  let board: BoardUnderTest;
  beforeAll(async () => {
    board = await boot(routerYaml(OPEN));
  });

  function memoryOf(name: string): string[] {
    const slot = board.board.slots.find(({ loaded }) => loaded.name === name);
    if (slot === undefined) throw new RangeError(name);
    return secretsIn(slot.memory);
  }

  it('invariant 2: what modules see of carried packets is what they declare', () => {
    board.sendFrames(secretFrames(board), 'eth1');
    board.sendFrames(secretFrames(board), 'eth1');
    expect(memoryOf('route')).toEqual(['ipv4.dst']);
    // meta.nexthop is the destination itself on a connected subnet.
    expect(memoryOf('neighbor')).toEqual(['ipv4.dst']);
    expect(memoryOf('icmp')).toEqual([]);
  });

  it('invariant 2: arp sees nothing of IPv4 packets but what it is asked for', () => {
    board.sendFrames(secretFrames(board), 'eth1');
    expect(memoryOf('arp')).toEqual(['ipv4.dst']);
  });

  it('invariant 2: what icmp sees of stopped packets has neither payload nor ports nor MAC', () => {
    board.sendFrames(secretFrames(board, TO, 1), 'eth1');
    expect(memoryOf('icmp')).toEqual(['ipv4.src', 'ipv4.dst']);
    board.sendFrames(secretFrames(board, '192.0.2.7'), 'eth1');
    expect(memoryOf('icmp')).toEqual(['ipv4.src']);
  });

  it('invariant 2: nor does it see the data of an echo that it answers', () => {
    const step = board.sendFrames(secretFrames(board, '10.1.0.1').slice(2), 'eth1');
    expect(step.delta.transmitted).toBeGreaterThan(0);
    expect(memoryOf('icmp')).not.toContain('payload');
    expect(memoryOf('icmp')).not.toContain('eth.src');
  });

  it('invariant 2: a denied packet is seen by no module after policy', async () => {
    const closed = await boot(routerYaml('flows: []'));
    closed.sendFrames(secretFrames(closed), 'eth1');
    const neighbor = closed.board.slots.find(({ loaded }) => loaded.name === 'neighbor');
    expect(neighbor && secretsIn(neighbor.memory)).toEqual([]);
  });

  describe('byte for byte', () => {
    const KEYS = 'accepts: udp\nreads: ["payload[128]", "frame[32]"]\noutputs: { out: ip }';
    const LINKS = {
      wire: '{ arp: arp, ip and to-router: local, udp dst port 502: puppet, ip: route }',
    };

    it('invariant 2: nothing outside the read block changes, and in it only declared bytes', async () => {
      const { firmware } = await puppetSystem(KEYS, LINKS);
      const hostile = await boot(routerYaml(OPEN), { firmware });
      const slot = hostile.board.slots[0];
      const before = new Uint8Array(slot.memory.slice(0));
      const accepted = udpFrame(`udp ${FROM}:4000 > ${TO}:502`, Uint8Array.from([1, 2, 3]));
      const other = secretFrames(hostile);
      hostile.sendFrames([other[0], accepted, ...other, accepted], 'eth1');

      const expected = before.slice();
      const seen = hostile.addressed(accepted, 'eth1');
      const { read_block, write_block } = slot.loaded.blocks;
      const view = new DataView(expected.buffer);
      const [payload, frame] = readLayout(slot.loaded.manifest.places[0]).columns;
      view.setUint32(read_block, 2, true);
      view.setBigInt64(read_block + 8, 1_000_000_000n, true);
      for (const row of [0, 1]) {
        expected.set([1, 2, 3], read_block + payload.offset + row * payload.size);
        expected.set(seen.subarray(0, 32), read_block + frame.offset + row * frame.size);
      }
      const after = new Uint8Array(slot.memory);
      const firstDifference = after.findIndex(
        // What the module writes is its own affair.
        (byte, at) => byte !== expected[at] && !(at >= write_block && at < write_block + 512),
      );
      expect(firstDifference).toBe(-1);
    });

    it('invariant 2: a window ends with its packet, whatever the frame or the slot held', async () => {
      const { firmware } = await puppetSystem(KEYS, LINKS);
      const hostile = await boot(routerYaml(OPEN), { firmware });
      const slot = hostile.board.slots[0];
      // Every slot of the arena has held the secret; then short packets, padded with it.
      const long = udpFrame(`udp ${FROM}:4000 > ${TO}:503`, new Uint8Array(1200).fill(0xee));
      for (let i = 0; i < 40; i++)
        hostile.sendFrames(
          Array.from({ length: 120 }, () => long),
          'eth1',
        );
      const short = udpFrame(`udp ${FROM}:4000 > ${TO}:502`, Uint8Array.from([7]));
      const padded = Uint8Array.from([...short, ...new Uint8Array(100).fill(0xee)]);
      hostile.sendFrames(
        Array.from({ length: 100 }, () => padded),
        'eth1',
      );
      expect(Buffer.from(slot.memory).indexOf(0xee)).toBe(-1);
    });
  });
});
