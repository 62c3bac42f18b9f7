/**
 * A module's manifest: everything that the module may see and do.
 */
import type { MatchNode } from '../netstack/match/node.ts';
import { readReads, readWrites } from './column-access.ts';
import type { ColumnName } from './columns.ts';
import { ConfigurationFile } from './configuration-file.ts';
import { dropReasonId, dropReasonNames } from './drop-reasons.ts';
import { MEMORY_MAX, MEMORY_PAGE_SIZE, MESSAGES_MAX, OUTPUTS_MAX, PLACES_MAX } from './limits.ts';
import { type ManifestData, manifestSchema, type PlaceData, placeKeys } from './manifest-schema.ts';
import { readMatch } from './match-field.ts';
import { layOutRecord } from './message-record.ts';
import { didYouMean } from './spelling.ts';
import type { Path } from './yaml-document.ts';

/** What a declared write may put there. Intervals are inclusive, sorted and disjoint. */
export type Range =
  | { kind: 'any' }
  | { kind: 'values'; intervals: [number, number][] }
  | { kind: 'bound'; name: string };

/** A record type of a message: `offset` and `size` in bytes, fields naturally aligned. */
export interface MessageType {
  name: string;
  fields: MessageField[];
  size: number;
}

export interface MessageField {
  name: string;
  type: 'u8' | 'u16' | 'u32' | 'u64';
  offset: number;
}

/** A way out of a place; `reason` is what the kernel writes to meta.reason of its rows. */
export interface Output {
  name: string;
  match: MatchNode;
  matchText: string;
  reason?: string;
}

/** One position of a module in the pipeline, with the authority that it has there. */
export interface Place {
  /** Empty where the manifest writes its only place at the top level. */
  name: string;
  accepts: MatchNode;
  acceptsText: string;
  /** `size` is bytes a row: of a window its declared length. */
  reads: { column: ColumnName; size: number }[];
  writes: { column: ColumnName; range: Range }[];
  outputs: Output[];
  answers?: { match: MatchNode; text: string };
  originates?: { match: MatchNode; text: string; ports: 'any' | string[]; perSecond: number };
  consumes: boolean;
  holds: boolean;
}

/** A manifest as loaded. `memory` is bytes, a multiple of 64 KiB; fuel is instructions. */
export interface Manifest {
  file: string;
  name: string;
  version: string;
  summary: string;
  places: Place[];
  drops: string[];
  messages: { receives: MessageType[]; sends: MessageType[] };
  limits: {
    memory: number;
    fuelPerPacket: number;
    fuelPerTick: number;
    fuelPerMessage: number;
  };
}

type File = ConfigurationFile<ManifestData>;

/** Reads a manifest. Throws ConfigError with all its mistakes. */
export function loadManifest(path: string): Manifest {
  const file = new ConfigurationFile(path, manifestSchema);
  const { data } = file;
  const places = placesOf(file).map(({ name, at, place }) => readPlace(file, name, at, place));
  const messages = {
    receives: readMessages(file, 'receives'),
    sends: readMessages(file, 'sends'),
  };
  checkDrops(file);
  const memory = readMemory(file);
  if (messages.receives.length > 0 && data.limits['fuel-per-message'] === 0) {
    const message = 'missing "fuel-per-message" beside messages.receives';
    file.report('CONFIG_REQUIRED', ['limits'], message, 'add it', { key: true });
  }
  file.finish();
  const limits = {
    memory,
    fuelPerPacket: data.limits['fuel-per-packet'],
    fuelPerTick: data.limits['fuel-per-tick'],
    fuelPerMessage: data.limits['fuel-per-message'],
  };
  const { name, version, summary, drops } = data;
  return { file: path, name, version, summary, places, drops, messages, limits };
}

/** The places as written: under `places`, or one at the top level. */
function placesOf(file: File): { name: string; at: Path; place: PlaceData }[] {
  const { data } = file;
  const { places, accepts } = data;
  if (places === undefined) {
    if (accepts === undefined) {
      file.report('CONFIG_REQUIRED', [], 'missing "accepts"', 'add it, or places');
      return [];
    }
    return [{ name: '', at: [], place: { ...data, accepts } }];
  }
  for (const key of placeKeys.filter((name) => name in data)) {
    const message = `"${key}" stands beside "places"`;
    file.report('CONFIG_CONFLICT', [key], message, 'move it into a place', { key: true });
  }
  const entries = Object.entries(places);
  if (entries.length === 0 && !file.damaged.has('places')) {
    file.report('CONFIG_REQUIRED', ['places'], 'there is no place', 'add one');
  }
  if (entries.length > PLACES_MAX) {
    const message = `${entries.length} places; a module has at most ${PLACES_MAX}`;
    file.report('CONFIG_LIMIT', ['places'], message, 'split the module');
  }
  return entries.map(([name, place]) => ({ name, at: ['places', name], place }));
}

