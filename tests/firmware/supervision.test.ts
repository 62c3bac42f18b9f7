import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  FAULT_WINDOW_NS,
  FAULTING_ROWS_MAX,
  FAULTS_MAX,
  Supervisor,
} from '../../firmware/board/supervision.ts';
import { type BoardUnderTest, boot } from './board-under-test.ts';
import { OPEN, routerYaml } from './configuration.ts';
import { linesOf, udpFrame } from './frames.ts';
import { puppetSystem, scriptOf } from './puppet.ts';

describe('the supervisor', () => {
  it('restarts after a fault, and quarantines at the last of a minute', () => {
    const supervisor = new Supervisor();
    for (let i = 1; i < FAULTS_MAX; i++) {
      expect(supervisor.onFault(BigInt(i), false)).toBe('restart');
      expect(supervisor.state).toBe('restarting');
      supervisor.onConfigured();
      expect(supervisor.state).toBe('running');
    }
    expect(supervisor.onFault(FAULT_WINDOW_NS, false)).toBe('quarantine');
    expect(supervisor).toMatchObject({ state: 'quarantined', faults: 3, restarts: 2 });
  });

  it('forgets faults that are a minute old', () => {
    const supervisor = new Supervisor();
    for (let i = 0n; i < 50n; i++) {
      expect(supervisor.onFault((i * FAULT_WINDOW_NS) / 2n, false)).toBe('restart');
      supervisor.onConfigured();
    }
  });

  it('quarantines what cannot be configured again', () => {
    const supervisor = new Supervisor();
    expect(supervisor.onFault(0n, false)).toBe('restart');
    expect(supervisor.onFault(0n, false)).toBe('quarantine');
  });

  it('bounds the restarts of one vector', () => {
    const supervisor = new Supervisor();
    supervisor.onFault(0n, false);
    for (let row = 0; row < FAULTING_ROWS_MAX; row++) {
      supervisor.onConfigured();
      expect(supervisor.onFault(0n, true)).toBe('restart');
    }
    supervisor.onConfigured();
    expect(supervisor.onFault(0n, true)).toBe('quarantine');
  });
});

afterEach(() => vi.restoreAllMocks());

describe('a module that keeps failing', () => {
  const BAD = 'udp 10.1.0.20:4000 > 10.2.0.7:502';
  const HEALTHY = 'tcp 10.1.0.20:4000 > 10.2.0.7:80';
  const LINKS = { wire: '{ arp: arp, ip and to-router: local, udp: puppet, ip: route }' };
  const KEYS = 'accepts: ip\nreads: ["payload[128]"]\noutputs: { out: ip }';

  async function bootPuppet(keys = KEYS): Promise<BoardUnderTest> {
    const { firmware } = await puppetSystem(keys, LINKS);
    return boot(routerYaml(OPEN), { firmware });
  }

  const trap = () => udpFrame(BAD, scriptOf({ traps: true }));

  it('is quarantined at the third call within a minute, and its packets drop', async () => {
    const board = await bootPuppet();
    for (let second = 1; second < FAULTS_MAX; second++) {
      const step = board.sendFrames([trap()], 'eth1', { at: second });
      expect(step.delta).toMatchObject({ 'drops.fault': 1, 'modules.puppet.restarts': 2 });
      expect(board.counters.modules.puppet.state).toBe('running');
    }
    const last = board.sendFrames([trap()], 'eth1', { at: 30 });
    expect(last.delta).toMatchObject({ dropped: 1, 'drops.quarantined': 1 });
    expect(last.audit).toMatchObject([
      { event: 'fault', module: 'puppet', remedy: 'quarantine', call: 'process', fault: 'trap' },
      { event: 'quarantine', module: 'puppet', faults: 5, restarts: 4 },
    ]);
    const step = board.send([BAD, BAD], { at: 500 });
    expect(step.delta).toEqual({
      received: 2,
      dropped: 2,
      'drops.quarantined': 2,
      'ports.eth1.received': 2,
      'modules.puppet.packets': 2,
    });
    expect(board.counters.modules.puppet.state).toBe('quarantined');
  });

  it('is quarantined at once if it cannot be set up again', async () => {
    const board = await bootPuppet();
    vi.spyOn(WebAssembly, 'Instance').mockImplementation(function refuse() {
      throw new RangeError('Out of memory: Cannot allocate Wasm memory for new instance');
    });
    const step = board.sendFrames([trap()], 'eth1', { at: 1 });
    expect(step.delta).toMatchObject({ dropped: 1, 'drops.quarantined': 1 });
    expect(step.audit).toMatchObject([
      { event: 'fault', call: 'process', fault: 'trap', remedy: 'restart' },
      { event: 'fault', call: 'configuration', fault: 'no-memory', remedy: 'quarantine' },
      { event: 'quarantine', module: 'puppet', faults: 2 },
    ]);
  });

  it('goes on running if its faults are further apart', async () => {
    const board = await bootPuppet();
    for (let i = 0; i < 6; i++) board.sendFrames([trap()], 'eth1', { at: 1 + i * 31 });
    expect(board.counters.modules.puppet).toMatchObject({ state: 'running', faults: 12 });
    expect(linesOf(board.send(BAD))).toHaveLength(1);
  });

  it('takes nothing from flows that do not pass through it', async () => {
    const run = async (bad: () => Uint8Array) => {
      const board = await bootPuppet();
      const sent: string[] = [];
      for (let i = 0; i < 12; i++) {
        const { frame } = board.build(i === 0 ? HEALTHY : `${HEALTHY} flags ack`);
        const step = board.sendFrames([frame, bad(), frame, bad()], 'eth1', { at: 1 + i / 10 });
        sent.push(...linesOf(step).filter((line) => line.includes('tcp')));
      }
      return { sent, flow: board.counters.drops, state: board.counters.modules.puppet.state };
    };
    const failing = await run(trap);
    const good = await run(() => udpFrame(BAD, new Uint8Array(0)));
    expect(good.sent).toHaveLength(24);
    expect(failing.sent).toEqual(good.sent);
    expect([failing.state, good.state]).toEqual(['quarantined', 'running']);
  });

  it('lets go of what it holds', async () => {
    const board = await bootPuppet(`${KEYS}\nholds: true`);
    board.sendFrames([udpFrame(BAD, scriptOf({ verdict: 255 }))], 'eth1', { at: 1 });
    expect(board.counters.held).toBe(1);
    for (let second = 1; second <= 3; second++) {
      board.sendFrames([udpFrame(BAD, scriptOf({ traps: true }))], 'eth1', { at: 1 + second / 10 });
    }
    expect(board.counters).toMatchObject({ held: 0 });
    expect(board.counters.drops.quarantined).toBeGreaterThan(0);
  });

  it('does the same again', async () => {
    const run = async () => {
      const board = await bootPuppet();
      const steps = [];
      for (let i = 0; i < 9; i++)
        steps.push(board.sendFrames([trap()], 'eth1', { at: 1 + i * 15 }));
      return steps.map(({ delta, audit }) => ({ delta, audit }));
    };
    expect(await run()).toEqual(await run());
  });
});
