/**
 * `npm run soak [-- SECONDS]`: the router between two network interfaces at full rate for a minute,
 * or for as long as is asked, and whether the memory that it holds stays as it is.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ExitCode } from '../../exit-code.ts';
import { blast, ROUTER_MACS, ROUTER_READY, routerWords } from './loaded-router.ts';
import { WiresLab } from './wires-lab.ts';

const SECONDS_DEFAULT = 60;
/** Between two looks. */
const STEP_SECONDS = 5;
/** Steps before the memory counts: engines compile, and heaps find their size. */
const WARM_UP_STEPS = 2;
/** A leak of a hundred bytes a frame would be more in a second. */
const GROWTH_MIB_MAX = 4;

function residentMiB(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
}

async function soak(seconds: number, folder: string): Promise<ExitCode> {
  const lab = new WiresLab('packet', { isUndisturbed: false });
  try {
    await lab.start(routerWords(lab, 'packet', folder), ROUTER_READY);
    lab.setGateways(ROUTER_MACS);
    // The router has to know the sink before the sink falls silent.
    lab.exec(0, 'ping', '-c', '3', '-i', '0.2', '10.2.0.7');
    lab.setSilent(true);
    const sizes: number[] = [];
    for (let at = 0; at < seconds; at += STEP_SECONDS) {
      const rate = Math.round(blast(lab, ROUTER_MACS[0], STEP_SECONDS));
      const size = residentMiB(lab.pid);
      sizes.push(size);
      process.stdout.write(`${at + STEP_SECONDS} s: ${rate} frames/s, ${size.toFixed(1)} MiB\n`);
    }
    const counted = sizes.slice(WARM_UP_STEPS);
    const growth = counted[counted.length - 1] - counted[0];
    process.stdout.write(`resident memory: ${growth.toFixed(1)} MiB more than at first\n`);
    return growth < GROWTH_MIB_MAX ? ExitCode.Done : ExitCode.No;
  } finally {
    lab.remove();
  }
}

const [asked] = process.argv.slice(2);
const least = (WARM_UP_STEPS + 2) * STEP_SECONDS;
const seconds = asked === undefined ? SECONDS_DEFAULT : Number(asked);
if (Number.isInteger(seconds) && seconds >= least) {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-soak-'));
  try {
    process.exitCode = await soak(seconds, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
} else {
  process.stderr.write(`soak: a number of seconds, ${least} or more\n`);
  process.exitCode = ExitCode.Usage;
}
