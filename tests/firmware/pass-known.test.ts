/**
 * The policy lets packets of flows that carry traffic through 16 at a time: each thing that it asks
 * of them there is asked. One is taken away from a packet that has all of them.
 */
import { describe, expect, it } from 'vitest';
import * as abi from '../../config/abi.ts';
import type { KernelExports } from '../../firmware/board/kernel.ts';
import * as layout from '../../firmware/boot/table-layout.ts';
import { checksum } from '../../netstack/checksum.ts';
import { eachRow, READS, verdict } from '../hostile/crime.ts';
import { hostileFirmware } from '../hostile/hostile-system.ts';
import { type BoardSetup, type BoardUnderTest, boot } from './board-under-test.ts';
import { routerYaml } from './configuration.ts';
import { fateOf } from './fate.ts';
import { sentBy, udpFrame } from './frames.ts';
import { puppetSystem, scriptOf } from './puppet.ts';

const FLOWS = `flows:
  - { name: ask, from: office, to: plant, match: udp dst port 53 }
  - { name: poll, from: office, to: plant, match: tcp dst port 502 }
`;
const ASK = 'udp 10.1.0.20:5353 > 10.2.0.7:53';
const OUT = 'tcp 10.1.0.20:4000 > 10.2.0.7:502';
const OPENING = [OUT, 'tcp 10.2.0.7:502 > 10.1.0.20:4000 flags syn-ack', `${OUT} flags ack`];

/** A board whose flow `ask` has carried packets, so many, one a breath. */
async function bootCarrying(count: number, setup: BoardSetup = {}): Promise<BoardUnderTest> {
  const board = await boot(routerYaml(FLOWS), setup);
  for (let n = 0; n < count; n++) expect(fateOf(board.send(ASK, { at: 1 }))).toBe('carried');
  return board;
}

/** As the kernel's `ROW_LOCAL`. */
const ROW_FLAG_LOCAL = 4;

describe('a packet of a flow that carries traffic', () => {
  it.each([
    // Of a flow that has carried one packet it is not known yet by which port its others leave.
    ['leaves by no port', 1, abi.COLUMN_META_EGRESS, abi.PORT_NONE, 'wrong-port'],
    ['came by the port that it leaves by', 3, abi.COLUMN_META_INGRESS, 0, 'same-segment'],
    ['has no hop left', 3, abi.COLUMN_IPV4_TTL, 1, 'ttl-expired'],
    ['has less than that', 3, abi.COLUMN_IPV4_TTL, 0, 'ttl-expired'],
    ['has been made by a module', 3, layout.ROW_FLAGS, layout.ROW_FLAG_ORIGINATED, 'unpermitted'],
    ['was delivered to the router', 3, layout.ROW_FLAGS, ROW_FLAG_LOCAL, 'unpermitted'],
  ])('that %s is not let through', async (_, count, column, value, fate) => {
    let isChanged = false;
    const observe = (kernel: KernelExports): KernelExports => ({
      ...kernel,
      policyStage() {
        const bytes = new Uint8Array(kernel.memory.buffer);
        if (isChanged) bytes[kernel.columnOf(column)] = value;
        kernel.policyStage();
      },
    });
    const board = await bootCarrying(count, { observe });
    isChanged = true;
    const step = board.send(ASK, { at: 1 });
    expect([fateOf(step), sentBy(step).filter(({ port }) => port === 'eth0')]).toEqual([fate, []]);
  });

  it('that a module has dropped stays so', async () => {
    const { firmware } = await puppetSystem(
      'accepts: udp\nreads: ["payload[128]"]\noutputs: { out: udp }',
      {
        wire: '{ arp: arp, ip and to-router: local, ip: route }',
        'route.forward': '{ udp: puppet, ip: policy }',
        'puppet.out': 'policy',
      },
    );
    const board = await bootCarrying(3, { firmware });
    const frame = udpFrame(ASK, scriptOf({ verdict: abi.VERDICT_DROP }));
    const { sent, delta } = board.sendFrames([frame], 'eth1', { at: 1 });
    expect([sent, delta]).toEqual([[], expect.objectContaining({ 'drops.by-module': 1 })]);
  });

  it.each([
    ['first', [ASK, `${OUT} flags ack`]],
    ['last', [`${OUT} flags ack`, ASK]],
  ])('goes where its own class goes: %s of its vector', async (_, texts) => {
    const { firmware } = await puppetSystem('accepts: udp\noutputs: { out: udp }', {
      wire: '{ arp: arp, ip and to-router: local, ip: route }',
      'policy.permitted': '{ udp dst port 53: puppet, ip: neighbor }',
      'puppet.out': 'neighbor',
    });
    const board = await bootCarrying(3, { firmware });
    for (const text of [...OPENING, texts[0], texts[1], texts[0], texts[1]]) {
      expect(fateOf(board.send(text as string, { at: 1 }))).toBe('carried');
    }
    const { delta } = board.send(texts, { at: 1 });
    expect(delta).toMatchObject({ transmitted: 2, 'modules.puppet.packets': 1 });
  });

  it('leaves one hop further, and what a module wrote to the packet beside it stays', async () => {
    const system = await puppetSystem(
      'accepts: udp\nreads: ["payload[128]"]\nwrites: { ipv4.dscp: any }\noutputs: { out: udp }',
      { wire: '{ arp: arp, ip and to-router: local, udp: puppet, ip: route }' },
    );
    const board = await bootCarrying(3, { firmware: system.firmware });
    const pokes = [[system.offsetOf('ipv4.dscp'), 1, 46]] as const;
    const written = udpFrame(ASK, scriptOf({ verdict: 1, changed: 1, pokes }));
    const { frame } = board.build(ASK);
    const sent = sentBy(board.sendFrames([frame, written, frame], 'eth1', { at: 1 }));
    const headers = sent.map((each) => each.frame.subarray(14, 34));
    expect(headers.map((ip) => [ip[1], ip[8], checksum(ip)])).toEqual([
      [0, 63, 0],
      [46 << 2, 63, 0],
      [0, 63, 0],
    ]);
  });

  it('vouches for no packet that a module held, and that comes back in its row', async () => {
    const held = `(i32.load8_u offset=${READS} (local.get $row))`;
    const firmware = await hostileFirmware({
      keys: 'accepts: udp\nreads: [meta.held]\noutputs: { out: udp }\nholds: true',
      code: {
        process: eachRow(`(if (i32.eqz ${held}) (then ${verdict(255)}) (else ${verdict(1)}))`),
      },
      links: { wire: '{ arp: arp, ip and to-router: local, udp dst port 54: liar, ip: route }' },
    });
    const board = await bootCarrying(3, { firmware });
    board.send(ASK.replace(/53$/, '54'), { at: 1 });
    expect(fateOf(board.send(ASK, { at: 1 }))).toBe('carried');
    board.board.kernel.release(0, 0);
    expect(fateOf(board.run())).toBe('denied');
  });
});
