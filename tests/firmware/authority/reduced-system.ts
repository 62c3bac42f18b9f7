/** The router's own system with one declaration of one module, or one link, taken away. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { buildModule } from '../../../scripts/toolchain/build-firmware.ts';
import { findProjectRoot } from '../../../scripts/toolchain/project-root.ts';
import { scratchFolder } from '../configuration.ts';
import { writeBelow } from '../write-below.ts';

const FIRMWARE = join(findProjectRoot(), 'firmware');
export const MODULES = ['route', 'neighbor', 'arp', 'icmp', 'ping'] as const;

// biome-ignore lint/suspicious/noExplicitAny: what is taken away has no one shape.
type Data = any;

/** One thing that is taken away: a label, and how. */
export interface Reduction {
  readonly label: string;
  readonly module: string | null;
  apply(data: Data): void;
}

function manifestData(name: string): Data {
  return parse(readFileSync(join(FIRMWARE, 'modules', name, 'manifest.yaml'), 'utf8'));
}

/** Every entry of the lists and maps of a place, and its powers. */
function placeReductions(module: string, place: string, data: Data): Reduction[] {
  const at = (whole: Data): Data => (place === '' ? whole : whole.places[place]);
  const label = place === '' ? module : `${module}.${place}`;
  const reductions: Reduction[] = [];
  const add = (what: string, apply: (data: Data) => void) =>
    reductions.push({ label: `${label} ${what}`, module, apply: (whole) => apply(at(whole)) });
  for (const [i, column] of (data.reads ?? []).entries()) {
    add(`reads ${column}`, (own) => own.reads.splice(i, 1));
  }
  for (const kind of ['writes', 'outputs']) {
    for (const name of Object.keys(data[kind] ?? {})) {
      add(`${kind} ${name}`, (own) => delete own[kind][name]);
    }
  }
  for (const power of ['answers', 'originates', 'consumes', 'holds']) {
    if (power in data) add(power, (own) => delete own[power]);
  }
  return reductions;
}

function moduleReductions(module: string): Reduction[] {
  const data = manifestData(module);
  const places: [string, Data][] = data.places ? Object.entries(data.places) : [['', data]];
  const reductions = places.flatMap(([name, place]) => placeReductions(module, name, place));
  for (const way of ['receives', 'sends']) {
    for (const message of Object.keys(data.messages?.[way] ?? {})) {
      const label = `${module} ${way} ${message}`;
      reductions.push({ label, module, apply: (whole) => delete whole.messages[way][message] });
    }
  }
  return reductions;
}

/** Every rule of every link, and every message. */
function linkReductions(): Reduction[] {
  const data = parse(readFileSync(join(FIRMWARE, 'system.yaml'), 'utf8'));
  const reductions: Reduction[] = [];
  const add = (label: string, apply: (data: Data) => void) =>
    reductions.push({ label, module: null, apply });
  for (const [from, rules] of Object.entries<Data>(data.links)) {
    if (typeof rules === 'string') add(`link ${from}`, (whole) => delete whole.links[from]);
    else {
      for (const match of Object.keys(rules)) {
        add(`link ${from}: ${match}`, (whole) => delete whole.links[from][match]);
      }
    }
  }
  for (const from of Object.keys(data.messages)) {
    add(`message ${from}`, (whole) => delete whole.messages[from]);
  }
  return reductions;
}

/** All there is to take away. */
export function allReductions(): Reduction[] {
  return [...MODULES.flatMap(moduleReductions), ...linkReductions()];
}

/** A copy of the system without it: the modules' programs as they are. Returns its path. */
export async function reducedSystem(reduction: Reduction | null): Promise<string> {
  const folder = scratchFolder();
  for (const name of MODULES) {
    const { wasm } = await buildModule(join(FIRMWARE, 'modules', name));
    const data = manifestData(name);
    if (reduction?.module === name) reduction.apply(data);
    writeBelow(folder, `modules/${name}/module.wasm`, wasm);
    writeBelow(folder, `modules/${name}/manifest.yaml`, stringify(data));
  }
  const system = parse(readFileSync(join(FIRMWARE, 'system.yaml'), 'utf8'));
  if (reduction?.module === null) reduction.apply(system);
  return writeBelow(folder, 'system.yaml', stringify(system));
}
