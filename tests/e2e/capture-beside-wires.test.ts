import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { buildPacket } from '../../netstack/build-packet.ts';
import { describeFrame } from '../../netstack/describe.ts';
import { parsePacketText } from '../../netstack/packet-text.ts';
import { pcapBytes } from '../drivers/pcap-bytes.ts';
import { framesOf, temporaryFolder } from '../scripts/sluice.ts';
import { officeByUdp, plantAndOffice, ROUTER_MAC } from './plant-and-office.ts';
import { RouterProcess } from './router-process.ts';

const BEGIN = 1_600_000_000;
/** Between the two frames that are captured. */
const GAP_SECONDS = 1;

it('a capture is the plant of a host that is alive, in its own time', {
  timeout: 90_000,
}, async () => {
  const folder = temporaryFolder();
  const input = join(folder, 'in.pcap');
  const output = join(folder, 'out.pcapng');
  const ask = buildPacket(parsePacketText('icmp 10.2.0.7 > 10.1.0.20'));
  const records = [0, GAP_SECONDS].map((at) => ({ seconds: BEGIN + at, fraction: 0, bytes: ask }));
  writeFileSync(input, pcapBytes(records));
  const flows = ['{ name: plant asks, from: plant, to: office, match: icmp }'];
  const { host, wire } = await officeByUdp();
  const words = [`lan0=capture:${input},${output}`, `lan1=${wire}`];
  const router = new RouterProcess([
    plantAndOffice(folder, { flows }),
    ...words.flatMap((each) => ['--wire', each]),
  ]);
  await router.isUp('eth0', 'eth1');
  const asked = () => host.received.filter((line) => line.includes('10.2.0.7 > 10.1.0.20'));
  await expect.poll(() => asked().length, { timeout: 10_000 }).toBe(1);
  const first = performance.now();
  await expect.poll(() => asked().length, { timeout: 10_000 }).toBe(2);
  expect(performance.now() - first).toBeGreaterThan(GAP_SECONDS * 500);
  expect(router.stdout).not.toContain('eth0: link down');
  // The host asks somebody of the capture's network, who is silent but has an address.
  await host.ask('arp who-has 10.1.0.1 tell 10.1.0.20', 'arp reply 10.1.0.1');
  host.say('icmp 10.1.0.20 > 10.2.0.7', { destination: ROUTER_MAC });
  const sent = () =>
    framesOf(output).find(({ frame }) => describeFrame(frame).includes('10.1.0.20 > 10.2.0.7'));
  await expect.poll(sent, { timeout: 10_000 }).toBeDefined();
  expect(await router.stop()).toBe(0);
  expect(router.stderr).toBe('');
  expect(sent()?.seconds).toBeGreaterThanOrEqual(BEGIN + GAP_SECONDS);
  expect(sent()?.seconds).toBeLessThan(BEGIN + 60);
});
