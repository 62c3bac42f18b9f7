/** The router with modules of a test's own in it, each a few lines of AssemblyScript. */
import { join, relative } from 'node:path';
import type { Firmware } from '../../firmware/boot/assemble.ts';
import { findProjectRoot } from '../../scripts/toolchain/project-root.ts';
import { firmwareOf, scratchFolder } from './configuration.ts';
import { writeBelow } from './write-below.ts';

const MODULES = join(findProjectRoot(), 'firmware', 'modules');

export interface LyingModule {
  /** The manifest without name, version, summary and limits. */
  readonly keys: string;
  /** `index.ts`. */
  readonly source: string;
}

/** Lines of the parts `links` and `messages` of a system description. */
export interface Wiring {
  readonly own: readonly string[];
  readonly links: string;
  readonly messages?: string;
}

/** A firmware of these modules and of the router's `own`, linked so. */
export async function lyingSystem(
  modules: Readonly<Record<string, LyingModule>>,
  { own, links, messages = '' }: Wiring,
): Promise<Firmware> {
  const folder = scratchFolder();
  for (const [name, { keys, source }] of Object.entries(modules)) {
    const head = `name: ${name}\nversion: 1.0.0\nsummary: Lies.\n`;
    const manifest = `${head}${keys.trim()}\nlimits: { memory: 512 KiB, fuel-per-packet: 400000, fuel-per-message: 400000 }\n`;
    writeBelow(folder, `${name}/manifest.yaml`, manifest);
    writeBelow(folder, `${name}/index.ts`, source);
  }
  const library = relative(folder, MODULES);
  const entries = [
    ...Object.keys(modules).map((name) => `  ${name}: ${name}`),
    ...own.map((name) => `  ${name}: ${library}/${name}`),
  ];
  const told = messages === '' ? '' : `messages:\n${messages}\n`;
  const system = `modules:\n${entries.join('\n')}\nlinks:\n${links}\n${told}`;
  return firmwareOf(writeBelow(folder, 'system.yaml', system));
}

/** The router's own links and messages, but for the router itself as a destination. */
const LINKS: Readonly<Record<string, string>> = {
  wire: '{ arp: arp, ip: route }',
  'route.forward': 'policy',
  'route.unreachable': 'icmp.errors',
  'policy.permitted': 'neighbor',
  'neighbor.resolved': 'tx',
  'icmp.errors.error': 'route',
  'arp.answer': 'tx',
  'arp.request': 'tx',
};
const MESSAGES = `  route.routes: $routes
  arp.interfaces: $interfaces
  arp.neighbors: $neighbors
  icmp.interfaces: $interfaces
  neighbor.resolve: arp
  arp.learned: neighbor`;

/**
 * The router with a module `liar` that sets a column (as its setter is called) of every row, and
 * sends the row on by its output `out`; `links` are added or replaced.
 */
export function rewritingSystem(
  keys: string,
  [column, value]: readonly [setter: string, value: number],
  links: Readonly<Record<string, string>>,
): Promise<Firmware> {
  const source = `
import { begin, rowCount, rows } from './manifest';
export function initialize(): void {}
export function process(): void {
  begin();
  for (let row: u32 = 0; row < rowCount(); row++) {
    rows.set${column}(row, ${value});
    rows.setVerdict(row, rows.OUTPUT_OUT);
  }
}
`;
  const all = Object.entries({ ...LINKS, ...links }).map(([from, to]) => `  ${from}: ${to}`);
  const own = ['route', 'neighbor', 'arp', 'icmp'];
  const wiring = { own, links: all.join('\n'), messages: MESSAGES };
  return lyingSystem({ liar: { keys, source } }, wiring);
}