/** A match that could not be read stands for nothing: finish() throws before anybody sees it. */
const UNREADABLE: MatchNode = { kind: 'or', operands: [] };

function readPlace(file: File, name: string, at: Path, data: PlaceData): Place {
  const matchAt = (path: Path, text: string) => readMatch(file, path, text) ?? UNREADABLE;
  const place: Place = {
    name,
    accepts: matchAt([...at, 'accepts'], data.accepts),
    acceptsText: data.accepts,
    reads: readReads(file, [...at, 'reads'], data.reads ?? []),
    writes: readWrites(file, [...at, 'writes'], data.writes ?? {}),
    outputs: readOutputs(file, [...at, 'outputs'], data.outputs ?? {}),
    consumes: data.consumes ?? false,
    holds: data.holds ?? false,
  };
  if (data.answers !== undefined) {
    place.answers = { match: matchAt([...at, 'answers'], data.answers), text: data.answers };
  }
  if (data.originates !== undefined) {
    const { match, ports, 'per-second': perSecond } = data.originates;
    const node = matchAt([...at, 'originates', 'match'], match);
    place.originates = { match: node, text: match, ports, perSecond };
  }
  for (const key of ['answers', 'originates'] as const) {
    if (place[key] === undefined || place.outputs.length > 0) continue;
    const message = `"${key}" without an output: a made frame has no way out`;
    file.report('CONFIG_REQUIRED', [...at, key], message, 'declare one in outputs', { key: true });
  }
  return place;
}

function readOutputs(file: File, at: Path, outputs: NonNullable<PlaceData['outputs']>): Output[] {
  const entries = Object.entries(outputs);
  if (entries.length > OUTPUTS_MAX) {
    const message = `${entries.length} outputs; a place has at most ${OUTPUTS_MAX}`;
    file.report('CONFIG_LIMIT', at, message, 'merge some');
  }
  return entries.map(([name, value]) => {
    const isText = typeof value === 'string';
    const matchText = isText ? value : value.match;
    const path = isText ? [...at, name] : [...at, name, 'match'];
    const output: Output = {
      name,
      match: readMatch(file, path, matchText) ?? UNREADABLE,
      matchText,
    };
    const reason = isText ? undefined : value.reason;
    if (reason === undefined) return output;
    if (dropReasonId(reason) === undefined) {
      const hint = didYouMean(reason, dropReasonNames) ?? 'see docs/drop-reasons.md';
      const message = `there is no drop reason "${reason}"`;
      file.report('CONFIG_DROP', [...at, name, 'reason'], message, hint);
    }
    return { ...output, reason };
  });
}

function checkDrops(file: File): void {
  const { drops } = file.data;
  drops.forEach((name, index) => {
    if (drops.indexOf(name) < index) {
      file.report(
        'CONFIG_DUPLICATE',
        ['drops', index],
        `drop "${name}" stands twice`,
        'leave one out',
      );
    } else if (dropReasonId(name) !== undefined) {
      const message = `"${name}" is a drop reason of the kernel`;
      file.report('CONFIG_RESERVED', ['drops', index], message, 'name the drop otherwise');
    }
  });
}

function readMessages(file: File, way: 'receives' | 'sends'): MessageType[] {
  const entries = Object.entries(file.data.messages[way] ?? {});
  if (entries.length > MESSAGES_MAX) {
    const message = `${entries.length} messages; a module has at most ${MESSAGES_MAX} each way`;
    file.report('CONFIG_LIMIT', ['messages', way], message, 'merge some');
  }
  return entries.map(([name, fields]) => {
    return layOutRecord(file, ['messages', way, name], name, fields);
  });
}

const UNITS: Readonly<Record<string, number>> = { KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 };

function readMemory(file: File): number {
  const { memory } = file.data.limits;
  const at = ['limits', 'memory'];
  const match = /^(\d{1,10})(?: ?(KiB|MiB|GiB))?$/.exec(String(memory));
  const bytes = Number(match?.[1]) * (UNITS[match?.[2] ?? ''] ?? 1);
  if (match === null) {
    file.report('CONFIG_VALUE', at, `memory: "${memory}" is not a size`, 'write e.g. 8 MiB');
  } else if (bytes === 0 || bytes % MEMORY_PAGE_SIZE !== 0) {
    const message = `memory: ${bytes} bytes is not a multiple of 64 KiB`;
    const pages = Math.max(1, Math.ceil(bytes / MEMORY_PAGE_SIZE));
    file.report('CONFIG_RANGE', at, message, `write ${pages * 64} KiB`);
  } else if (bytes > MEMORY_MAX) {
    const message = `memory: ${bytes} bytes; a module has at most 1 GiB`;
    file.report('CONFIG_LIMIT', at, message, 'ask for less');
  }
  return bytes;
}
