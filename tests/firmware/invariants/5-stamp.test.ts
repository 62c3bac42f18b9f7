import { describe, expect, it } from 'vitest';
import { writeU32 } from '../../../netstack/byte-order.ts';
import { type BoardUnderTest, boot, type Step } from '../board-under-test.ts';
import { OPEN, routerYaml } from '../configuration.ts';
import { icmpFrame, linesOf, udpFrame } from '../frames.ts';
import { frameEntry, puppetSystem, type Script, scriptOf } from '../puppet.ts';

const TEXT = 'udp 10.1.0.20:4000 > 10.2.0.7:502';
const PASS = 'accepts: ip\nreads: ["payload[128]"]\noutputs: { out: ip }';

async function bootPuppet(keys: string, links: Record<string, string> = {}) {
  const { firmware } = await puppetSystem(keys, links);
  return boot(routerYaml(OPEN), { firmware });
}

function play(board: BoardUnderTest, script: Script): Step {
  return board.sendFrames([udpFrame(TEXT, scriptOf(script))], 'eth1');
}

describe('invariant 5: a frame leaves only with the stamp, or as a declared answer or origination', () => {
  it.each([
    ['from the wire', { wire: 'tx', 'puppet.out': '' }],
    ['from the wire by a module', { wire: '{ ip: puppet }', 'puppet.out': 'tx' }],
    ['from the route', { 'route.forward': 'tx' }],
    ['to the neighbour without asking policy', { 'route.forward': 'neighbor' }],
    ['from what policy refers', { 'policy.expired': 'tx' }, 'ttl 1'],
    ['from what has no route', { 'route.unreachable': 'tx' }, '', '192.0.2.7'],
  ] as const)(
    'invariant 5: a link to tx %s: unpermitted',
    async (_, links, ttl: string = '', to: string = '10.2.0.7') => {
      const board = await bootPuppet(PASS, links);
      const step = board.send(`udp 10.1.0.20:4000 > ${to}:502 ${ttl}`);
      expect(linesOf(step)).toEqual([]);
      expect(step.delta).toMatchObject({ dropped: 1, 'drops.unpermitted': 1 });
      expect(step.audit).toMatchObject([{ event: 'violation', violation: 'unpermitted' }]);
    },
  );

  it('invariant 5: nothing local leaves as it came', async () => {
    const board = await bootPuppet(PASS, { local: 'tx' });
    const step = board.send('icmp 10.1.0.20 > 10.1.0.1');
    expect(linesOf(step)).toEqual([]);
    expect(step.delta['drops.unpermitted']).toBe(1);
  });

  it.each([
    ['another destination', { 'ipv4.dst': 0x0a020009 }],
    ['another source', { 'ipv4.src': 0x0a010015 }],
  ] as const)('invariant 5: a local packet sent back to %s is unpermitted', async (_, write) => {
    const [[column, value]] = Object.entries(write);
    const keys = `accepts: ip\nreads: ["payload[128]"]\nwrites: { ${column}: any }\noutputs: { out: ip }`;
    const { firmware, offsetOf } = await puppetSystem(keys, {
      local: 'puppet',
      wire: '{ arp: arp, ip and to-router: local, ip: route }',
    });
    const board = await boot(routerYaml(OPEN), { firmware });
    const pokes = [[offsetOf(column as 'ipv4.dst'), 4, value]] as const;
    const payload = scriptOf({ verdict: 1, changed: 1, pokes });
    const step = board.sendFrames(
      [icmpFrame('10.1.0.20', '10.1.0.1', { type: 8, payload })],
      'eth1',
    );
    expect(linesOf(step)).toEqual([]);
    expect(step.delta.dropped).toBe(1);
  });

  it.each([
    [
      'leaves as an echo reply from where it was sent to',
      { 'ipv4.src': 0x0a010001, 'icmp.type': 0 },
    ],
    ['does not leave from another address', { 'ipv4.src': 0x0a010015, 'icmp.type': 0 }],
    ['does not leave as another message', { 'ipv4.src': 0x0a010001, 'icmp.type': 8 }],
  ] as const)('invariant 5: what a local packet becomes %s', async (what, write) => {
    const values = { 'ipv4.dst': 0x0a010014, ...write };
    const columns = Object.keys(values) as (keyof typeof values)[];
    const writes = columns.map((column) => `${column}: any`).join(', ');
    const { firmware, offsetOf } = await puppetSystem(
      `accepts: ip\nreads: ["payload[128]"]\nwrites: { ${writes} }\noutputs: { out: ip }`,
      { local: 'puppet', wire: '{ arp: arp, ip and to-router: local, ip: route }' },
    );
    const board = await boot(routerYaml(OPEN), { firmware });
    const pokes = columns.map(
      (column) => [offsetOf(column), column === 'icmp.type' ? 1 : 4, values[column]] as const,
    );
    const payload = scriptOf({ verdict: 1, changed: 7, pokes });
    const echo = icmpFrame('10.1.0.20', '10.1.0.1', { type: 8, payload });
    const step = board.sendFrames([echo], 'eth1');
    expect(linesOf(step)).toHaveLength(what.startsWith('leaves') ? 1 : 0);
    expect(step.delta['drops.unpermitted']).toBe(what.startsWith('leaves') ? undefined : 1);
  });

  it("invariant 5: a stamp is of this configuration, and never the module's to give", async () => {
    const board = await bootPuppet(PASS);
    board.send('udp 10.1.0.20:1 > 10.2.0.7:1');
    // Whatever a module writes about a denied packet, it stays denied.
    const step = board.send('tcp 10.2.0.7:80 > 10.1.0.20:4000');
    expect(step.delta['drops.denied']).toBe(1);
    expect(linesOf(step)).toEqual([]);
  });
});

