/** Whatever a capture holds, the file loads, is the same twice, and passes its own tests. */
import { writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadRouter } from '../../../config/router.ts';
import { formatIpv4 } from '../../../netstack/address.ts';
import { flowWarnings } from '../../../scripts/router-warnings.ts';
import { sluice } from '../sluice.ts';
import { type SmallPacket, smallCapture } from './small-capture.ts';

/** Few enough to meet again: hosts of three private subnets and of the Internet, and oddities. */
const address = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 0, max: 7 }).map((n) => 0x0a01_0000 + n) },
  { weight: 8, arbitrary: fc.integer({ min: 0, max: 3 }).map((n) => 0x0a02_0007 + n * 64) },
  { weight: 4, arbitrary: fc.integer({ min: 0, max: 255 }).map((n) => 0xc0a8_0100 + n) },
  { weight: 4, arbitrary: fc.integer({ min: 1, max: 9 }).map((n) => 0x0808_0800 + n * 256) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 0xffff_ffff }) },
);
const mac = fc.constantFrom(0x0200_0000_0001, 0x0200_0000_0002, 0x0200_0000_0003, 0);
const port = fc.constantFrom(53, 80, 502, 2404, 4000, 4001, 47_808, 60_000);
const flags = fc.constantFrom('syn', 'syn-ack', 'ack', 'psh-ack', 'fin-ack', 'rst', 'none');

const text = fc
  .tuple(fc.constantFrom('tcp', 'udp', 'icmp', 'arp', 'ip'), address, address, port, port, flags)
  .map(([kind, source, destination, sport, dport, tcpFlags]) => {
    const [a, b] = [formatIpv4(source), formatIpv4(destination)];
    if (kind === 'tcp') return `tcp ${a}:${sport} > ${b}:${dport} flags ${tcpFlags}`;
    if (kind === 'udp') return `udp ${a}:${sport} > ${b}:${dport}`;
    if (kind === 'icmp') return `icmp ${a} > ${b} ${sport < 2000 ? 'echo-reply' : '3/1'}`;
    return kind === 'arp' ? `arp who-has ${b} tell ${a}` : `ip proto ${sport % 256} ${a} > ${b}`;
  });

const packet: fc.Arbitrary<SmallPacket> = fc.oneof(
  { weight: 3, arbitrary: text },
  {
    weight: 6,
    arbitrary: fc.tuple(text, fc.record({ source: mac, destination: mac })),
  },
  { weight: 1, arbitrary: fc.uint8Array({ minLength: 14, maxLength: 90 }) },
);

async function file(capture: string, words: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await sluice('init', capture, ...words);
  expect({ code, stderr }).toMatchObject({ code: 0 });
  const path = `${capture}.yaml`;
  writeFileSync(path, stdout);
  return path;
}

describe('any capture', () => {
  it('gives a file that loads, twice the same, whose flows can all match', async () => {
    const zones = fc.integer({ min: 2, max: 8 });
    const captures = fc.tuple(fc.array(packet, { maxLength: 60 }), zones);
    await fc.assert(
      fc.asyncProperty(captures, async ([packets, zonesMax]) => {
        const capture = smallCapture('any.pcap', packets, 40);
        const words = ['--permit', '--zones', String(zonesMax)];
        const router = loadRouter(await file(capture, words));
        expect(new Set(router.zones).size).toBeLessThanOrEqual(zonesMax);
        expect(flowWarnings(router)).toEqual([]);
        const twice = await sluice('init', capture, ...words);
        expect(loadRouter(await file(capture, words)).digest).toBe(router.digest);
        expect(twice.code).toBe(0);
      }),
      { numRuns: 20, seed: 20_260_112 },
    );
  });

  it('gives a file that passes its tests', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(packet, { minLength: 20, maxLength: 60 }), async (packets) => {
        const path = await file(smallCapture('tested.pcap', packets), ['--permit']);
        expect(await sluice('test', path)).toMatchObject({ code: 0 });
      }),
      { numRuns: 3, seed: 20_260_112, endOnFailure: true },
    );
  });
});
