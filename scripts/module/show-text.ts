/** What `sluice module show` prints: a module's authority in plain words, and what it can leak. */
import type { Manifest, MessageType, Place } from '../../config/manifest.ts';
import type { Router } from '../../config/router.ts';
import { formatIpv4 } from '../../netstack/address.ts';
import {
  describeOrigination,
  describeRange,
  describeReads,
  type Power,
} from '../boot/authority.ts';
import { formatSize } from '../report/size-text.ts';
import type { Style } from '../report/style.ts';
import { formatCount, REPORT_COLUMNS, tableLines, wrap } from '../report/table.ts';
import {
  type Carrier,
  carriersOf,
  messageCarriersOf,
  type Readable,
  readablesOf,
  unitsFor,
} from './carriers.ts';

const POWER_WIDTH = 14;
const INDENT = '  ';

function powerLines(powers: readonly Power[]): string[] {
  const width = REPORT_COLUMNS - INDENT.length - POWER_WIDTH;
  return powers.flatMap(([power, what]) =>
    wrap(what === '' ? 'nothing' : what, width).map((line, index) => {
      return `${INDENT}${(index === 0 ? power : '').padEnd(POWER_WIDTH)}${line}`;
    }),
  );
}

function describeWrites({ writes }: Place, router: Router | null): string {
  const addresses = router?.interfaces.map(({ address }) => formatIpv4(address)).join(', ');
  return writes
    .map(({ column, range }) => {
      const isBound = range.kind === 'bound' && addresses !== undefined;
      return column + (isBound ? ` (${addresses} only)` : describeRange(range));
    })
    .join(', ');
}

function describeOutputs({ outputs }: Place): string {
  return outputs
    .map(({ name, matchText, reason }) => {
      return `${matchText} as ${name}${reason === undefined ? '' : ` (as ${reason}, if it drops)`}`;
    })
    .join('; ');
}

function placePowers(place: Place, { drops }: Manifest, router: Router | null): Power[] {
  return [
    ['is handed', place.acceptsText],
    ['may see', describeReads(place)],
    ['may write', describeWrites(place, router)],
    ['may send', describeOutputs(place)],
    [
      'may drop',
      ['what it was handed', drops.length > 0 && `as ${drops.join(', ')}`]
        .filter(Boolean)
        .join(', also '),
    ],
    [
      'may answer',
      place.answers === undefined ? '' : `what it was handed, with ${place.answers.text}`,
    ],
    ['may originate', describeOrigination(place)],
    ['may take in', place.consumes ? 'what it was handed' : ''],
    ['may hold', place.holds ? 'what it was handed, for 3 seconds, 64 packets at most' : ''],
  ];
}

function describeMessages(messages: readonly MessageType[]): string {
  return messages
    .map(({ name, fields }) => `${name} (${fields.map((field) => field.name).join(', ')})`)
    .join('; ');
}

function modulePowers({ messages, limits }: Manifest): Power[] {
  const { memory, fuelPerPacket, fuelPerTick, fuelPerMessage } = limits;
  const fuel = [`${formatCount(fuelPerPacket)} a packet`];
  if (fuelPerTick > 0) fuel.push(`${formatCount(fuelPerTick)} a tick`);
  if (fuelPerMessage > 0) fuel.push(`${formatCount(fuelPerMessage)} a record`);
  return [
    ['may tell', describeMessages(messages.sends)],
    ['is told', describeMessages(messages.receives)],
    ['has memory', formatSize(memory)],
    ['instructions', fuel.join(', ')],
  ];
}

function formatBits(bits: number): string {
  const rounded = bits < 100 ? Math.round(bits * 10) / 10 : Math.round(bits);
  return Number.isInteger(rounded) ? formatCount(rounded) : rounded.toFixed(1);
}

/** Which of the readables a carrier can carry, and in how many of its units. */
function loadText(carrier: Carrier, readables: readonly Readable[]): string {
  const loads = readables.flatMap((readable) => {
    const units = unitsFor(readable, carrier);
    return units === null ? [] : [{ name: readable.name, units }];
  });
  if (loads.length > 1 && loads.every(({ units }) => units === 1)) return 'any of it at once';
  return loads
    .map(({ name, units }) =>
      units === 1 ? `${name} at once` : `${name} in ${formatCount(units)}`,
    )
    .join(', ');
}

function carrierLines(
  carriers: readonly Carrier[],
  readables: readonly Readable[],
  style: Style,
): string[] {
  const rows = carriers.map((carrier) => {
    const load = loadText(carrier, readables);
    return [carrier.name, `${formatBits(carrier.bits)} a ${carrier.unit}`, load || 'nothing'];
  });
  const head = ['by', 'bits', 'can carry, in so many of them'];
  const [first, ...rest] = tableLines({ head, rows, indent: 2 });
  return [style.quiet(first), ...rest];
}

function titleOf({ name }: Place): string {
  return name === '' ? 'What it may do' : `What it may do at ${name}`;
}

const LEAK_NOTE = `\
These are bounds on what a program could do that tries: a signal can appear here and nowhere else. \
Besides columns it knows how many packets it was handed, in which order and when, what it is told, \
and its own past; and the time that its calls take, within their instructions, says something too.`;

/** Ends with a line feed. `router` binds what a router file names: addresses, ports. */
export function showText(manifest: Manifest, router: Router | null, style: Style): string {
  const { name, version, summary, places } = manifest;
  const lines = [style.title(`module ${name} ${version}`), ...wrap(summary, REPORT_COLUMNS)];
  const add = (heading: string, body: readonly string[]) => {
    lines.push('', style.heading(heading), ...body);
  };
  for (const place of places) add(titleOf(place), powerLines(placePowers(place, manifest, router)));
  add('Everywhere', powerLines(modulePowers(manifest)));
  for (const place of places) {
    const at = place.name === '' ? '' : ` at ${place.name}`;
    const carriers = carriersOf(place, manifest, router);
    const heading = `What it may do${at} can carry what it may see${at}`;
    add(heading, carrierLines(carriers, readablesOf(place, router), style));
    const each = carriers.filter(({ unit }) => unit === 'packet');
    const sum = each.reduce((total, { bits }) => total + bits, 0);
    lines.push(`${INDENT}in all ${formatBits(sum)} bits a packet at most`);
  }
  const messages = messageCarriersOf(manifest);
  if (messages.length > 0) {
    const readables = places.flatMap((place) => readablesOf(place, router));
    const distinct = [...new Map(readables.map((each) => [each.name, each])).values()];
    add('What it may tell other modules can carry', carrierLines(messages, distinct, style));
  }
  lines.push('', ...wrap(LEAK_NOTE, REPORT_COLUMNS));
  return `${lines.join('\n')}\n`;
}
