import { beforeAll, describe, expect, it } from 'vitest';
import { readU16, readU32 } from '../../../netstack/byte-order.ts';
import { checksum } from '../../../netstack/checksum.ts';
import { type BoardUnderTest, boot, type Step } from '../board-under-test.ts';
import { OPEN, routerYaml } from '../configuration.ts';
import { icmpFrame, ipv4Header, linesOf, sentBy, udpFrame } from '../frames.ts';
import { type PuppetSystem, puppetSystem, type Script, scriptOf } from '../puppet.ts';

const TEXT = 'udp 10.1.0.20:4000 > 10.2.0.7:502';
const MANIFEST = `
accepts: ip
reads: ["payload[128]"]
writes: { ipv4.dst: any, l4.dport: [502, 1024-2047], vlan.id: any, ipv4.dscp: any, ipv4.ttl: 9 }
outputs: { out: ip }
`;
const DST = 1;
const DPORT = 2;
const VLAN = 4;
const DSCP = 8;
const TTL = 16;

describe('invariant 3: only declared writes take effect, and only within their range', () => {
  let system: PuppetSystem;
  let board: BoardUnderTest;
  beforeAll(async () => {
    system = await puppetSystem(MANIFEST);
    board = await boot(routerYaml(OPEN), { firmware: system.firmware });
  });

  function play(script: Script): Step {
    return board.sendFrames([udpFrame(TEXT, scriptOf({ verdict: 1, ...script }))], 'eth1');
  }

  function expectViolation(step: Step, violation: string, reason = 'violation'): void {
    expect(linesOf(step)).toEqual([]);
    expect(step.delta).toMatchObject({ dropped: 1, [`drops.${reason}`]: 1 });
    expect(step.delta['modules.puppet.violations']).toBe(1);
    expect(step.audit).toMatchObject([{ event: 'violation', by: 'puppet', violation }]);
  }

  it('invariant 3: a declared write in its range takes effect, checksums follow', () => {
    const pokes = [
      [system.offsetOf('ipv4.dst'), 4, 0x0a020009],
      [system.offsetOf('l4.dport'), 2, 2047],
    ] as const;
    const [{ frame, port }] = sentBy(play({ changed: DST | DPORT, pokes }));
    const ip = ipv4Header(frame);
    expect([port, readU32(ip, 16), readU16(ip, 22)]).toEqual(['eth0', 0x0a020009, 2047]);
    expect(checksum(ip.subarray(0, 20))).toBe(0);
  });

  it('invariant 3: a column whose changed bit is not set is not read', () => {
    const pokes = [[system.offsetOf('ipv4.dst'), 4, 0x0a020009]] as const;
    const [{ frame }] = sentBy(play({ changed: 0, pokes }));
    expect(readU32(ipv4Header(frame), 16)).toBe(0x0a020007);
  });

  it.each([0, 501, 503, 1023, 2048, 65_535])('invariant 3: port %d is out of range', (value) => {
    const pokes = [[system.offsetOf('l4.dport'), 2, value]] as const;
    const step = play({ changed: DPORT, pokes });
    expectViolation(step, 'range');
    expect(step.audit[0].value).toBe(String(value));
  });

  it.each([502, 1024, 2047])('invariant 3: port %d is in range', (value) => {
    const pokes = [[system.offsetOf('l4.dport'), 2, value]] as const;
    expect(linesOf(play({ changed: DPORT, pokes }))).toHaveLength(1);
  });

  it('invariant 3: one value out of range spoils the row, though another is in range', () => {
    const pokes = [
      [system.offsetOf('ipv4.dst'), 4, 0x0a020009],
      [system.offsetOf('l4.dport'), 2, 80],
    ] as const;
    expectViolation(play({ changed: DST | DPORT, pokes }), 'range');
  });

  it.each([0x20, 0x40, 0x80, 0xff])('invariant 3: changed bit %d declares nothing', (changed) => {
    expectViolation(play({ changed }), 'changed-bit');
  });

  it.each([
    ['vlan.id', VLAN, 2, 4096],
    ['ipv4.dscp', DSCP, 1, 64],
    ['ipv4.ttl', TTL, 1, 10],
  ] as const)(
    'invariant 3: %s has no room for more than its bits or its range',
    (column, bit, width, value) => {
      const pokes = [[system.offsetOf(column), width, value]] as const;
      expectViolation(play({ changed: bit, pokes }), 'range');
    },
  );

  it('invariant 3: what is no field of the frame has its range too', async () => {
    const keys = `accepts: ip
reads: ["payload[128]"]
writes: { meta.egress: 0-1 }
outputs: { out: ip }`;
    const routing = await puppetSystem(keys);
    const router = await boot(routerYaml(OPEN), { firmware: routing.firmware });
    const pokes = [[routing.offsetOf('meta.egress'), 1, 2]] as const;
    const frame = udpFrame(TEXT, scriptOf({ verdict: 1, changed: 1, pokes }));
    expectViolation(router.sendFrames([frame], 'eth1'), 'range');
  });

  it('invariant 3: a port cannot be given to a packet without ports', () => {
    const payload = scriptOf({
      verdict: 1,
      changed: DPORT,
      pokes: [[system.offsetOf('l4.dport'), 2, 502]],
    });
    const frame = icmpFrame('10.1.0.20', '10.2.0.7', { type: 8, payload });
    expectViolation(board.sendFrames([frame], 'eth1'), 'absent-field');
  });

  it('invariant 3: what a module writes beside its write block goes nowhere', () => {
    const offsets = Array.from({ length: 6 }, (_, i) => system.offsetOf('ipv4.ttl') + 256 + i * 64);
    const pokes = offsets.map((offset) => [offset, 8, 0xdeadbeefn] as const);
    expect(linesOf(play({ pokes }))).toEqual([
      expect.stringContaining('eth0 udp 10.1.0.20:4000 > 10.2.0.7:502 '),
    ]);
  });

  describe('after the stamp', () => {
    async function playAfter(writes: string, script: (s: PuppetSystem) => Script): Promise<Step> {
      const keys = `accepts: ip\nreads: ["payload[128]"]\nwrites: ${writes}\noutputs: { out: ip }`;
      const after = await puppetSystem(keys, {
        wire: '{ arp: arp, ip and to-router: local, ip: route }',
        'policy.permitted': 'puppet',
        'puppet.out': 'neighbor',
      });
      board = await boot(routerYaml(OPEN), { firmware: after.firmware });
      board.send(TEXT); // the neighbour is known from here on
      return play(script(after));
    }
    const poke =
      (column: 'ipv4.src' | 'ipv4.dst' | 'l4.dport' | 'meta.egress', value: number) =>
      (at: PuppetSystem): Script => {
        const width = column === 'l4.dport' ? 2 : column === 'meta.egress' ? 1 : 4;
        return { changed: 1, pokes: [[at.offsetOf(column), width, value]] };
      };

    it.each([
      ['{ ipv4.dst: any }', poke('ipv4.dst', 0x0a020009)],
      ['{ l4.dport: 1-65535 }', poke('l4.dport', 80)],
      ['{ meta.egress: any }', poke('meta.egress', 0)],
      ['{ ipv4.src: any }', poke('ipv4.src', 0x0a010015)],
    ] as const)('invariant 3: a write of %s voids the stamp', async (writes, script) => {
      const step = await playAfter(writes, script);
      expect(linesOf(step)).toEqual([]);
      expect(step.delta['drops.unpermitted']).toBe(1);
    });

    it('invariant 3: the source may change within a declared range', async () => {
      const step = await playAfter('{ ipv4.src: $addresses }', poke('ipv4.src', 0x0a020001));
      const [{ frame }] = sentBy(step);
      expect(readU32(ipv4Header(frame), 12)).toBe(0x0a020001);
    });

    it('invariant 3: and not beyond it', async () => {
      const step = await playAfter('{ ipv4.src: $addresses }', poke('ipv4.src', 0x0a020002));
      expectViolation(step, 'range');
    });
  });
});
