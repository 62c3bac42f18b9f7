/** What an annotated capture says of a frame: a line for people, and a verdict for programs. */
import { dropReasonDescriptions } from '../../config/drop-reasons.ts';
import type { Router } from '../../config/router.ts';
import type { Outcome } from '../../firmware/report/outcomes.ts';
import { readColumns } from '../../netstack/columns.ts';
import { describeEndpoints } from '../../netstack/describe.ts';

/**
 * epb_verdict: 0 says that a device judged, and what follows is its own: 1 carried, 2 dropped,
 * 3 consumed, 0 not known.
 */
const VERDICTS = {
  transmitted: Uint8Array.of(0, 1),
  dropped: Uint8Array.of(0, 2),
  consumed: Uint8Array.of(0, 3),
  unknown: Uint8Array.of(0, 0),
} as const;

export interface Annotation {
  readonly comment: string;
  readonly verdict: Uint8Array;
}

/** A frame as it arrived: Ethernet, in bytes of a chunk; on a port of the board by its index. */
export interface ArrivedFrame {
  readonly frame: { readonly chunk: Uint8Array; readonly start: number; readonly end: number };
  readonly port: number;
}

const LOCAL = 'local';

function zoneOf(router: Router, isPort: (face: Router['interfaces'][number]) => boolean): string {
  return router.interfaces.find(isPort)?.zone ?? 'no zone';
}

/** Such as `no flow permits tcp 10.1.0.21:4000 > 10.2.0.7:502, office > plant`. */
function deniedText({ by, port }: Outcome, arrived: ArrivedFrame, router: Router): string {
  const { chunk, start, end } = arrived.frame;
  const { columns } = readColumns(chunk.subarray(start, end));
  const ends = describeEndpoints({
    protocol: columns['ipv4.proto'],
    source: columns['ipv4.src'],
    destination: columns['ipv4.dst'],
    sport: columns['l4.sport'],
    dport: columns['l4.dport'],
  });
  const from = zoneOf(router, (face) => face.port === arrived.port);
  const to = by === LOCAL ? 'router' : zoneOf(router, ({ portName }) => portName === port);
  return `no flow permits ${ends}, ${from} > ${to}`;
}

function droppedText(outcome: Outcome, arrived: ArrivedFrame, router: Router): string {
  const { reason, by, flow } = outcome;
  const meaning = dropReasonDescriptions[reason ?? '']?.meaning.replace(/\.$/, '');
  const why = reason === 'denied' ? deniedText(outcome, arrived, router) : meaning;
  return `dropped: ${reason} by ${by}${flowText(flow)}${why === undefined ? '' : ` (${why})`}`;
}

function flowText(flow: string | null): string {
  return flow === null ? '' : `, flow "${flow}"`;
}

/**
 * What became of a frame; null: nobody knows yet. The comment begins with `carried`, `dropped`,
 * `consumed` or `undecided`, and names the reason as the report does, who decided, and the flow.
 */
export function annotate(
  outcome: Outcome | null,
  arrived: ArrivedFrame,
  router: Router,
): Annotation {
  if (outcome === null) {
    return { comment: 'undecided: it still waited in the router', verdict: VERDICTS.unknown };
  }
  const { kind, by, port, flow } = outcome;
  const verdict = VERDICTS[kind];
  switch (kind) {
    case 'transmitted':
      return { comment: `carried: out ${port}${flowText(flow)}`, verdict };
    case 'consumed':
      return { comment: `consumed: ${by}${flowText(flow)}`, verdict };
    case 'dropped':
      return { comment: droppedText(outcome, arrived, router), verdict };
  }
}
