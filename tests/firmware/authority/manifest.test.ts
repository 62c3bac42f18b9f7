import { beforeAll, describe, expect, it } from 'vitest';
import { ConfigError } from '../../../config/diagnostics.ts';
import { BootError } from '../../../firmware/boot/boot-error.ts';
import { describeFrame } from '../../../netstack/describe.ts';
import { tellModules } from '../../../scripts/boot/live/machine-messages.ts';
import { loadFirmware } from '../../../scripts/toolchain/load-firmware.ts';
import { BoardUnderTest } from '../board-under-test.ts';
import { routerOf, routerYaml } from '../configuration.ts';
import { icmpFrame, ipv4Header, mend, quoteOf } from '../frames.ts';
import { allReductions, type Reduction, reducedSystem } from './reduced-system.ts';

const PLANT_HOST = 0x0a02_0007;

const FLOWS = `
flows:
  - { name: office to plant, from: office, to: plant, match: udp or icmp }
  - { name: office to internet, from: office, to: internet, match: udp }
  - { name: office to router, from: office, to: router, match: icmp }
`;

/** What came of the probe: what left the board, a line a frame, and what was taken in. */
interface Result {
  readonly lines: string[];
  readonly consumed: number;
}

/** Sends traffic that uses all that the modules may do. */
function probe(board: BoardUnderTest): Result {
  const lines: string[] = [];
  const note = ({ sent }: ReturnType<BoardUnderTest['send']>) =>
    lines.push(...sent.map(({ port, frame }) => `${port} ${describeFrame(frame)}`));
  const texts = [
    'udp 10.1.0.20:4000 > 10.2.0.7:502',
    'udp 10.1.0.20:4000 > 198.51.100.9:53', // nobody answers at the far end of eth2
    'udp 10.2.0.7:502 > 10.1.0.20:4000',
    'icmp 10.1.0.20 > 10.1.0.1',
    'arp who-has 10.1.0.1 tell 10.1.0.20',
    'udp 10.1.0.20:4000 > 10.2.0.7:502 ttl 1',
    'udp 10.1.0.20:4000 > 192.0.2.9:53',
    'udp 10.1.0.20:4000 > 10.2.0.7:502 size 1015',
  ];
  for (const [i, text] of texts.entries()) note(board.send(text, { at: 1 + i }));
  note(board.finish());
  board.setTime(20);
  note(board.sendFrames(restrainedFrames(board), 'eth1'));
  // The port's routes go with its link, and who was on its wire has to be asked for again.
  for (const [i, isUp] of [false, true].entries()) {
    board.board.nics[0].setLink(isUp);
    tellModules(board.board, '$links', { port: 0, up: isUp ? 1 : 0 });
    note(board.send('udp 10.1.0.20:4000 > 10.2.0.7:502', { at: 21 + i }));
  }
  note(board.sendFrames(pingReplies(board), 'eth0'));
  return { lines, consumed: board.counters.consumed };
}

/** Frames about which RFC 1812 4.3.2.7 wants silence, half an echo, and an error to take in. */
function restrainedFrames(board: BoardUnderTest): Uint8Array[] {
  const about = quoteOf(board.build('udp 10.2.0.7:502 > 10.1.0.20:4000').frame);
  const error = icmpFrame('10.1.0.20', '192.0.2.9', { type: 3, payload: about });
  const unknown = icmpFrame('10.1.0.20', '192.0.2.9', { type: 40 });
  const half = icmpFrame('10.1.0.20', '10.1.0.1', { type: 8, rest: 0x00010001 });
  ipv4Header(half)[6] = 0x20;
  const reply = quoteOf(board.build('icmp 10.1.0.1 > 10.1.0.20 echo-reply').frame);
  const forRouter = icmpFrame('10.1.0.20', '10.1.0.1', { type: 3, code: 3, payload: reply });
  return [error, unknown, mend(half), forRouter];
}

/** The console pings; first something else comes with its token, then the reply. */
function pingReplies(board: BoardUnderTest): Uint8Array[] {
  tellModules(board.board, '$pings', { port: 0, address: PLANT_HOST, token: 7, sequence: 1 });
  const payload = Uint8Array.of(7, 0, 0, 0);
  return [8, 0].map((type) => icmpFrame('10.2.0.7', '10.2.0.1', { type, payload }));
}

