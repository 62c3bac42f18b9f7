/**
 * Real captures through routers that somebody wrote for them: what has to be sent, and why the rest
 * is not, is worked out by tshark and the RFCs; the router has to agree frame by frame.
 */
import { mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { loadRouter, type Router } from '../../config/router.ts';
import { formatIpv4, formatMac } from '../../netstack/address.ts';
import type { Report } from '../../scripts/report/report.ts';
import { sharedFacts } from '../drivers/shared-captures.ts';
import { type CapturedFrame, CHECKSUM_GOOD, framesOfCaptures } from './captured-frame.ts';
import { CASES, type Case } from './cases.ts';
import { ExpectedOutcome } from './expected-outcome.ts';
import { replay, routerFile, withFolder } from './replay.ts';
import {
  farSideMac,
  fixedChecksums,
  owedErrors,
  type SentCaptures,
  SentFrames,
  saidErrors,
} from './sent-frames.ts';
import { sharedCaptureFolder } from './shared-folder.ts';
import { missing } from './tshark.ts';

/** All cases are replayed, and read by tshark, at once. */
const JUDGING_MS = 180_000;

interface Judged {
  router: Router;
  report: Report;
  code: number;
  expected: ExpectedOutcome;
  sent: SentFrames;
  /** Of each address the MACs that ARP of the capture itself gives, and from which frame on. */
  macs: ReadonlyMap<number, { mac: string; from: number }[]>;
}

function announcedMacs(frames: readonly CapturedFrame[]): Judged['macs'] {
  const macs = new Map<number, { mac: string; from: number }[]>();
  for (const { arp, number } of frames) {
    if (arp === null) continue;
    macs.set(arp.sender, [...(macs.get(arp.sender) ?? []), { mac: arp.senderMac, from: number }]);
  }
  return macs;
}

function filtersOf(router: string): Map<string, string> {
  const file = routerFile(`${router}.filters`);
  return new Map(Object.entries(parse(readFileSync(file, 'utf8')) as Record<string, string>));
}

/** Cases of one key have the same frames, and the same flows to ask for. */
const keyOf = ({ capture, router }: Case) => `${router} ${capture}`;

/** The frames of all captures, as tshark understands them, by `keyOf` their cases. */
async function readAll(folder: string): Promise<Map<string, readonly CapturedFrame[]>> {
  const packets = new Map(sharedFacts().map((facts) => [facts.path, facts.packets]));
  const cases = [...new Map(CASES.map((one) => [keyOf(one), one])).values()];
  const readings = cases.map(({ capture, router }) => {
    const file = join(sharedCaptureFolder, capture);
    return { file, packets: packets.get(capture)!, flows: filtersOf(router) };
  });
  const frames = await framesOfCaptures(readings, folder);
  return new Map(cases.map((one, index) => [keyOf(one), frames[index]!]));
}

/** A replay with all that it is judged by, but for what it sent. */
type CaseReplay = Omit<Judged, 'sent'> & SentCaptures;

/** Replays a case, through another router than its own if one is given. */
async function replayCase(
  one: Case,
  frames: readonly CapturedFrame[],
  folder: string,
  replayed: string = one.router,
): Promise<CaseReplay> {
  const input = join(sharedCaptureFolder, one.capture);
  const router = loadRouter(routerFile(one.router));
  expect([...filtersOf(one.router).keys()]).toEqual(router.flows.map(({ name }) => name));
  const output = mkdtempSync(join(folder, 'out-'));
  const { code, report } = await replay(replayed, [input, '--out', output, ...one.args]);
  const fixesChecksums = one.args.includes('--fix-checksums');
  const picksUp = one.args.includes('--pickup');
  const expected = new ExpectedOutcome(router, frames, { fixesChecksums, picksUp });
  const macs = announcedMacs(frames);
  return { router, input, output, report, code, expected, fixesChecksums, macs };
}

/** Replays all cases; tshark is started once for what they sent. */
async function judgeAll(read: ReadonlyMap<string, readonly CapturedFrame[]>, folder: string) {
  const replays: CaseReplay[] = [];
  for (const one of CASES) replays.push(await replayCase(one, read.get(keyOf(one))!, folder));
  const sent = await SentFrames.read(replays, folder);
  return new Map(CASES.map((one, i) => [one, { ...replays[i]!, sent: sent[i]! }]));
}

const named = ({ number, source, destination }: CapturedFrame) =>
  `${number}: ${formatIpv4(source)} > ${formatIpv4(destination)}`;

const title = ({ capture, about, router, args }: Case) =>
  [capture, `(${about})`, 'through', router, ...args].join(' ');

describe.skipIf(missing !== null)(`real captures${missing === null ? '' : ` (${missing})`}`, () => {
  let read: ReadonlyMap<string, readonly CapturedFrame[]>;
  let cases: ReadonlyMap<Case, Judged>;
  beforeAll(async () => {
    await withFolder(async (folder) => {
      read = await readAll(folder);
      cases = await judgeAll(read, folder);
    });
  }, JUDGING_MS);

  describe.each(CASES.map((one) => [title(one), one] as const))('%s', (_title, one) => {
    let judged: Judged;
    beforeAll(() => {
      judged = cases.get(one)!;
    });

    it('are sent on exactly where they have to be', () => {
      const { expected, sent } = judged;
      expect(sent.missing.map(({ frame }) => named(frame))).toEqual([]);
      expect(sent.surplus.map((surplus) => named(surplus.sent))).toEqual([]);
      expect(sent.forwarded.length > 0).toBe(one.isSilent !== true);
      expect(sent.replies.length).toBe(expected.echoes.length);
    });

    it('are dropped for the reasons that tshark sees', () => {
      const { report, expected } = judged;
      expect(report.drops).toEqual(expected.drops);
      const denied = report.denied.map(
        ({ from, to, protocol, source, destination, port, packets }) =>
          [[from, to, protocol, source, destination, port].join(' '), packets] as const,
      );
      expect(new Map(denied)).toEqual(expected.denied);
    });

    it('are counted', () => {
      const { report, expected, sent, code, router } = judged;
      const { forwarded, replies, errors, arp } = sent;
      expect(report.transmitted).toBe(
        forwarded.length + replies.length + errors.length + arp.length,
      );
      expect(report.originated).toBe(errors.length + arp.length);
      expect(report.consumed).toBe(expected.consumed);
      expect({ held: report.held, code }).toEqual({ held: 0, code: 0 });
      expect(report.flows).toEqual(expected.flows);
      for (const [port, { name }] of router.board.ports.entries()) {
        const here = [forwarded, replies, errors, arp].flat().filter((one) => one.port === port);
        expect(report.ports[name]?.transmitted).toBe(here.length);
      }
    });

    it('leave with a good header checksum, one TTL less, layer 4 as it came', () => {
      const fixes = one.args.includes('--fix-checksums');
      const { forwarded } = judged.sent;
      const due = forwarded.map(({ expected: { frame } }) => {
        const layer4 = fixes ? fixedChecksums(frame) : frame.layer4Checksums;
        return `${frame.number}: header ${CHECKSUM_GOOD}, layer 4 ${layer4}, TTL ${frame.ttl - 1}`;
      });
      expect(forwarded.map(({ sent, expected }) => summary(sent, expected.frame))).toEqual(due);
    });

    it('have behind them what pads the shortest frame, if they had, and only zeros', () => {
      const shortest = 60;
      const wrong = judged.sent.forwarded.filter(({ sent, padding, expected: { frame } }) => {
        const untagged = frame.length - 4 * frame.vlans.length;
        const size = Math.max(14 + sent.totalLength, Math.min(untagged, shortest));
        return sent.length !== size || padding.some((byte) => byte !== 0);
      });
      expect(wrong.map(({ expected }) => named(expected.frame))).toEqual([]);
    });

    it('leave from the port to the neighbour', () => {
      const { router, sent, macs } = judged;
      const wrong = sent.forwarded.filter(({ port, sent: frame, expected }) => {
        const { ethernetDestination, ethernetSource } = frame;
        const known = (macs.get(expected.nextHop) ?? [])
          .filter(({ from }) => from < expected.frame.number)
          .map(({ mac }) => mac);
        return (
          ethernetSource !== formatMac(router.board.ports[port]!.mac) ||
          ![farSideMac(expected.nextHop), ...known].includes(ethernetDestination)
        );
      });
      expect(wrong.map(({ expected }) => named(expected.frame))).toEqual([]);
    });

    it('are answered with the ICMP errors that are due, and no others', () => {
      const { router, expected, sent } = judged;
      expect(saidErrors(sent)).toEqual(owedErrors(expected));
      for (const { port, sent: frame } of [...sent.errors, ...sent.replies]) {
        const { headerChecksum, ttl, source } = frame;
        const face = router.interfaces.find((one) => one.port === port);
        expect({ headerChecksum, ttl, source }).toEqual({
          headerChecksum: CHECKSUM_GOOD,
          ttl: 64,
          source: face?.address,
        });
        // The outer checksum: a quoted packet's own cannot be verified.
        expect(frame.layer4Checksums.split('/')[3]?.[0]).toBe('1');
      }
    });
  });

  it('show that a router which drops everything is wrong', async () => {
    const one = CASES[0]!;
    await withFolder(async (folder) => {
      const replayed = await replayCase(one, read.get(keyOf(one))!, folder, 'nothing');
      const [sent] = await SentFrames.read([replayed], folder);
      expect(sent?.forwarded).toEqual([]);
      expect(sent?.missing.length).toBe(replayed.expected.sent.length);
      expect(sent?.missing.length).toBeGreaterThan(0);
      expect(replayed.report.drops).not.toEqual(replayed.expected.drops);
    });
  });
});

/** What a frame left with, in the words of what was due; tags are a mistake, and are named. */
function summary(sent: CapturedFrame, { number }: CapturedFrame): string {
  const { headerChecksum, layer4Checksums, ttl, vlans } = sent;
  const tags = vlans.map((vlan) => `, VLAN ${vlan}`).join('');
  return `${number}: header ${headerChecksum}, layer 4 ${layer4Checksums}, TTL ${ttl}${tags}`;
}
