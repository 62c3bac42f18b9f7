/**
 * What a module may see and do, in plain words: its manifest and its links, one line a power.
 */
import type { Place, Range } from '../../config/manifest.ts';
import type { LoadedModule } from '../../firmware/boot/load-module.ts';
import type { Pipeline, PipelinePlace } from '../../firmware/boot/pipeline.ts';
import { formatCount } from '../report/table.ts';

/** A power and what it covers. */
export type Power = readonly [power: string, what: string];

function describeInterval([low, high]: readonly [number, number]): string {
  return low === high ? String(low) : `${low}-${high}`;
}

/** Which values a write may have, in parentheses; empty: any. */
export function describeRange(range: Range): string {
  switch (range.kind) {
    case 'any':
      return '';
    case 'values':
      return ` (${range.intervals.map(describeInterval).join(', ')} only)`;
    case 'bound':
      return range.name === '$addresses'
        ? " (the router's own addresses only)"
        : ` (${range.name})`;
  }
}

/** The columns that a place's memory holds. */
export function describeReads({ reads }: Place): string {
  const isWindow = (column: string) => column === 'payload' || column === 'frame';
  return reads
    .map(({ column, size }) =>
      isWindow(column) ? `the first ${size} bytes of the ${column}` : column,
    )
    .join(', ');
}

/** Where rows go that leave by an output: what the system description links it to. */
function targetsOf(pipeline: Pipeline, from: string): string {
  const link = pipeline.system.links.find((candidate) => candidate.from === from);
  if (link === undefined) return 'nowhere';
  const { rules } = link;
  return rules
    .map(({ to, matchText }) => (rules.length === 1 ? to : `${to} (${matchText})`))
    .join(', ');
}

function describeOutputs(pipeline: Pipeline, { label, place }: PipelinePlace): string {
  return place.outputs
    .map(({ name, matchText }) => {
      return `${matchText} as ${name} to ${targetsOf(pipeline, `${label}.${name}`)}`;
    })
    .join('; ');
}

/** Frames that a place may send unasked, where to and how many. */
export function describeOrigination({ originates }: Place): string {
  if (originates === undefined) return '';
  const { text, ports, perSecond } = originates;
  const where = ports === 'any' ? 'any port' : ports.join(', ');
  return `${text} on ${where}, ${formatCount(perSecond)} frames a second at most`;
}

/** All powers at one place; what is not declared is `nothing`. */
export function placePowers(pipeline: Pipeline, entry: PipelinePlace): Power[] {
  const { place } = entry;
  const writes = place.writes.map(({ column, range }) => column + describeRange(range));
  const powers: Power[] = [
    ['is handed', place.acceptsText],
    ['may see', describeReads(place)],
    ['may write', writes.join(', ')],
    ['may send', describeOutputs(pipeline, entry)],
    [
      'may answer',
      place.answers === undefined ? '' : `what it was handed, with ${place.answers.text}`,
    ],
    ['may originate', describeOrigination(place)],
    ['may take in', place.consumes ? 'what it was handed' : ''],
    ['may hold', place.holds ? 'what it was handed, for 3 seconds, 64 packets at most' : ''],
  ];
  return powers.map(([power, what]) => [power, what === '' ? 'nothing' : what]);
}

/** What the module may tell other modules, and hear. */
export function messagePowers(pipeline: Pipeline, { name, manifest }: LoadedModule): Power[] {
  const links = pipeline.system.messages;
  const tells = manifest.messages.sends.map((message) => {
    const link = links.find(({ from }) => from === `${name}.${message.name}`);
    return `${message.name} to ${link?.to ?? 'nobody'}`;
  });
  const hears = manifest.messages.receives.flatMap((message) =>
    links.flatMap(({ from, to }) => {
      if (from === `${name}.${message.name}` && to.startsWith('$'))
        return [`${message.name} from ${to}`];
      return to === name && from.endsWith(`.${message.name}`) ? [from] : [];
    }),
  );
  const list = (items: readonly string[]) => (items.length === 0 ? 'nothing' : items.join(', '));
  return [
    ['may tell', list(tells)],
    ['is told', list(hears)],
  ];
}
