/** The router with a module that lies in it, and perhaps an accomplice. */
import type { Firmware } from '../../firmware/boot/assemble.ts';
import { firmwareOf, scratchFolder } from '../firmware/configuration.ts';
import { type Links, writeSystem } from '../firmware/router-system.ts';
import { watModule } from '../firmware/wat.ts';
import { writeBelow } from '../firmware/write-below.ts';
import type { HostileModule, HostileSystem } from './crime.ts';

/** The links of the wire where no module stands before `route`. */
export const ROUTED_AT_ONCE = '{ arp: arp, ip and to-router: local, ip: route }';

/** Only UDP passes through the module that lies, before `route`. */
const BEFORE_ROUTE: Links = {
  wire: '{ arp: arp, ip and to-router: local, udp: liar, ip: route }',
  'liar.out': 'route',
};

/** The links of a module that chooses the port: between `route` and the policy. */
export const BEFORE_POLICY = {
  wire: ROUTED_AT_ONCE,
  'route.forward': '{ udp: liar, ip: policy }',
  'liar.out': 'policy',
};

/** The links of a module right after the policy. */
export const AFTER_POLICY = {
  wire: ROUTED_AT_ONCE,
  'policy.permitted': '{ udp: liar, ip: neighbor }',
  'liar.out': 'neighbor',
};

/** The links of the last module before frames leave. */
export const BEFORE_TX = {
  wire: ROUTED_AT_ONCE,
  'neighbor.resolved': '{ udp: liar, ip: tx }',
  'liar.out': 'tx',
};

/** The firmware of a crime's system, with `code` as the module's program. */
export async function hostileFirmware(crime: HostileSystem, code = crime.code): Promise<Firmware> {
  return firmwareOf(await writeHostileSystem({ ...crime, code }));
}

/** Writes modules and system description to a folder; the path of the latter. */
export async function writeHostileSystem(crime: HostileSystem): Promise<string> {
  const { accomplice, links, messages } = crime;
  const folder = scratchFolder();
  await writeModule(folder, 'liar', crime);
  if (accomplice !== undefined) await writeModule(folder, 'accomplice', accomplice);
  const modules = accomplice === undefined ? ['liar'] : ['liar', 'accomplice'];
  return writeSystem(folder, modules, { ...BEFORE_ROUTE, ...links }, messages);
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
