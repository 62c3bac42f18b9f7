/**
 * The monitor judges rows at once where all that stand at a place agree, and one by one where they
 * do not, and has a way of its own where they are the whole vector. Vectors of one row, and a
 * bystander that goes another way, make the difference, and must make no other.
 */
import { expect, it } from 'vitest';
import { type BoardUnderTest, boot, type Step } from './board-under-test.ts';
import { OPEN, routerYaml } from './configuration.ts';
import { icmpFrame, sentBy, udpFrame } from './frames.ts';
import { type PuppetSystem, puppetSystem, type Script, scriptOf } from './puppet.ts';
import { Random } from './random.ts';

const ROUNDS = 60;
const BYSTANDER = 'tcp 10.1.0.30:4000 > 10.2.0.7:80';
/** Bits of changed, in this order. */
const KEYS = `
accepts: udp
reads: ["payload[128]"]
writes: { eth.dst: any, meta.egress: any, l4.dport: 500-503, ipv4.ttl: any }
outputs: { out: udp dst portrange 502-503, aside: udp, refused: { match: udp, reason: no-route } }
drops: [named]
`;
const LINKS = {
  wire: '{ arp: arp, ip and to-router: local, ip: route }',
  'neighbor.resolved': '{ udp: puppet, ip: tx }',
  'puppet.out': 'tx',
  'puppet.refused': 'icmp.errors',
};

function randomScript(random: Random, system: PuppetSystem): Script {
  return {
    verdict: random.pick([1, 1, 1, 1, 0, 2, 3, 4, 64, 65, 254, 255]),
    changed: random.pick([0, 0, 1, 1, 2, 3, 4, 5, 8, 9, 16, 128]),
    pokes: [
      [system.offsetOf('eth.dst'), 8, random.pick([0x02aabbccdd01, 0x02aabbccdd02])],
      [system.offsetOf('meta.egress'), 1, random.pick([0, 1])],
      [system.offsetOf('l4.dport'), 2, random.pick([499, 500, 502, 503, 504])],
      [system.offsetOf('ipv4.ttl'), 1, random.pick([9, 200])],
    ],
  };
}

/** Frames that all say the same, but for one of them, perhaps. */
function randomFrames(random: Random, system: PuppetSystem): Uint8Array[] {
  const count = random.pick([1, 2, 16, 17, 33]);
  const different = random.pick([-1, 0, count - 1, random.below(count)]);
  const scripts = [randomScript(random, system), randomScript(random, system)];
  const ports = [random.pick([502, 503]), random.pick([502, 503, 504])];
  return Array.from({ length: count }, (_, i) => {
    const which = i === different ? 1 : 0;
    const text = `udp 10.1.0.20:${4000 + i} > 10.2.0.7:${ports[which]}`;
    return udpFrame(text, scriptOf(scripts[which] as Script));
  });
}

/** What became of the frames of UDP, and of what was made because of them. */
function told(step: Step): unknown {
  const counters = Object.entries(step.delta).filter(([path]) =>
    /^drops\.|^held|^consumed|violation/.test(path),
  );
  const frames = sentBy(step).filter(({ frame }) => frame[23] !== 6);
  return {
    counters: Object.fromEntries(counters),
    audit: step.audit.map(({ seq, prev, packet, ...event }) => event),
    sent: frames.map(({ port, frame }) => `${port} ${Buffer.from(frame).toString('hex')}`),
  };
}

it('a vector that is judged at once is judged as its rows are', async () => {
  const system = await puppetSystem(KEYS, LINKS);
  const boards: BoardUnderTest[] = [];
  for (const vectorRows of [256, 256, 1]) {
    const board = await boot(routerYaml(OPEN), { firmware: system.firmware, vectorRows });
    board.send(['udp 10.1.0.20:1 > 10.2.0.7:502', BYSTANDER]);
    boards.push(board);
  }
  const [alone, beside, single] = boards as [BoardUnderTest, BoardUnderTest, BoardUnderTest];
  const bystander = beside.build(BYSTANDER).frame;
  const random = new Random(0x5eed0077);
  for (let round = 0; round < ROUNDS; round++) {
    const frames = randomFrames(random, system);
    const at = 2 + round;
    const byRows = told(single.sendFrames(frames, 'eth1', { at }));
    const atOnce = told(alone.sendFrames(frames, 'eth1', { at }));
    expect(atOnce, `round ${round}`).toEqual(byRows);
    const mixed = frames.toSpliced(random.pick([0, frames.length]), 0, bystander);
    const inPart = told(beside.sendFrames(mixed, 'eth1', { at }));
    expect(inPart, `round ${round}, beside another`).toEqual(byRows);
  }
});

it.each([1, 2, 4, 8, 16, 32, 64, 128])(
  'a module that may write nothing may not set changed bit %d, whatever stands behind its part',
  async (changed) => {
    const keys = 'accepts: ip\nreads: ["payload[128]"]\noutputs: { out: ip }';
    const { firmware } = await puppetSystem(keys);
    const board = await boot(routerYaml(OPEN), { firmware });
    const frame = udpFrame('udp 10.1.0.20:4000 > 10.2.0.7:502', scriptOf({ verdict: 1, changed }));
    const { delta, audit } = board.sendFrames([frame], 'eth1');
    expect(delta).toMatchObject({ received: 1, dropped: 1, 'drops.violation': 1 });
    expect(audit).toMatchObject([{ by: 'puppet', violation: 'changed-bit' }]);
  },
);

it('a row does not leave by the output of a place that only answers', async () => {
  const keys = 'accepts: ip\nreads: ["payload[128]"]\noutputs: { out: icmp }\nanswers: icmp';
  const { firmware } = await puppetSystem(keys);
  const board = await boot(routerYaml(OPEN), { firmware });
  const payload = scriptOf({ verdict: 1 });
  const ping = icmpFrame('10.1.0.20', '10.2.0.7', { type: 8, payload });
  const { delta, audit } = board.sendFrames([ping], 'eth1');
  expect(delta).toMatchObject({ received: 1, dropped: 1, 'drops.violation': 1 });
  expect(audit).toMatchObject([{ by: 'puppet', violation: 'verdict' }]);
});
