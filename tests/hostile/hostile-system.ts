/** The router with a module that lies in it, and perhaps an accomplice. */
import { join, relative } from 'node:path';
import type { Firmware } from '../../firmware/boot/assemble.ts';
import { findProjectRoot } from '../../scripts/toolchain/project-root.ts';
import { firmwareOf, scratchFolder, writeBelow } from '../firmware/configuration.ts';
import { watModule } from '../firmware/wat.ts';
import type { HostileModule, HostileSystem } from './crime.ts';

const MODULES = join(findProjectRoot(), 'firmware', 'modules');

/** Only UDP passes through the module that lies, before `route`. */
const LINKS: Readonly<Record<string, string>> = {
  wire: '{ arp: arp, ip and to-router: local, udp: liar, ip: route }',
  local: '{ icmp: icmp.local }',
  'liar.out': 'route',
  'icmp.local.reply': 'route',
  'route.forward': 'policy',
  'route.unreachable': 'icmp.errors',
  'policy.expired': 'icmp.errors',
  'policy.too-big': 'icmp.errors',
  'policy.permitted': 'neighbor',
  'neighbor.resolved': 'tx',
  'neighbor.unresolved': 'icmp.errors',
  'icmp.errors.error': 'route',
  'arp.answer': 'tx',
  'arp.request': 'tx',
};

const ROUTED_AT_ONCE = { wire: '{ arp: arp, ip and to-router: local, ip: route }' };

/** The links of a module that chooses the port: between `route` and the policy. */
export const BEFORE_POLICY = {
  ...ROUTED_AT_ONCE,
  'route.forward': '{ udp: liar, ip: policy }',
  'liar.out': 'policy',
};

/** The links of a module right after the policy. */
export const AFTER_POLICY = {
  ...ROUTED_AT_ONCE,
  'policy.permitted': '{ udp: liar, ip: neighbor }',
  'liar.out': 'neighbor',
};

/** The links of the last module before frames leave. */
export const BEFORE_TX = {
  ...ROUTED_AT_ONCE,
  'neighbor.resolved': '{ udp: liar, ip: tx }',
  'liar.out': 'tx',
};

/** The firmware of a crime's system, with `code` as the module's program. */
export async function hostileFirmware(crime: HostileSystem, code = crime.code): Promise<Firmware> {
  const folder = scratchFolder();
  await writeModule(folder, 'liar', { ...crime, code });
  if (crime.accomplice !== undefined) await writeModule(folder, 'accomplice', crime.accomplice);
  const own = ['route', 'neighbor', 'arp', 'icmp'].map((name) => [name, join(MODULES, name)]);
  const theirs = crime.accomplice === undefined ? ['liar'] : ['liar', 'accomplice'];
  const paths = [...theirs.map((name) => [name, join(folder, name)]), ...own];
  const rules = Object.entries({ ...LINKS, ...crime.links }).filter(([, to]) => to !== '');
  const system = `modules:
${paths.map(([name, path]) => `  ${name}: ${relative(folder, path)}`).join('\n')}
links:
${rules.map(([from, to]) => `  ${from}: ${to}`).join('\n')}
messages:
  route.routes: $routes
  arp.interfaces: $interfaces
  arp.neighbors: $neighbors
  icmp.interfaces: $interfaces
  neighbor.resolve: arp
  arp.learned: neighbor
${crime.messages ?? ''}
`;
  return firmwareOf(writeBelow(folder, 'system.yaml', system));
}

async function writeModule(folder: string, name: string, module: HostileModule): Promise<void> {
  const process = `(local $row i32) ${module.code.process ?? ''}`;
  const fuel = `fuel-per-packet: ${module.fuelPerPacket ?? 5000}`;
  const limits = `{ memory: 512 KiB, ${fuel}, fuel-per-tick: 5000, fuel-per-message: 5000 }`;
  const head = `name: ${name}\nversion: 1.0.0\nsummary: Lies.`;
  const manifest = `${head}\n${module.keys.trim()}\nlimits: ${limits}\n`;
  writeBelow(folder, `${name}/manifest.yaml`, manifest);
  writeBelow(folder, `${name}/module.wasm`, await watModule({ ...module.code, process }));
}