describe('invariant 5: frames that modules make', () => {
  const KEYS = `
accepts: ip
reads: ["payload[128]"]
outputs: { out: udp }
answers: udp dst port 9
originates: { match: udp dst port 7, ports: [eth0], per-second: 2 }
`;
  const LINKS = {
    'puppet.out': '{ udp dst port 9: route, ip: tx }',
    wire: '{ ip: puppet, arp: arp }',
  };
  const OWN = '10.2.0.1';

  function frame(from: string, to: string, dport: number): Uint8Array {
    return udpFrame(`udp ${from}:1000 > ${to}:${dport}`, new Uint8Array(0));
  }

  async function make(script: Script, count = 1): Promise<Step> {
    const board = await bootPuppet(KEYS, LINKS);
    let step = play(board, script);
    for (let i = 1; i < count; i++) step = play(board, script);
    return step;
  }

  function expectNothing(step: Step, violation: string): void {
    expect(linesOf(step)).toEqual([]);
    expect(step.audit).toMatchObject([{ event: 'violation', by: 'puppet', violation }]);
    expect(step.delta['modules.puppet.violations']).toBe(1);
  }

  it("invariant 5: a declared origination leaves, with the board's own source MAC", async () => {
    const step = await make({
      frames: frameEntry(frame(OWN, '10.2.0.7', 7), { row: null, egress: 0 }),
    });
    expect(linesOf(step)).toHaveLength(1);
    expect(step.delta).toMatchObject({
      originated: 1,
      transmitted: 1,
      'ports.eth0.transmitted': 1,
    });
  });

  it.each([
    ['of another class', '10.2.0.1', 8, 0, 'frame-class'],
    ['from another source', '10.2.0.2', 7, 0, 'frame-source'],
    ["from another port's address", '10.1.0.1', 7, 0, 'frame-source'],
    ['on another port', '10.1.0.1', 7, 1, 'frame-port'],
    ['on a port that is not there', '10.2.0.1', 7, 31, 'frame-port'],
    ['on no port', '10.2.0.1', 7, 255, 'frame-port'],
  ] as const)(
    'invariant 5: an origination %s does not leave',
    async (_, from, dport, egress, why) => {
      const step = await make({
        frames: frameEntry(frame(from, '10.2.0.7', dport), { row: null, egress }),
      });
      expectNothing(step, why);
    },
  );

  it('invariant 5: not more originations a second than declared', async () => {
    const frames = frameEntry(frame(OWN, '10.2.0.7', 7), { row: null, egress: 0 });
    expectNothing(await make({ frames }, 3), 'frame-rate');
  });

  it('invariant 5: an origination is not for the router itself, however it is linked', async () => {
    const links = { ...LINKS, 'puppet.out': '{ udp dst port 9: route, ip: local }' };
    const board = await bootPuppet(KEYS, links);
    const frames = frameEntry(frame(OWN, '10.2.0.1', 7), { row: null, egress: 0 });
    expectNothing(play(board, { frames }), 'unpermitted');
  });

  it('invariant 5: an origination does not leave by an output that is not declared for it', async () => {
    const board = await bootPuppet(KEYS.replace('udp dst port 7', 'ip'), LINKS);
    const echo = icmpFrame(OWN, '10.2.0.7', { type: 8 });
    expectNothing(
      play(board, { frames: frameEntry(echo, { row: null, egress: 0 }) }),
      'frame-class',
    );
  });

  it('invariant 5: an origination that is no packet does not leave', async () => {
    const keys = KEYS.replace('udp dst port 7', 'ip');
    const board = await bootPuppet(keys.replace('out: udp', 'out: ip'), LINKS);
    const cut = frame(OWN, '10.2.0.7', 7).subarray(0, 38);
    expectNothing(
      play(board, { frames: frameEntry(cut, { row: null, egress: 0 }) }),
      'frame-class',
    );
  });

  it.each([0, 2, 255])(
    'invariant 5: no frame leaves by output %d, which is not declared',
    async (output) => {
      const frames = frameEntry(frame(OWN, '10.2.0.7', 7), { row: null, egress: 0, output });
      expectNothing(await make({ frames }), 'frame-output');
    },
  );

  it('invariant 5: an answer goes to the sender of the row, whatever it says', async () => {
    const answer = frame(OWN, '198.51.100.66', 9);
    const step = await make({ frames: frameEntry(answer, { row: 0, egress: 2 }) });
    expect(linesOf(step)).toEqual([
      expect.stringContaining('eth1 udp 10.2.0.1:1000 > 10.1.0.20:9 '),
    ]);
  });

  it("invariant 5: an answer has one of the router's addresses as its source", async () => {
    const answer = frame('10.2.0.99', '10.1.0.20', 9);
    expectNothing(await make({ frames: frameEntry(answer, { row: 0 }) }), 'frame-source');
  });

  it('invariant 5: an answer of an undeclared class does not leave', async () => {
    const answer = frame(OWN, '10.1.0.20', 7);
    expectNothing(await make({ frames: frameEntry(answer, { row: 0 }) }), 'frame-class');
  });

  it.each([1, 255, 256, 65_534])(
    'invariant 5: row %d, which was not handed over, is not answered',
    async (row) => {
      const answer = frame(OWN, '10.1.0.20', 9);
      expectNothing(await make({ frames: frameEntry(answer, { row }) }), 'frame-row');
    },
  );

  it('invariant 5: a place without the power answers nothing', async () => {
    const board = await bootPuppet(
      `${PASS}\noriginates: { match: udp, ports: any, per-second: 9 }`,
    );
    const answer = frame(OWN, '10.1.0.20', 9);
    expectNothing(play(board, { frames: frameEntry(answer, { row: 0 }) }), 'frame-row');
  });

  it('invariant 5: a place without the power originates nothing', async () => {
    const board = await bootPuppet(`${PASS}\nanswers: udp`);
    const made = frame(OWN, '10.2.0.7', 7);
    expectNothing(play(board, { frames: frameEntry(made, { row: null }) }), 'frame-port');
  });

  it.each([
    ['no bytes', 0],
    ['13 bytes', 13],
    ['more than are there', 64],
    ['more than a slot', 2049],
    ['65,535 bytes', 65_535],
  ])('invariant 5: a made frame that says it has %s does not leave', async (_, length) => {
    const frames = frameEntry(frame(OWN, '10.2.0.7', 7), { row: null, length });
    expectNothing(await make({ frames }), 'frame');
  });

  it.each([65_529, 65_536, 0xffff_ffff])(
    'invariant 5: a region that says %d bytes is not read',
    async (framesUsed) => {
      const frames = frameEntry(frame(OWN, '10.2.0.7', 7), { row: null });
      expectNothing(await make({ frames, framesUsed }), 'frame');
    },
  );

  it('invariant 5: a frame of another EtherType is none that a module may make', async () => {
    const lldp = new Uint8Array(60);
    writeU32(lldp, 12, 0x88cc0000);
    expectNothing(await make({ frames: frameEntry(lldp, { row: null }) }), 'frame-class');
  });
});

