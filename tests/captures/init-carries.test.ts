/**
 * With what `sluice init --permit` writes, `sluice replay` carries a capture's routable traffic:
 * tshark says how many frames these are, and what is missing has a drop reason that is known here.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadRouter, type Router } from '../../config/router.ts';
import type { Report } from '../../scripts/report/report.ts';
import { isReadable, sharedFacts } from '../drivers/shared-captures.ts';
import { replayJson, sluice } from '../scripts/sluice.ts';
import {
  type CapturedFrame,
  CHECKSUM_GOOD,
  framesOfCaptures,
  isGroupFrame,
} from './captured-frame.ts';
import { withFolder } from './replay.ts';
import { hasSharedCaptures, sharedCaptureFolder } from './shared-folder.ts';
import { isMartian, isMulticast, Topology } from './topology.ts';
import { missing } from './tshark.ts';

const ROUTABLE_MIN = 20;
/** All captures are read at once. */
const READING_MS = 120_000;

/** What is not carried though tshark calls it routable: drop reasons with their frames. */
const KNOWN_DROPS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  // The first packet is the answer to a question that was asked before the capture began.
  'ics/zeek_dnp3_udp_read.pcap': { denied: 1 },
  // A segment that was on its way when the connection was reset.
  'ics/zeek_modbus-and-non-modbus-p502.pcap': { 'tcp-invalid': 1 },
  // Errors about packets whose TTL ran out in this router: these never were on their way.
  'ip/ipfixprobe_mixed.pcap': { 'icmp-unsolicited': 2 },
  'ip/pcappp_ip4_fragments.pcap': { fragment: 41 },
};

interface Carried {
  router: Router;
  report: Report;
  /** Frames that the kernel could not but carry, if the policy permits them. */
  routable: number;
  /** IPv4 from host to host in the capture, wherever the hosts are. */
  unicast: number;
  sameSegment: number;
}

/** IPv4 to one host, complete, header checksum good or repaired, TTL above 1. */
function isUnicast(frame: CapturedFrame, isFixed: boolean): boolean {
  if (frame.kind !== 'ipv4' || !frame.isWhole || isGroupFrame(frame)) return false;
  if (frame.headerChecksum !== CHECKSUM_GOOD && !isFixed) return false;
  if ([frame.source, frame.destination].some((one) => isMartian(one) || isMulticast(one))) {
    return false;
  }
  return frame.ttl > 1 && frame.source !== frame.destination && frame.length <= 2048;
}

async function carry(path: string, captured: readonly CapturedFrame[]): Promise<Carried> {
  return withFolder(async (folder) => {
    const capture = join(sharedCaptureFolder, path);
    const init = await sluice('init', capture, '--permit');
    expect({ code: init.code, lines: init.stderr.split('\n').length }).toEqual({
      code: 0,
      lines: 2,
    });
    const file = join(folder, 'router.yaml');
    writeFileSync(file, init.stdout);
    const router = loadRouter(file);
    // As the comments of the file recommend.
    const isFixed = /replay with\s+(#\s+)?--fix-checksums/.test(init.stdout);
    const options = isFixed ? ['--fix-checksums'] : [];
    const report = await replayJson([capture, '--config', file, ...options]);
    const topology = new Topology(router);
    const frames = captured.filter(
      (frame) => isUnicast(frame, isFixed) && !topology.isBroadcast(frame.destination),
    );
    const ports = frames.map(({ source, destination, totalLength }) => {
      const egress = topology.hopTo(destination)?.port ?? -1;
      const isFitting = egress < 0 || totalLength <= topology.faceOf(egress).mtu;
      return { ingress: topology.arrivalPort(source), egress, isFitting };
    });
    const sameSegment = ports.filter(({ ingress, egress }) => ingress === egress).length;
    const routable = ports.filter((one) => one.ingress !== one.egress && one.isFitting).length;
    return { router, report, routable, unicast: frames.length, sameSegment };
  });
}

/** vitest wants at least one case, also where all are skipped. */
const facts = hasSharedCaptures
  ? sharedFacts().filter((one) => isReadable(one) && ['ics', 'ip'].includes(one.category))
  : [];
const largeFacts = facts.filter(({ l3 }) => l3.ipv4 > ROUTABLE_MIN);
const large = largeFacts.map(({ path }) => path);

/** The frames of all large captures by path, as tshark understands them. */
async function readLarge(): Promise<Map<string, readonly CapturedFrame[]>> {
  const readings = largeFacts.map(({ path, packets }) => {
    return { file: join(sharedCaptureFolder, path), packets, flows: new Map<string, string>() };
  });
  const frames = await withFolder((folder) => framesOfCaptures(readings, folder));
  return new Map(large.map((path, index) => [path, frames[index]!]));
}

describe.skipIf(missing !== null)(
  `what init permits${missing === null ? '' : ` (${missing})`}`,
  () => {
    let captured: Map<string, readonly CapturedFrame[]>;
    beforeAll(async () => {
      captured = await readLarge();
    }, READING_MS);

    describe.each(large)('%s', (path) => {
      let found: Carried;
      beforeAll(async () => {
        found = await carry(path, captured.get(path)!);
      });

      it('is carried, or has a reason that is known', () => {
        const { report, routable, unicast, sameSegment } = found;
        const forwarded = report.transmitted - report.originated;
        const percent = routable === 0 ? 100 : (100 * forwarded) / routable;
        console.info(
          `${path}: ${forwarded} of ${routable} routable frames carried, ` +
            `${percent.toFixed(1)} %; ${sameSegment} of ${unicast} on one segment`,
        );
        // Nothing can be carried that tshark does not call routable.
        expect(forwarded).toBeLessThanOrEqual(routable);
        if (unicast > ROUTABLE_MIN) expect(forwarded).toBeGreaterThan(0);
        const known = KNOWN_DROPS[path] ?? {};
        const drops = Object.fromEntries(
          Object.keys(known).map((reason) => [reason, report.drops[reason]]),
        );
        expect(drops).toEqual(known);
        const excused = Object.values(known).reduce((sum, count) => sum + count, 0);
        expect(routable - forwarded).toBe(excused);
      });

      it('is flows of hosts and ports, not everything', () => {
        for (const { match, matchText, from, to } of found.router.flows) {
          expect(match).not.toBeNull();
          expect(from).not.toBe(to);
          expect(matchText).toMatch(/\b(src|dst) (host|net)\b/);
        }
      });
    });

    it('is nothing where the flows are not permitted', async () => {
      await withFolder(async (folder) => {
        const path = large.find((one) => one.includes('ModbusTCP'))!;
        const capture = join(sharedCaptureFolder, path);
        const file = join(folder, 'router.yaml');
        writeFileSync(file, (await sluice('init', capture)).stdout);
        const report = await replayJson([capture, '--config', file]);
        expect(report.transmitted - report.originated).toBe(0);
        expect(report.drops['denied']).toBeGreaterThan(0);
      });
    });
  },
);
