/**
 * `npm run bench:wires [-- packet | tap]`: the router on real wires beside a bare read/write
 * forwarder, in turns on the same machine: frames a second, and the round trip at light load.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseMac } from '../../../netstack/address.ts';
import { buildPacket } from '../../../netstack/build-packet.ts';
import { parsePacketText } from '../../../netstack/packet-text.ts';
import { findProjectRoot } from '../../toolchain/project-root.ts';
import { HOSTS, type WireKind, WiresLab } from './wires-lab.ts';

const TURNS = 5;
const SECONDS = 2;
const PINGS = 500;
/** Of the ports of board two-port. */
const ROUTER_MACS = ['02:53:4c:00:00:01', '02:53:4c:00:00:02'];

interface Figures {
  readonly framesPerSecond: number[];
  /** Milliseconds, of single round trips. */
  readonly roundTrips: number[];
}

function median(values: readonly number[], share = 0.5): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

function program(name: string): string {
  return fileURLToPath(new URL(`./${name}.js`, import.meta.url));
}

function routerFile(folder: string, kind: WireKind, [first, second]: readonly string[]): string {
  const file = join(folder, `${kind}.yaml`);
  writeFileSync(
    file,
    `board: two-port
interfaces:
  lan0: { port: eth0, zone: office, address: 10.1.0.1/24 }
  lan1: { port: eth1, zone: plant, address: 10.2.0.1/24 }
flows: [{ name: all, from: office, to: plant }]
wires: { lan0: ${kind}:${first}, lan1: ${kind}:${second} }
`,
  );
  return file;
}

/** One turn; `gateways` are the MACs that the hosts send to, through this forwarder. */
function measure(lab: WiresLab, gateways: readonly string[], figures: Figures): void {
  lab.setGateways(gateways);
  const destination = parseMac(gateways[0]) ?? 0;
  const packet = parsePacketText('udp 10.1.0.20:4000 > 10.2.0.7:5000 size 46');
  const hex = Buffer.from(buildPacket(packet, { destination })).toString('hex');
  const words = ['ping', '-c', String(PINGS), '-i', '0.002', '10.2.0.7'];
  const { stdout } = spawnSync('ip', [...lab.inside(0), ...words], { encoding: 'utf8' });
  for (const [, ms] of stdout.matchAll(/time=([\d.]+) ms/g)) figures.roundTrips.push(Number(ms));
  const before = lab.received();
  const blaster = [process.execPath, program('frame-blaster'), lab.interfaceOf(0), hex];
  spawnSync('ip', [...lab.inside(0), ...blaster, String(SECONDS)], { stdio: 'ignore' });
  figures.framesPerSecond.push((lab.received() - before) / SECONDS);
}

async function compare(kind: WireKind, folder: string): Promise<void> {
  const lab = new WiresLab(kind);
  const bare: Figures = { framesPerSecond: [], roundTrips: [] };
  const router: Figures = { framesPerSecond: [], roundTrips: [] };
  const file = routerFile(folder, kind, lab.near);
  const sluice = join(findProjectRoot(), 'scripts', 'sluice.mjs');
  try {
    for (let turn = 0; turn < TURNS; turn++) {
      await lab.start([program('bare-forwarder'), kind, ...lab.near], 'running');
      measure(lab, [HOSTS[1].mac, HOSTS[0].mac], bare);
      await lab.stop();
      await lab.start([sluice, 'boot', file], 'running until');
      measure(lab, ROUTER_MACS, router);
      await lab.stop();
    }
  } finally {
    lab.remove();
  }
  const [a, b] = [bare, router].map(({ framesPerSecond }) => median(framesPerSecond));
  const round = (value: number) => Math.round(value / 1000);
  const added = (share: number) =>
    (median(router.roundTrips, share) - median(bare.roundTrips, share)).toFixed(2);
  process.stdout.write(
    `${kind}: router ${round(b)} k frames/s, bare forwarder ${round(a)} k, ` +
      `ratio ${(b / a).toFixed(2)}; added round trip p50 ${added(0.5)} ms, p99 ${added(0.99)} ms\n`,
  );
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
