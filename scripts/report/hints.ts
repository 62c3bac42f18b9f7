/**
 * What is wrong with a capture, as far as drops tell, and which option helps: where frames were
 * dropped for a reason that has to do with the capture and not with the policy.
 */
import type { Report } from './report.ts';
import { formatCount } from './table.ts';

/** Fewer than this is ordinary, unless it is a large part of what arrived. */
const DROPS_MIN = 10;
const DROPS_PERCENT_MIN = 5;
/** The main thing that happened, however small the capture. */
const LARGE_PERCENT_MIN = 25;

/** By drop reason: what it says of the capture, and what to try. */
const HINTS: readonly (readonly [reason: string, advice: string])[] = [
  [
    'ipv4-checksum',
    'the machine that captured them left checksums to its network card; repair them on the way ' +
      'in with --fix-checksums.',
  ],
  [
    'tcp-not-syn',
    'the capture holds connections that began before it; take them up in their middle with ' +
      '--pickup, or options: { tcp-pickup: true } in the router file.',
  ],
  [
    'same-segment',
    'their source and destination are behind the same port, so they need no router; if that is ' +
      'not so, check the subnets and routes of the router file, or say where the frames arrive ' +
      'with PORT=FILE, --in PORT or, of a pcapng, --map IF=PORT.',
  ],
  [
    'capture-truncated',
    'the capture holds only the first bytes of them; make up for the rest with zeros with ' +
      '--pad-truncated, or capture again with a snap length of 0 (tcpdump -s 0).',
  ],
  [
    'other-host',
    'their destination MAC is not that of the port; without --as-captured the router stands in ' +
      'for the gateway of the capture.',
  ],
  [
    'spoofed',
    'their source does not live behind the port that they arrived on; check the routes of the ' +
      'router file, and --in or PORT=FILE if they were given.',
  ],
  [
    'frame-too-long',
    'the network card of the machine that captured them put several packets together; turn its ' +
      'receive offload off (ethtool -K NIC gro off lro off) and capture again.',
  ],
  [
    'ipv4-total-length',
    'the machine that captured them left the length of large packets to its network card; turn ' +
      'its segmentation offload off (ethtool -K NIC tso off gso off) and capture again.',
  ],
];

/** One sentence for each reason that many frames were dropped for, and what to try. */
export function reportHints(report: Report): string[] {
  return HINTS.flatMap(([reason, advice]) => {
    const drops = report.drops[reason] ?? 0;
    const percent = (100 * drops) / Math.max(1, report.received);
    const isMany = drops >= DROPS_MIN && percent >= DROPS_PERCENT_MIN;
    if (!isMany && percent < LARGE_PERCENT_MIN) return [];
    const frames = drops === 1 ? '1 frame' : `${formatCount(drops)} frames`;
    const were = drops === 1 ? 'was' : 'were';
    return [`${frames} (${formatCount(percent)} %) ${were} dropped as ${reason}: ${advice}`];
  });
}
