import { describe, expect, it } from 'vitest';
import { type BoardUnderTest, boot, type Step } from '../board-under-test.ts';
import { OPEN, routerYaml } from '../configuration.ts';
import { icmpFrame, linesOf, udpFrame } from '../frames.ts';
import { type PuppetSystem, puppetSystem, type Script, scriptOf } from '../puppet.ts';

const TEXT = 'udp 10.1.0.20:4000 > 10.2.0.7:502';

describe('invariant 4: a packet leaves a module only by an output declared for what it is now', () => {
  async function bootPuppet(keys: string, links = {}): Promise<[BoardUnderTest, PuppetSystem]> {
    const system = await puppetSystem(keys, links);
    const board = await boot(routerYaml(OPEN), { firmware: system.firmware, isTraced: true });
    board.send(['udp 10.1.0.20:1 > 10.2.0.7:1']);
    return [board, system];
  }

  function play(board: BoardUnderTest, script: Script): Step {
    return board.sendFrames([udpFrame(TEXT, scriptOf(script))], 'eth1');
  }

  function violationOf(step: Step): unknown {
    expect(linesOf(step)).toEqual([]);
    expect(step.delta).toMatchObject({ dropped: 1, 'drops.violation': 1 });
    expect(step.audit).toHaveLength(1);
    return step.audit[0].violation;
  }

  it.each([
    ['', {}],
    ['consumes: true\nholds: true', { 254: 'consumed', 255: 'held' }],
  ])(
    'invariant 4: of all 256 verdicts only the declared ones do anything %#',
    async (powers, more) => {
      const keys = `
accepts: ip
reads: ["payload[128]"]
outputs: { out: ip, aside: ip }
drops: [first-named, second-named]
${powers}
`;
      const [board] = await bootPuppet(keys, { 'puppet.aside': 'route' });
      const before = board.counters.received;
      const verdicts = Array.from({ length: 256 }, (_, verdict) => verdict);
      const frames = verdicts.map((verdict) => udpFrame(TEXT, scriptOf({ verdict })));
      const { outcomes } = board.sendFrames(frames, 'eth1');
      const fates = new Map(outcomes.map(({ arrival, kind, reason }) => [arrival, reason ?? kind]));
      const declared: Record<number, string> = {
        ...{ 0: 'by-module', 1: 'transmitted', 2: 'transmitted' },
        ...{ 64: 'first-named', 65: 'second-named', ...more },
      };
      expect(verdicts.map((verdict) => fates.get(before + verdict) ?? 'held')).toEqual(
        verdicts.map((verdict) => declared[verdict] ?? 'violation'),
      );
    },
  );

  it('invariant 4: nothing written is a drop', async () => {
    const [board] = await bootPuppet('accepts: ip\nreads: ["payload[128]"]\noutputs: { out: ip }');
    const step = play(board, {});
    expect(step.delta).toMatchObject({ dropped: 1, 'drops.by-module': 1 });
    expect(step.audit).toEqual([]);
  });

  it('invariant 4: an output is for the classes that it declares, and for no other', async () => {
    const keys = 'accepts: ip\nreads: ["payload[128]"]\noutputs: { out: udp dst port 502 }';
    const [board] = await bootPuppet(keys);
    expect(linesOf(play(board, { verdict: 1 }))).toHaveLength(1);
    const payload = scriptOf({ verdict: 1 });
    const ping = icmpFrame('10.1.0.20', '10.2.0.7', { type: 8, payload });
    expect(violationOf(board.sendFrames([ping], 'eth1'))).toBe('output');
    const other = udpFrame(TEXT.replace('502', '503'), payload);
    expect(violationOf(board.sendFrames([other], 'eth1'))).toBe('output');
  });

  it('invariant 4: a packet is judged by its own class, whatever stands before it elsewhere', async () => {
    const keys = 'accepts: ip\nreads: ["payload[128]"]\noutputs: { out: udp dst port 502 }';
    const links = { wire: '{ arp: arp, ip and src host 10.1.0.30: route, ip: puppet }' };
    const [board] = await bootPuppet(keys, links);
    const elsewhere = board.build('udp 10.1.0.30:1 > 10.2.0.7:502').frame;
    const other = udpFrame(TEXT.replace('502', '503'), scriptOf({ verdict: 1 }));
    const step = board.sendFrames([elsewhere, other], 'eth1');
    expect(linesOf(step)).toEqual([expect.stringContaining('10.1.0.30:1 > 10.2.0.7:502')]);
    expect(step.audit).toMatchObject([{ violation: 'output' }]);
  });

  it('invariant 4: a rewritten packet is judged by what it has become', async () => {
    const keys = `
accepts: ip
reads: ["payload[128]"]
writes: { ipv4.dst: any, l4.dport: any }
outputs: { out: ip and dst net 10.2.0.0/25 and (not port 502 or src net 10.1.0.0/24) }
`;
    const [board, system] = await bootPuppet(keys);
    const to = (address: number): Script => ({
      verdict: 1,
      changed: 1,
      pokes: [[system.offsetOf('ipv4.dst'), 4, address]],
    });
    expect(linesOf(play(board, to(0x0a02007f)))).toHaveLength(1);
    expect(violationOf(play(board, to(0x0a020080)))).toBe('output');
    expect(violationOf(play(board, to(0xc6336407)))).toBe('output');
  });

  it('invariant 4: the next link is chosen by what the packet has become', async () => {
    const keys = `
accepts: ip
reads: ["payload[128]"]
writes: { ipv4.dst: any }
outputs: { out: ip }
`;
    const [board, system] = await bootPuppet(keys, {
      'puppet.out': '{ dst net 10.2.0.0/24: route, dst host 198.51.100.9: policy }',
    });
    const to = (address: number): Script => ({
      verdict: 1,
      changed: 1,
      pokes: [[system.offsetOf('ipv4.dst'), 4, address]],
    });
    expect(linesOf(play(board, to(0x0a020009)))).toHaveLength(1);
    // Straight to policy: no route has been chosen.
    expect(play(board, to(0xc6336409)).delta['drops.wrong-port']).toBe(1);
    expect(play(board, to(0xc633640a)).delta['drops.unlinked']).toBe(1);
  });

  it('invariant 4: an output that no link leaves is a drop, with the reason it declares', async () => {
    const keys = `
accepts: ip
reads: ["payload[128]"]
outputs: { out: ip, nowhere: ip, refused: { match: ip, reason: denied-by-test } }
`.replace('denied-by-test', 'no-route');
    const [board] = await bootPuppet(keys);
    expect(play(board, { verdict: 2 }).delta['drops.unlinked']).toBe(1);
    expect(play(board, { verdict: 3 }).delta['drops.no-route']).toBe(1);
  });

  it('invariant 4: to consume and to hold are powers of their own', async () => {
    const plain = 'accepts: ip\nreads: ["payload[128]"]\noutputs: { out: ip }';
    const [without] = await bootPuppet(plain);
    expect(violationOf(play(without, { verdict: 254 }))).toBe('verdict');
    expect(violationOf(play(without, { verdict: 255 }))).toBe('hold');
    const [board] = await bootPuppet(`${plain}\nconsumes: true\nholds: true`);
    expect(play(board, { verdict: 254 }).delta).toMatchObject({ received: 1, consumed: 1 });
    expect(play(board, { verdict: 255 }).delta).toMatchObject({ received: 1, held: 1 });
    // Handed back timed out, the script says hold again: that is a violation, once.
    const step = board.finish();
    expect(step.delta).toMatchObject({ held: -1, dropped: 1, 'drops.violation': 1 });
    expect(step.audit).toMatchObject([{ violation: 'hold' }]);
  });

  it('invariant 4: 64 rows are held, the next is hold-full', async () => {
    const keys = 'accepts: ip\nreads: ["payload[128]"]\noutputs: { out: ip }\nholds: true';
    const [board] = await bootPuppet(keys);
    const frames = Array.from({ length: 70 }, () => udpFrame(TEXT, scriptOf({ verdict: 255 })));
    const step = board.sendFrames(frames, 'eth1');
    expect(step.delta).toMatchObject({ received: 70, held: 64, dropped: 6, 'drops.hold-full': 6 });
    expect(board.finish().delta).toMatchObject({ held: -64, dropped: 64 });
  });
});
