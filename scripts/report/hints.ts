/**
 * What to try where many frames were dropped for a reason that has to do with the capture, not
 * with the policy.
 */
import type { Report } from './report.ts';
import { formatCount } from './table.ts';

/** Fewer than this, or a smaller part of what arrived, is ordinary. */
const DROPS_MIN = 10;
const DROPS_PERCENT_MIN = 5;

const HINTS: readonly (readonly [reason: string, advice: string])[] = [
  [
    'same-segment',
    'their source and destination are behind the same port, so they need no router; if that is ' +
      'not so, check the subnets and routes of the router file, or say where the frames arrive ' +
      'with --in PORT or PORT=FILE.',
  ],
  [
    'tcp-not-syn',
    'the capture holds connections that began before it; take them up in their middle with ' +
      '--pickup, or options: { tcp-pickup: true } in the router file.',
  ],
  [
    'capture-truncated',
    'the capture holds only the first bytes of them; capture again with a snap length of 0 ' +
      '(tcpdump -s 0).',
  ],
  [
    'ipv4-checksum',
    'the machine that captured them left checksums to its network card; repair them on the way ' +
      'in with --fix-checksums.',
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
];

/** One sentence for each reason that many frames were dropped for, and what to try. */
export function reportHints(report: Report): string[] {
  return HINTS.flatMap(([reason, advice]) => {
    const drops = report.drops[reason] ?? 0;
    const percent = (100 * drops) / Math.max(1, report.received);
    if (drops < DROPS_MIN || percent < DROPS_PERCENT_MIN) return [];
    const share = `${formatCount(drops)} frames (${formatCount(percent)} %)`;
    return [`${share} were dropped as ${reason}: ${advice}`];
  });
}