/** What leaves with something taken away; null: it does not boot. */
async function leavesWithout(reduction: Reduction | null): Promise<Result | null> {
  const yaml = routerYaml(FLOWS).replace('10.2.0.1/24', '10.2.0.1/24, mtu: 1000');
  try {
    const firmware = await loadFirmware(await reducedSystem(reduction));
    return probe(new BoardUnderTest(firmware, routerOf(yaml), { farSides: ['eth0', 'eth1'] }));
  } catch (error) {
    if (error instanceof ConfigError || error instanceof BootError) return null;
    throw error;
  }
}

function missing(from: readonly string[], list: readonly string[]): string[] {
  const left = [...list];
  return from.filter((line) => {
    const at = left.indexOf(line);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

/** What a starved router does more of: it asks again, and says that a host does not answer. */
const STARVED = /arp who-has|unreachable code 1 /;
/**
 * What gives a module nothing: the console hears of what does not fit, and all fits here; and for
 * the router there is nothing but ICMP, which module ping passes on.
 */
const GIVES_NOTHING = new Set([
  'message route.refused',
  'message arp.refused',
  'message ping.replied',
  'link wire: ip and to-router',
]);
/**
 * Columns by which icmp restrains itself (RFC 1812 4.3.2.7). Without one it is blind and sends an
 * error too many, which `answers: icmp` gives it; it cannot send anything else.
 */
const RESTRAINTS = new Set(
  ['ipv4.src', 'ipv4.dst', 'ipv4.proto', 'ipv4.fragment', 'icmp.type'].map(
    (column) => `icmp.errors reads ${column}`,
  ),
);

describe('the manifest is the only thing that gives a module anything', () => {
  let whole: Result;
  beforeAll(async () => {
    whole = (await leavesWithout(null)) as Result;
  });

  it('with nothing taken away the probe gets all its answers', () => {
    const carried = whole.lines.filter((line) => !line.includes('arp who-has'));
    expect(carried.map((line) => line.replace(/ (about|length|id) .*/, ''))).toEqual([
      'eth0 udp 10.1.0.20:4000 > 10.2.0.7:502',
      'eth1 udp 10.2.0.7:502 > 10.1.0.20:4000',
      'eth1 icmp 10.1.0.1 > 10.1.0.20 echo-reply',
      'eth1 arp reply 10.1.0.1 is-at 02:53:4c:00:00:02',
      'eth1 icmp 10.1.0.1 > 10.1.0.20 unreachable code 1',
      'eth1 icmp 10.1.0.1 > 10.1.0.20 time-exceeded',
      'eth1 icmp 10.1.0.1 > 10.1.0.20 unreachable',
      'eth1 icmp 10.1.0.1 > 10.1.0.20 unreachable code 4',
      'eth1 icmp 10.1.0.1 > 10.1.0.20 unreachable',
      'eth0 udp 10.1.0.20:4000 > 10.2.0.7:502',
      'eth0 icmp 10.2.0.1 > 10.2.0.7 echo-request',
    ]);
    expect(whole.consumed).toBe(3);
  });

  const reductions = allReductions();
  const starving = reductions.filter(
    ({ label }) => !RESTRAINTS.has(label) && !GIVES_NOTHING.has(label),
  );

  it.each(starving.map((reduction) => [reduction.label, reduction] as const))(
    'without %s something starves, or it does not boot, and nothing passes that did not',
    async (_, reduction) => {
      const found = await leavesWithout(reduction);
      if (found === null) return;
      const more = missing(found.lines, whole.lines).filter((line) => !STARVED.test(line));
      expect(more).toEqual([]);
      const isLess = found.consumed < whole.consumed;
      expect(isLess || missing(whole.lines, found.lines).length > 0).toBe(true);
    },
  );

  it.each(
    reductions.filter(({ label }) => RESTRAINTS.has(label)).map((r) => [r.label, r] as const),
  )(
    'without %s it loses a restraint, and gains nothing beyond its errors',
    async (_, reduction) => {
      const found = (await leavesWithout(reduction)) as Result;
      const more = missing(found.lines, whole.lines);
      expect(more.length).toBeGreaterThan(0);
      for (const line of more)
        expect(line).toMatch(/^eth1 icmp 10\.1\.0\.1 > 10\.1\.0\.20 unreach/);
    },
  );

  it('without what gives nothing nothing changes', async () => {
    for (const reduction of reductions.filter(({ label }) => GIVES_NOTHING.has(label))) {
      expect(await leavesWithout(reduction)).toEqual(whole);
    }
  });

  it('every declaration of every module is among what was taken away', () => {
    const { length } = reductions.filter(({ module }) => module !== null);
    expect(length).toBeGreaterThanOrEqual(45);
  });
});
