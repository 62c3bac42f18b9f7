import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { readColumns } from '../../netstack/columns.ts';
import { hasProgram } from '../project/has-program.ts';
import { readCapture } from './capture-frames.ts';
import { type TsharkFrame, tsharkColumns, tsharkFrames } from './tshark-columns.ts';

const folder = new URL('../../../shared/pcaps/', import.meta.url);

/** Each capture for something that the others do not have. */
const captures = [
  'ics/zeek_modbusSmall.pcap', //               Modbus over TCP
  'ics/iti_PROFINET-RT.pcap', //                not IP
  'ip/zeek_http-qinq-0.pcap', //                two tags
  'ip/zeek_mixed-vlan-mpls.pcap', //            tags and MPLS
  'ip/zeek_icmp-timeexceeded.pcap', //          ICMP errors that quote
  'ip/snabb_icmpv4-time-expired.pcap', //       and made by a router
  'ip/zeek_fragmented-3.pcap', //               fragments
  'ip/pcappp_ipv4-options.pcap', //             IPv4 options
  'ip/zeek_ip4-bad-chksum.pcap', //             a header checksum that is wrong
  'ip/arkime_sctp-www.pcap', //                 SCTP
  'ip/snabb_ipv4_and_ipv6_stick_imix.pcap', //  both versions
  'ip/zeek_ip6-route0-udp-good-chksum.pcap', // a routing header
  'ip/zeek_ipv6-fragmented-dns.pcap', //        IPv6 fragments
  'ip/tcpdump_OSPFv3_with_AH.pcap', //          an authentication header
  'ip/zeek_icmp6-nd-options.pcap', //           ICMPv6
  'ip/tcpdump_LLDP_and_CDP.pcap', //            an IEEE 802.3 length
];

const missing = !existsSync(folder)
  ? 'no shared captures here'
  : !hasProgram('tshark') || !hasProgram('mergecap')
    ? 'no tshark or mergecap'
    : null;

/** Reasons after which columns stay 0 that tshark still shows: it reads what it can. */
const cutShort = new Set(['l4-truncated', 'source-route', 'ipv4-options', 'ipv6-extension']);

describe.skipIf(missing !== null)(
  `tshark finds the same columns${missing ? ` (${missing})` : ''}`,
  () => {
    const ours = new Map<string, ReturnType<typeof readCapture>>();
    const found = new Map<string, TsharkFrame[]>();
    beforeAll(() => {
      // Captures that have another number of frames than we read are all out of step.
      const rest = tsharkFrames(captures.map((name) => fileURLToPath(new URL(name, folder))));
      for (const name of captures) {
        const frames = readCapture(new URL(name, folder));
        ours.set(name, frames);
        found.set(name, rest.splice(0, frames.length));
      }
      expect(rest).toEqual([]);
    });

    test.each(captures)('in %s', (name) => {
      const theirs = found.get(name)!.map(tsharkColumns);
      const frames = ours.get(name)!;
      expect(theirs.length).toBe(frames.length);
      let comparedCount = 0;
      frames.forEach(({ frame, wireSize }, index) => {
        const { reason, columns } = readColumns(frame);
        if (frame.length < wireSize || cutShort.has(reason ?? '')) return;
        const entries = Object.entries(columns).filter(([, value]) => Number(value) !== 0);
        expect(Object.fromEntries(entries), `frame ${index + 1}, ${reason}`).toEqual(theirs[index]);
        comparedCount++;
      });
      expect(comparedCount).toBeGreaterThan(0);
    });
  },
);
