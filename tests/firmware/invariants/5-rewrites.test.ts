import { describe, expect, it } from 'vitest';
import { type BoardUnderTest, boot } from '../board-under-test.ts';
import { OPEN, routerYaml } from '../configuration.ts';
import { icmpFrame, linesOf, quoteOf, sentBy } from '../frames.ts';
import { rewritingSystem } from '../lying-modules.ts';

const head = 'accepts: icmp\nreads: [ipv4.src]\noutputs: { out: icmp }\n';

describe("invariant 5: what is the router's own stays its own", () => {
  /** Rewrites the source of every ICMP error on its way. */
  async function bootForger(source: number): Promise<BoardUnderTest> {
    const keys = `${head}writes: { ipv4.src: any }`;
    const links = { 'icmp.errors.error': 'liar', 'liar.out': 'route' };
    const firmware = await rewritingSystem(keys, ['Ipv4Src', source], links);
    return boot(routerYaml(OPEN), { firmware });
  }

  it('invariant 5: an error under the name of a stranger does not leave', async () => {
    const board = await bootForger(0x0a010015);
    const step = board.send('udp 10.1.0.20:4000 > 192.0.2.9:502');
    expect(linesOf(step)).toEqual([]);
    expect(step.delta).toMatchObject({ 'drops.no-route': 1, 'drops.unpermitted': 1 });
    expect(step.audit).toMatchObject([{ violation: 'unpermitted', by: 'liar' }]);
  });

  it('invariant 5: an error under another name of its own does', async () => {
    const board = await bootForger(0x0a020001);
    const step = board.send('udp 10.1.0.20:4000 > 192.0.2.9:502');
    expect(linesOf(step)).toEqual([expect.stringContaining('icmp 10.2.0.1 > 10.1.0.20')]);
  });
});

describe('invariant 5: what the policy read of a quoted packet', () => {
  const asked = 'udp 10.1.0.20:4000 > 10.2.0.7:53';

  async function answerWith(firmware?: Awaited<ReturnType<typeof rewritingSystem>>) {
    const board = await boot(routerYaml(OPEN), firmware === undefined ? {} : { firmware });
    const { frame } = board.build(asked);
    expect(linesOf(board.sendFrames([frame], 'eth1'))).toHaveLength(1);
    const payload = quoteOf(frame);
    const error = icmpFrame('10.2.0.7', '10.1.0.20', { type: 3, code: 3, payload });
    return board.sendFrames([error], 'eth0');
  }

  it('invariant 5: an error about a packet of a flow is carried', async () => {
    expect(linesOf(await answerWith())).toHaveLength(1);
  });

  it.each([
    ['the same', 0x0a020007],
    ['another', 0x0a020009],
  ])('invariant 5: a write to it voids the stamp: %s', async (_, address) => {
    const links = { 'policy.permitted': '{ icmp: liar, ip: neighbor }', 'liar.out': 'neighbor' };
    const keys = `${head}writes: { quoted.ipv4.dst: any }`;
    const step = await answerWith(await rewritingSystem(keys, ['QuotedIpv4Dst', address], links));
    expect(linesOf(step)).toEqual([]);
    expect(step.audit).toMatchObject([{ violation: 'unpermitted', by: 'liar' }]);
  });

  it('invariant 3: a write to its protocol alone leaves the bytes behind its header', async () => {
    const links = { wire: '{ arp: arp, icmp: liar, ip: route }', 'liar.out': 'route' };
    const keys = `${head}writes: { quoted.ipv4.proto: 17 }`;
    const firmware = await rewritingSystem(keys, ['QuotedIpv4Proto', 17], links);
    const board = await boot(routerYaml(OPEN), { firmware });
    // A flow whose ports are what a quoted echo has none of.
    expect(linesOf(board.send('udp 10.1.0.20:0 > 10.2.0.7:0'))).toHaveLength(1);
    const payload = quoteOf(icmpFrame('10.1.0.20', '10.2.0.7', { type: 8, rest: 0x12345678 }));
    const error = icmpFrame('10.2.0.7', '10.1.0.20', { type: 3, code: 3, payload });
    const [sent] = sentBy(board.sendFrames([error], 'eth0'));
    expect(sent?.frame[42 + 9]).toBe(17);
    expect(sent?.frame.slice(42 + 20, 42 + 28)).toEqual(payload.slice(20, 28));
  });
});
