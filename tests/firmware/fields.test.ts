import { describe, expect, it } from 'vitest';
import type { ColumnName } from '../../config/columns.ts';
import { buildEthernet } from '../../netstack/ethernet.ts';
import { buildIpv4 } from '../../netstack/ipv4.ts';
import { rewrite } from '../hostile/crime.ts';
import { type BoardUnderTest, boot } from './board-under-test.ts';
import { OPEN, routerYaml } from './configuration.ts';
import { icmpFrame, quoteOf } from './frames.ts';
import { puppetSystem } from './puppet.ts';
import { watModule } from './wat.ts';

const FROM = '10.1.0.20';
const TO = '10.2.0.7';
const LINKS = { wire: '{ ip: puppet, arp: puppet }', 'puppet.out': '{ ip: route, arp: arp }' };

/** A board whose puppet writes the column of every packet, whatever it is. */
async function bootWriter(column: ColumnName, width: 1 | 2 | 4): Promise<BoardUnderTest> {
  const keys = `accepts: ip or arp\nwrites: { ${column}: any }\noutputs: { out: ip or arp }`;
  const program = await watModule({ process: `(local $row i32) ${rewrite(width, 7)}` });
  const { firmware } = await puppetSystem(keys, LINKS, program);
  // Nobody answers: no packet but those of the test passes through the puppet.
  return boot(routerYaml(OPEN), { firmware, farSides: [] });
}

const SCTP = buildEthernet({
  ...{ destination: 0x020000000001, source: 0x020000000002, tags: [], type: 0x0800 },
  payload: buildIpv4({
    ...{ dscp: 0, ecn: 0, identification: 0, fragment: 0, ttl: 64, protocol: 132 },
    ...{ source: 0x0a010014, destination: 0x0a020007 },
    options: new Uint8Array(0),
    payload: new Uint8Array(24),
  }),
});

/** Packets by name: text, or a frame. */
function packets(board: BoardUnderTest): Record<string, Uint8Array> {
  const built = (text: string) => board.build(text).frame;
  const about = (text: string) =>
    icmpFrame(FROM, TO, { type: 3, code: 1, payload: quoteOf(built(text), 48) });
  return {
    udp: built(`udp ${FROM}:1 > ${TO}:2`),
    tcp: built(`tcp ${FROM}:1 > ${TO}:2`),
    sctp: SCTP,
    echo: built(`icmp ${FROM} > ${TO}`),
    'error about udp': about(`udp ${TO}:1 > ${FROM}:2`),
    'error about tcp': about(`tcp ${TO}:1 > ${FROM}:2`),
    'error about icmp': about(`icmp ${TO} > ${FROM}`),
    arp: board.build(`arp who-has ${TO} tell ${FROM}`, { in: 'eth1' }).frame,
  };
}

describe('a module that writes', () => {
  it.each([
    ['ipv4.ttl', 1, ['arp']],
    ['ipv4.dscp', 1, ['arp']],
    [
      'l4.dport',
      2,
      ['sctp', 'echo', 'error about udp', 'error about tcp', 'error about icmp', 'arp'],
    ],
    ['icmp.code', 1, ['udp', 'tcp', 'sctp', 'arp']],
    ['quoted.ipv4.src', 4, ['udp', 'tcp', 'sctp', 'echo', 'arp']],
    ['quoted.l4.dport', 2, ['udp', 'tcp', 'sctp', 'echo', 'error about icmp', 'arp']],
    ['vlan.id', 2, []],
  ] as const)('%s may do so where a packet has it', async (column, width, absent) => {
    const board = await bootWriter(column, width);
    const refused = Object.entries(packets(board)).filter(([, frame]) => {
      const { audit } = board.sendFrames([frame], 'eth1');
      return audit.some(({ violation }) => violation === 'absent-field');
    });
    expect(refused.map(([name]) => name)).toEqual(absent);
  });
});