describe('invariant 5: who is to blame', () => {
  it('invariant 5: whoever voided the stamp, and not who moved the row last', async () => {
    const keys =
      'accepts: ip\nreads: ["payload[128]"]\nwrites: { ipv4.dst: any }\noutputs: { out: ip }';
    const { firmware, offsetOf } = await puppetSystem(keys, {
      wire: '{ arp: arp, ip and to-router: local, ip: route }',
      'policy.permitted': 'puppet',
      'puppet.out': 'neighbor',
    });
    const board = await boot(routerYaml(OPEN), { firmware });
    board.send('udp 10.1.0.20:1 > 10.2.0.7:1');
    const pokes = [[offsetOf('ipv4.dst'), 4, 0x0a020009]] as const;
    for (const good of [[], [udpFrame(TEXT, new Uint8Array(0))]]) {
      const bad = udpFrame(TEXT, scriptOf({ verdict: 1, changed: 1, pokes }));
      const step = board.sendFrames([...good, bad], 'eth1');
      expect(step.audit).toMatchObject([{ violation: 'unpermitted', by: 'puppet' }]);
      expect(step.delta['modules.neighbor.violations']).toBeUndefined();
    }
  });

  it('invariant 5: a module that sends on what was never stamped', async () => {
    const board = await bootPuppet(PASS, { 'route.forward': 'neighbor' });
    expect(board.send(TEXT).audit).toMatchObject([{ violation: 'unpermitted', by: 'neighbor' }]);
  });
});
