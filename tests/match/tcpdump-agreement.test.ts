import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileMatch } from '../../netstack/match/compile.ts';
import { parseMatch } from '../../netstack/match/parse.ts';
import { isLong } from '../project/is-long.ts';
import { bindings, frame, libpcapMatch } from './arbitraries.ts';
import { captureFrames, captureNames, capturesMissing } from './captures.ts';
import { framePoint } from './frame-point.ts';
import { libpcapFilter, tcpdumpMissing } from './tcpdump.ts';

const OVER_CAPTURES = [
  ...['ip', 'ip6', 'arp', 'tcp', 'udp', 'sctp', 'icmp', 'icmp6', 'igmp', 'esp', 'ah', 'pim'],
  ...['vrrp', 'rarp', 'ip proto 47', 'ip6 proto 17', 'proto 89', 'ether proto 0x88cc', 'net 10'],
  ...['port 502', 'tcp dst port 102', 'udp port 53 or 67 or 161', 'src portrange 1024-65535'],
  ...['net 192.168', 'src net 172.16.0.0 mask 255.240.0.0', 'dst net 224.0.0.0/4', 'arp net 10'],
  ...['src and dst net 192.168.0.0/16', 'not (tcp port 502 or 20000) and ip', 'sctp port 2905'],
  ...['ip host 192.168.1.1 or 10.0.0.1', 'tcp and not port 80 or 443', 'net fe80::/10'],
  ...['dst host ff02::1', 'ip6 src net 2001:db8::/32 or tcp', 'port 53 and ip6'],
];

describe.skipIf(tcpdumpMissing !== null)(`libpcap ${tcpdumpMissing ?? ''}`, () => {
  it('agrees on generated matches over generated IPv4, ARP and RARP frames', () => {
    let accepted = 0;
    let rejected = 0;
    const property = fc.property(
      libpcapMatch,
      fc.array(frame, { minLength: 40, maxLength: 60 }),
      (text, frames) => {
        const libpcap = libpcapFilter(text);
        expect(libpcap, `libpcap refuses ${text}`).not.toBeNull();
        const matches = compileMatch(parseMatch(text), bindings);
        for (const bytes of frames) {
          const point = framePoint(bytes)!;
          const answer = matches(point);
          if (answer) accepted++;
          else rejected++;
          if (answer !== libpcap!(bytes)) {
            expect.fail(`${text}: ${answer} ${JSON.stringify({ ...point, src6: 0, dst6: 0 })}`);
          }
        }
      },
    );
    fc.assert(property, { seed: 20_160_401, numRuns: isLong ? 2500 : 100 });
    expect(Math.min(accepted, rejected)).toBeGreaterThan(1000);
  }, 300_000);

  it.skipIf(capturesMissing !== null)(
    `agrees over every frame of the shared captures that parses ${capturesMissing ?? ''}`,
    () => {
      const frames = captureNames().flatMap(captureFrames);
      const parsed = frames
        .map((bytes) => ({ bytes, point: framePoint(bytes) }))
        .filter(({ point }) => point !== null);
      expect(parsed.length).toBeGreaterThan(10_000);
      let accepted = 0;
      for (const text of OVER_CAPTURES) {
        const libpcap = libpcapFilter(text)!;
        const matches = compileMatch(parseMatch(text), bindings);
        const answers = parsed.map(({ point }) => matches(point!));
        const wrong = parsed.filter(({ bytes }, i) => answers[i] !== libpcap(bytes));
        expect(wrong.slice(0, 3), text).toEqual([]);
        accepted += answers.filter((answer) => answer).length;
      }
      expect(accepted).toBeGreaterThan(10_000);
    },
    60_000,
  );
});
