/** The router of most tests here, between a plant's network and an office's, and who is on them. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { afterFile } from './cleanup.ts';
import { FarHost } from './far-host.ts';
import { freeUdpPort } from './free-port.ts';

/** The office's host: 10.1.0.20. */
export const OFFICE_HOST = 0x0a01_0014;
/** Of the office's port, on board two-port. */
export const ROUTER_MAC = 0x0253_4c00_0002;

const PINGS = '{ name: pings, from: office, to: plant, match: icmp }';

/** Writes the router file: flows beside `pings`, and wires, as YAML has them; its path. */
export function plantAndOffice(
  folder: string,
  { flows = [], wires = '', plantMtu = 1500 }: Partial<typeof DEFAULTS> = {},
): string {
  const file = join(folder, 'router.yaml');
  writeFileSync(
    file,
    `board: two-port
interfaces:
  lan0: { port: eth0, zone: plant, address: 10.2.0.1/24, mtu: ${plantMtu} }
  lan1: { port: eth1, zone: office, address: 10.1.0.1/24 }
flows:
${[PINGS, ...flows].map((flow) => `  - ${flow}\n`).join('')}${wires}
`,
  );
  return file;
}
const DEFAULTS = { flows: [] as readonly string[], wires: '', plantMtu: 1500 };

/** The office's host at the far end of a UDP wire, and the wire. */
export async function officeByUdp(): Promise<{ host: FarHost; wire: string; port: number }> {
  const port = await freeUdpPort();
  const far = createSocket('udp4').bind(0, '127.0.0.1');
  afterFile(() => far.close());
  await once(far, 'listening');
  const host = new FarHost(OFFICE_HOST, (frame) => far.send(frame, port, '127.0.0.1'));
  far.on('message', host.arrive);
  return { host, wire: `udp:127.0.0.1:${port},127.0.0.1:${far.address().port}`, port };
}

/** What the office's host sees of the router, and of the plant's host 10.2.0.7 behind it. */
export async function pingThrough(host: FarHost): Promise<void> {
  await host.ask('arp who-has 10.1.0.1 tell 10.1.0.20', 'arp reply 10.1.0.1');
  const reply = await host.ask('icmp 10.1.0.20 > 10.2.0.7', 'echo-reply', {
    destination: ROUTER_MAC,
  });
  expect(reply).toContain('10.2.0.7 > 10.1.0.20');
}
