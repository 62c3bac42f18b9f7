/**
 * `npm run bench:wires [-- packet | tap]`: the router on real wires beside forwarders that only
 * read and write, in turns on the same machine: frames a second, and the round trip at light load.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findProjectRoot } from '../../toolchain/project-root.ts';
import { median, percentile } from '../statistics.ts';
import { blast, program, ROUTER_MACS, ROUTER_READY, routerWords } from './loaded-router.ts';
import { HOSTS, type WireKind, WiresLab } from './wires-lab.ts';

const TURNS = 5;
const SECONDS = 2;
/** Before anything is measured: engines compile what runs often. */
const WARM_UP_SECONDS = 1;
const PINGS = 500;
const HOST_MACS = [HOSTS[1].mac, HOSTS[0].mac];

/** What stands between the hosts, and what was measured of it. */
interface Forwarder {
  readonly name: string;
  readonly words: readonly string[];
  /** What it says when it runs. */
  readonly ready: string;
  /** The MACs that the hosts send to: generator's, sink's. */
  readonly gateways: readonly string[];
  readonly framesPerSecond: number[];
  /** Milliseconds, of single round trips. */
  readonly roundTrips: number[];
}

/** The forwarder in C, or null where nothing compiles it. */
function compileBare(folder: string): string | null {
  const source = join(findProjectRoot(), 'scripts/bench/wires/bare-forwarder.c');
  const output = join(folder, 'bare-forwarder');
  const { status } = spawnSync('cc', ['-O3', source, '-o', output], { stdio: 'inherit' });
  return status === 0 ? output : null;
}

/** The router first: the others are what it is compared with. */
function forwarders(lab: WiresLab, kind: WireKind, folder: string): [Forwarder, ...Forwarder[]] {
  const bare = compileBare(folder);
  const forwarder = (name: string, words: readonly string[], isRouter = false): Forwarder => ({
    name,
    words,
    ready: isRouter ? ROUTER_READY : 'running',
    gateways: isRouter ? ROUTER_MACS : HOST_MACS,
    framesPerSecond: [],
    roundTrips: [],
  });
  const inJavaScript = [process.execPath, program('bare-forwarder'), kind, ...lab.near];
  return [
    forwarder('router', routerWords(lab, kind, folder), true),
    ...(bare === null ? [] : [forwarder('bare forwarder in C', [bare, kind, ...lab.near])]),
    forwarder('bare forwarder in JavaScript', inJavaScript),
  ];
}

/** One turn. */
function measure(lab: WiresLab, { gateways, framesPerSecond, roundTrips }: Forwarder): void {
  lab.setGateways(gateways);
  const pings = lab.exec(0, 'ping', '-c', String(PINGS), '-i', '0.002', '10.2.0.7');
  for (const [, ms] of pings.matchAll(/time=([\d.]+) ms/g)) roundTrips.push(Number(ms));
  lab.setSilent(true);
  blast(lab, gateways[0], WARM_UP_SECONDS);
  framesPerSecond.push(blast(lab, gateways[0], SECONDS));
  lab.setSilent(false);
}

function linesOf(kind: WireKind, [router, ...others]: readonly [Forwarder, ...Forwarder[]]) {
  const rate = (forwarder: Forwarder) => median(forwarder.framesPerSecond);
  const thousand = (value: number) => `${Math.round(value / 1000)} k`;
  const lines = [`${kind}: router ${thousand(rate(router))} frames/s`];
  for (const bare of others) {
    const ratio = (rate(router) / rate(bare)).toFixed(2);
    const added = (share: number) =>
      percentile(router.roundTrips, share) - percentile(bare.roundTrips, share);
    lines.push(
      `  ${bare.name} ${thousand(rate(bare))}: ratio ${ratio}; round trip longer by ` +
        `${added(0.5).toFixed(3)} ms at p50, ${added(0.99).toFixed(3)} ms at p99`,
    );
  }
  return lines;
}

async function compare(kind: WireKind, folder: string): Promise<void> {
  const lab = new WiresLab(kind, { isUndisturbed: true });
  if (!lab.isUndisturbed) process.stderr.write('not allowed to keep other work away (chrt)\n');
  try {
    const all = forwarders(lab, kind, folder);
    for (let turn = 0; turn < TURNS; turn++) {
      for (const forwarder of all) {
        await lab.start(forwarder.words, forwarder.ready);
        measure(lab, forwarder);
        await lab.stop();
      }
    }
    process.stdout.write(`${linesOf(kind, all).join('\n')}\n`);
  } finally {
    lab.remove();
  }
}

const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-'));
try {
  const [asked] = process.argv.slice(2);
  for (const kind of ['packet', 'tap'] as const) {
    if (asked === undefined || asked === kind) await compare(kind, folder);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
