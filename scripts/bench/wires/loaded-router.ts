/** The router between the hosts of a lab, and what is sent through it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseMac } from '../../../netstack/address.ts';
import { buildPacket } from '../../../netstack/build-packet.ts';
import { parsePacketText } from '../../../netstack/packet-text.ts';
import { findProjectRoot } from '../../toolchain/project-root.ts';
import type { WireKind, WiresLab } from './wires-lab.ts';

/** Of the ports of board two-port. */
export const ROUTER_MACS = ['02:53:4c:00:00:01', '02:53:4c:00:00:02'];
/** What the router says when it runs. */
export const ROUTER_READY = 'running until';

/** A program beside this file. */
export function program(name: string): string {
  return fileURLToPath(new URL(`./${name}.js`, import.meta.url));
}

/** Words that start the router on a lab's interfaces; its file is written into `folder`. */
export function routerWords(lab: WiresLab, kind: WireKind, folder: string): string[] {
  const file = join(folder, `${kind}.yaml`);
  const [first, second] = lab.near;
  writeFileSync(
    file,
    `board: two-port
interfaces:
  lan0: { port: eth0, zone: office, address: 10.1.0.1/24 }
  lan1: { port: eth1, zone: plant, address: 10.2.0.1/24 }
flows: [{ name: all, from: office, to: plant }]
wires: { lan0: ${kind}:${first}, lan1: ${kind}:${second} }
`,
  );
  return [process.execPath, join(findProjectRoot(), 'scripts', 'sluice.mjs'), 'boot', file];
}

/** Sends 60-byte frames to a gateway as fast as it goes; how many the sink received a second. */
export function blast(lab: WiresLab, gateway: string, seconds: number): number {
  const packet = parsePacketText('udp 10.1.0.20:4000 > 10.2.0.7:5000 size 46');
  const frame = buildPacket(packet, { destination: parseMac(gateway) ?? 0 });
  const hex = Buffer.from(frame).toString('hex');
  const before = lab.received();
  const words = [process.execPath, program('frame-blaster'), lab.interfaceOf(0), hex];
  lab.exec(0, ...words, String(seconds));
  return (lab.received() - before) / seconds;
}
