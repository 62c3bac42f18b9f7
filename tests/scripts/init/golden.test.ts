import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { buildEthernet } from '../../../netstack/ethernet.ts';
import { replayJson, sluice } from '../sluice.ts';
import { type SmallPacket, smallCapture, tcp } from './small-capture.ts';

const PLC = '10.2.0.7';
const HMI = '10.2.0.20';

/** One flat subnet: an HMI polls two PLCs, an engineer's PC uses the HMI, everybody pings. */
const flat: SmallPacket[] = [
  'arp who-has 10.2.0.7 tell 10.2.0.20',
  ...tcp(HMI, PLC, 502),
  ...tcp(HMI, PLC, 502, 4001),
  ...tcp(HMI, '10.2.0.8', 502),
  ...tcp('10.2.0.30', HMI, 80),
  'icmp 10.2.0.30 > 10.2.0.7',
  'icmp 10.2.0.7 > 10.2.0.30 echo-reply',
  'udp 10.2.0.20:50001 > 239.1.1.1:5000',
];

const GATEWAY = 0x0200_0000_00fe;
const behindGateway = (text: string): SmallPacket => {
  const isToOffice = / > 10\.1\.0\./.test(text);
  return [text, isToOffice ? { source: GATEWAY } : { destination: GATEWAY }];
};

/** At the wire of an office: its historian polls a plant behind the router, and the Internet. */
const routed: SmallPacket[] = [
  ['arp who-has 10.1.0.20 tell 10.1.0.1', { source: GATEWAY }],
  ...tcp('10.1.0.20', PLC, 502).slice(2).map(behindGateway),
  ...tcp('10.1.0.20', PLC, 44_818, 4002).map(behindGateway),
  ...['198.51.100.1', '203.0.113.9'].flatMap((server) =>
    tcp('10.1.0.21', server, 443).map(behindGateway),
  ),
  behindGateway('udp 10.1.0.21:40053 > 198.51.100.53:53'),
  behindGateway('udp 198.51.100.53:53 > 10.1.0.21:40053'),
];

/** A line of a flow or a test that is commented out. */
const COMMENTED = /^ {2}# ((?:- | {2})(?:name|from|to|match|packet|expect): )/;

/** GOOSE and sampled values: no IP at all. */
const noIp: SmallPacket[] = [0x88b8, 0x88b8, 0x88ba].map((type) =>
  buildEthernet({
    destination: 0x010c_cd01_0001,
    source: 0x0200_0000_0001,
    tags: [],
    type,
    payload: new Uint8Array(46),
  }),
);

describe('the router file that init proposes', () => {
  it.each([
    ['flat', flat, ['--permit']],
    ['flat-commented', flat, []],
    ['routed', routed, ['--permit']],
    ['no-ip', noIp, []],
  ])(
    'for %s is its golden file, fits its columns, and passes its tests',
    async (name, packets, words) => {
      const capture = smallCapture(`${name}.pcap`, packets);
      const { code, stdout } = await sluice('init', capture, ...words);
      expect(code).toBe(0);
      await expect(stdout).toMatchFileSnapshot(`../../golden/init/${name}.yaml`);
      expect(stdout.split('\n').filter((line) => line.length > 100)).toEqual([]);
      const file = `${capture}.yaml`;
      writeFileSync(file, stdout);
      expect((await sluice('test', file)).code).toBe(0);
      expect((await sluice('init', capture, ...words)).stdout).toBe(stdout);
    },
  );

  it('can have its commented flows and tests taken in, comment by comment', async () => {
    const capture = smallCapture('taken-in.pcap', flat);
    const { stdout } = await sluice('init', capture);
    const lines = stdout.split('\n').map((line) => line.replace(COMMENTED, '  $1'));
    const permitted = (await sluice('init', capture, '--permit')).stdout.split('\n');
    const entries = (text: string[]) => text.filter((line) => !/^ *#|^$/.test(line));
    expect(entries(lines)).toEqual(entries(permitted));
  });

  it('carries every packet between its zones', async () => {
    for (const [name, packets] of [
      ['flat', flat],
      ['routed', routed],
    ] as const) {
      const capture = smallCapture(`${name}.pcap`, packets);
      const file = `${capture}.yaml`;
      writeFileSync(file, (await sluice('init', capture, '--permit')).stdout);
      const report = await replayJson([capture, '--config', file]);
      const isCarried = (packet: SmallPacket) => !/^arp|239/.test(String(packet));
      expect(report.transmitted - report.originated).toBe(packets.filter(isCarried).length);
      expect(report.drops).not.toHaveProperty('denied');
    }
    expect(readFileSync(smallCapture('x', flat)).length).toBeGreaterThan(24);
  });
});
