/**
 * A small module's binary cut short at every byte and with every bit turned: what the gatekeeper
 * takes of them runs in a whole board, as arbitrary code. A sample here, all in `npm run fuzz`.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Firmware } from '../../firmware/boot/assemble.ts';
import { BootError } from '../../firmware/boot/boot-error.ts';
import { type LoadedModule, loadModule } from '../../firmware/boot/load-module.ts';
import { describeFrame } from '../../netstack/describe.ts';
import { boot } from '../firmware/board-under-test.ts';
import { OPEN, routerYaml } from '../firmware/configuration.ts';
import { sentBy } from '../firmware/frames.ts';
import { Random } from '../firmware/random.ts';
import { watModule } from '../firmware/wat.ts';
import { isLong } from '../project/is-long.ts';
import { changed, eachRow, type HostileSystem, READS, verdict, WRITES } from './crime.ts';
import { hostileFirmware } from './hostile-system.ts';

const BOARDS = isLong ? Number.POSITIVE_INFINITY : 24;
const TIMEOUT = isLong ? 3_600_000 : 60_000;

/** It marks what it lets pass with 8 to 15 in DSCP, by the packet's port. */
const MARKER: HostileSystem = {
  keys: `accepts: udp
reads: [l4.sport]
writes: { ipv4.dscp: 8-15 }
outputs: { out: udp }
drops: [odd]`,
  fuelPerPacket: 500,
  code: {
    process: eachRow(`${verdict(1)} ${changed(1)}
      (i32.store8 offset=${WRITES} (local.get $row) (i32.or (i32.const 8) (i32.and (i32.const 7)
        (i32.load16_u offset=${READS} (i32.mul (local.get $row) (i32.const 2))))))`),
  },
};
const VICTIMS = [4001, 4002, 4003].map((port) => `udp 10.1.0.20:${port} > 10.2.0.7:502`);
const HEALTHY = 'tcp 10.1.0.30:4000 > 10.2.0.7:80';
const BACK = 'tcp 10.2.0.7:80 > 10.1.0.30:4000';
const ODD_DROPS = /^drops\.(by-module|odd|violation|fault|quarantined)$/;

interface Story {
  readonly healthy: unknown;
  /** What else left, without its DSCP; and the DSCP of each. */
  readonly others: readonly string[];
  readonly marks: readonly number[];
  readonly drops: readonly string[];
}

describe('a damaged module', () => {
  let firmware: Firmware;
  let whole: Uint8Array;
  let story: Story;
  beforeAll(async () => {
    firmware = await hostileFirmware(MARKER);
    whole = await watModule({ ...MARKER.code, process: `(local $row i32) ${MARKER.code.process}` });
    story = await tell(load(whole) as LoadedModule);
    expect(story).toMatchObject({ marks: [9, 10, 11], drops: [] });
  });

  function load(bytes: Uint8Array): LoadedModule | null {
    const { manifest } = firmware.modules.find(({ name }) => name === 'liar') as LoadedModule;
    try {
      return loadModule('liar', manifest, bytes);
    } catch (error) {
      if (!(error instanceof BootError)) throw error;
      return null;
    }
  }

  /** Boots with the module; the step checks that the books balance and that nothing grows. */
  async function tell(liar: LoadedModule): Promise<Story> {
    const modules = firmware.modules.map((module) => (module.name === 'liar' ? liar : module));
    const board = await boot(routerYaml(OPEN), { firmware: { ...firmware, modules } });
    const ack = `${HEALTHY} flags ack`;
    const steps = [
      board.send([HEALTHY, `${BACK} flags syn-ack`], { at: 1 }),
      board.send([ack, ...VICTIMS, `${BACK} flags ack`, ack], { at: 2 }),
      board.send([ack], { at: 3 }),
      board.finish(),
    ];
    const sent = steps.flatMap((step) => sentBy(step));
    const others = sent.filter(({ frame }) => frame[23] !== 6);
    const moved = steps.flatMap(({ delta }) => Object.keys(delta));
    return {
      healthy: sent.filter(({ frame }) => frame[23] === 6),
      others: others.map(({ port, frame }) =>
        `${port} ${describeFrame(frame)}`.replace(/ dscp \d+/, ''),
      ),
      marks: others.map(({ frame }) => (frame[15] as number) >> 2),
      drops: moved.filter((path) => path.startsWith('drops.')),
    };
  }

  /** What the module's manifest lets it do, and nothing else, has come of it. */
  async function expectHarmless(bytes: Uint8Array, where: string): Promise<boolean> {
    const liar = load(bytes);
    if (liar === null) return false;
    let seen: Story;
    try {
      seen = await tell(liar);
    } catch (error) {
      // It faults at boot, and the router says so.
      expect(error, where).toMatchObject({ code: 'MODULE_FAULT' });
      return true;
    }
    expect(seen.healthy, where).toEqual(story.healthy);
    for (const line of seen.others) expect(story.others, where).toContain(line);
    for (const mark of seen.marks) {
      expect(mark === 0 || (mark >= 8 && mark <= 15), `${where}: DSCP ${mark}`).toBe(true);
    }
    expect(new Set(seen.others).size, where).toBe(seen.others.length);
    for (const drop of seen.drops) expect(drop, where).toMatch(ODD_DROPS);
    return true;
  }

  it('does no more than its manifest says, or does not run', { timeout: TIMEOUT }, async () => {
    const damaged: [where: string, bytes: Uint8Array][] = [];
    for (let size = 0; size < whole.length; size++) {
      damaged.push([`cut at ${size}`, whole.slice(0, size)]);
    }
    for (let bit = 0; bit < whole.length * 8; bit++) {
      const turned = whole.slice();
      turned[bit >> 3] = (turned[bit >> 3] as number) ^ (1 << (bit & 7));
      damaged.push([`bit ${bit}`, turned]);
    }
    shuffle(damaged);
    let boards = 0;
    for (const [where, bytes] of damaged) {
      if (boards === BOARDS) break;
      if (await expectHarmless(bytes, where)) boards++;
    }
    expect(boards).toBeGreaterThanOrEqual(Math.min(BOARDS, 150));
  });
});

/** In an order that is the same in every run, so that a sample has some of everything. */
function shuffle<T>(list: T[]): void {
  const random = new Random(0xdaa6ed);
  for (let i = list.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [list[i], list[j]] = [list[j] as T, list[i] as T];
  }
}
