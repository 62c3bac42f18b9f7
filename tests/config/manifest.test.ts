import { describe, expect, it } from 'vitest';
import { loadManifest } from '../../config/manifest.ts';
import { complaints, scratchFolder } from './scratch-files.ts';

const scratch = scratchFolder();

/** Lines 1 to 4 of every case; what is tested begins in line 5. */
const HEAD = `name: m
version: 1.0.0
summary: A module.
limits: { memory: 1 MiB, fuel-per-packet: 1000, fuel-per-message: 1000 }
`;

function load(text: string) {
  return loadManifest(scratch.write('m.yaml', text));
}

function complaintsAbout(text: string): string[] {
  return complaints(scratch.folder, () => load(text));
}

describe('a manifest', () => {
  it('with its keys at the top level has one place without a name', () => {
    const manifest = load(`${HEAD}accepts: ip
reads: [meta.ingress, ipv4.src, "payload[28]", "frame[64]"]
writes: { eth.dst: any, ipv4.ttl: 64, l4.sport: [2000-3000, 1024-1999, 80], ipv4.src: $addresses }
outputs: { on: ip, off: { match: tcp, reason: no-route } }
answers: icmp
originates: { match: arp, ports: [eth0], per-second: 100 }
holds: true
drops: [gone]
`);
    expect(manifest.limits).toEqual({
      memory: 1_048_576,
      fuelPerPacket: 1000,
      fuelPerTick: 0,
      fuelPerMessage: 1000,
    });
    expect(manifest.drops).toEqual(['gone']);
    const [place, ...others] = manifest.places;
    expect(others).toEqual([]);
    expect(place).toMatchObject({
      name: '',
      acceptsText: 'ip',
      reads: [
        { column: 'meta.ingress', size: 1 },
        { column: 'ipv4.src', size: 4 },
        { column: 'payload', size: 28 },
        { column: 'frame', size: 64 },
      ],
      writes: [
        { column: 'eth.dst', range: { kind: 'any' } },
        { column: 'ipv4.ttl', range: { kind: 'values', intervals: [[64, 64]] } },
        {
          column: 'l4.sport',
          range: {
            kind: 'values',
            intervals: [
              [80, 80],
              [1024, 3000],
            ],
          },
        },
        { column: 'ipv4.src', range: { kind: 'bound', name: '$addresses' } },
      ],
      answers: { text: 'icmp' },
      originates: { text: 'arp', ports: ['eth0'], perSecond: 100 },
      consumes: false,
      holds: true,
    });
    expect(place!.outputs.map(({ name, matchText, reason }) => [name, matchText, reason])).toEqual([
      ['on', 'ip', undefined],
      ['off', 'tcp', 'no-route'],
    ]);
  });

  it('may have several places and fuel', () => {
    const manifest =
      load(`${HEAD.replace('1 MiB, fuel-per-packet: 1000, fuel-per-message: 1000', '64 KiB, fuel-per-packet: 500, fuel-per-tick: 9')}places:
  in: { accepts: ip }
  out: { accepts: tcp }
`);
    expect(manifest.places.map(({ name }) => name)).toEqual(['in', 'out']);
    expect(manifest.limits).toMatchObject({ memory: 65_536, fuelPerPacket: 500, fuelPerTick: 9 });
  });

  it('lays records out by natural alignment, padded to the largest', () => {
    const { messages } = load(`${HEAD}accepts: ip
messages:
  receives: { learned: [port: u8, address: u32, mac: u64, solicited: u8] }
  sends: { small: [a: u8, b: u16, c: u8] }
`);
    expect(messages.receives).toEqual([
      {
        name: 'learned',
        fields: [
          { name: 'port', type: 'u8', offset: 0 },
          { name: 'address', type: 'u32', offset: 4 },
          { name: 'mac', type: 'u64', offset: 8 },
          { name: 'solicited', type: 'u8', offset: 16 },
        ],
        size: 24,
      },
    ]);
    expect(messages.sends[0]).toMatchObject({ size: 6 });
  });
});

describe('a mistake in a manifest is told with its place and what to do', () => {
  const IP = `${HEAD}accepts: ip\n`;
  const cases: [string, string, string[]][] = [
    ['no accepts', HEAD, ['m.yaml:1:1: CONFIG_REQUIRED missing "accepts"; add it, or places']],
    [
      'an unknown key',
      `${IP}write: {}\n`,
      ['m.yaml:6:1: CONFIG_UNKNOWN_KEY "write"; did you mean "writes"?'],
    ],
    [
      'an unknown key inside a place',
      `${HEAD}places:\n  in:\n    accept: ip\n`,
      [
        'm.yaml:7:5: CONFIG_REQUIRED missing "accepts"; add it',
        'm.yaml:7:5: CONFIG_UNKNOWN_KEY "accept"; did you mean "accepts"?',
      ],
    ],
    [
      'an unknown key inside an output',
      `${IP}outputs: { on: { match: ip, reson: no-route } }\n`,
      ['m.yaml:6:29: CONFIG_UNKNOWN_KEY "reson"; did you mean "reason"?'],
    ],
    [
      'keys of a place beside places',
      `${IP}places: { in: { accepts: ip } }\n`,
      ['m.yaml:5:1: CONFIG_CONFLICT "accepts" stands beside "places"; move it into a place'],
    ],
    [
      'no place at all',
      `${HEAD}places: {}\n`,
      ['m.yaml:5:9: CONFIG_REQUIRED there is no place; add one'],
    ],
    [
      'a match',
      `${IP}outputs: { on: ip and wibble }\n`,
      ['m.yaml:6:23: CONFIG_MATCH unexpected "wibble"; see docs/match-language.md'],
    ],
    [
      'an unknown column read',
      `${IP}reads: [ipv4.source]\n`,
      ['m.yaml:6:9: CONFIG_COLUMN there is no column "ipv4.source"; did you mean "ipv4.src"?'],
    ],
    [
      'a column read twice',
      `${IP}reads: [ipv4.src, ipv4.src]\n`,
      ['m.yaml:6:19: CONFIG_DUPLICATE column ipv4.src is read twice; leave one out'],
    ],
    [
      'a window that is not last',
      `${IP}reads: ["payload[8]", ipv4.src]\n`,
      [
        'm.yaml:6:23: CONFIG_ORDER column ipv4.src comes after a window; put payload[N] and frame[N] last',
      ],
    ],
    [
      'a window without a length',
      `${IP}reads: [payload]\n`,
      [
        'm.yaml:6:9: CONFIG_COLUMN window payload has no length from 1 to 128; write e.g. payload[64]',
      ],
    ],
    [
      'a window too long',
      `${IP}reads: ["frame[129]"]\n`,
      [
        'm.yaml:6:9: CONFIG_COLUMN window frame[129] has no length from 1 to 128; write e.g. frame[64]',
      ],
    ],
    [
      'a length where there is none',
      `${IP}reads: ["ipv4.src[4]"]\n`,
      ['m.yaml:6:9: CONFIG_COLUMN column ipv4.src has no length; write ipv4.src'],
    ],
    [
      'a write that nobody may do',
      `${IP}writes: { eth.src: any }\n`,
      [
        'm.yaml:6:11: CONFIG_COLUMN column eth.src cannot be written; these can: meta.egress, ipv4.ttl, ipv4.dscp, icmp.type, icmp.code, vlan.id, l4.sport, l4.dport, ipv4.src, ipv4.dst, meta.nexthop, eth.dst, quoted.ipv4.src, quoted.ipv4.dst, quoted.ipv4.proto, quoted.l4.sport, quoted.l4.dport',
      ],
    ],
    [
      'a value beyond the column',
      `${IP}writes: { ipv4.ttl: 1-256 }\n`,
      [
        'm.yaml:6:21: CONFIG_RANGE 256 is beyond 255, the greatest value of ipv4.ttl; write any for all of them',
      ],
    ],
    [
      'an empty range',
      `${IP}writes: { l4.dport: [80, 9-7] }\n`,
      ['m.yaml:6:26: CONFIG_RANGE range 9-7 is empty; write 7-9'],
    ],
    [
      'a range that is none',
      `${IP}writes: { l4.dport: -1 }\n`,
      [
        'm.yaml:6:21: CONFIG_RANGE "-1" is not a range of numbers; write any, 7, 1024-65535, or a list of these',
      ],
    ],
    [
      'an unknown bound',
      `${IP}writes: { ipv4.src: $adresses }\n`,
      ['m.yaml:6:21: CONFIG_RANGE "$adresses" is bound to nothing; did you mean "$addresses"?'],
    ],
    [
      'addresses where none fit',
      `${IP}writes: { l4.sport: $addresses }\n`,
      ['m.yaml:6:21: CONFIG_RANGE column l4.sport holds no IPv4 address; write a range'],
    ],
    [
      'nine writes',
      `${IP}writes: { meta.egress: 1, meta.nexthop: 1, eth.dst: 1, vlan.id: 1, ipv4.src: 1, ipv4.dst: 1, ipv4.ttl: 1, ipv4.dscp: 1, l4.sport: 1 }\n`,
      ['m.yaml:6:9: CONFIG_LIMIT 9 writes; a place has at most 8; split the place in two'],
    ],
    [
      'an unknown drop reason of an output',
      `${IP}outputs: { off: { match: ip, reason: no-rout } }\n`,
      ['m.yaml:6:38: CONFIG_DROP there is no drop reason "no-rout"; did you mean "no-route"?'],
    ],
    [
      'answers without a way out',
      `${IP}answers: icmp\n`,
      [
        'm.yaml:6:1: CONFIG_REQUIRED "answers" without an output: a made frame has no way out; declare one in outputs',
      ],
    ],
    [
      'a drop twice',
      `${IP}drops: [gone, gone]\n`,
      ['m.yaml:6:15: CONFIG_DUPLICATE drop "gone" stands twice; leave one out'],
    ],
    [
      "a drop of the kernel's name",
      `${IP}drops: [denied, no-route]\n`,
      [
        'm.yaml:6:9: CONFIG_RESERVED "denied" is a drop reason of the kernel; name the drop otherwise',
        'm.yaml:6:17: CONFIG_RESERVED "no-route" is a drop reason of the kernel; name the drop otherwise',
      ],
    ],
    [
      'an unknown type of a field',
      `${IP}messages: { sends: { a: [x: u9] } }\n`,
      ['m.yaml:6:29: CONFIG_VALUE messages.sends.a.0.x: "u9" is not known; did you mean "u8"?'],
    ],
    [
      'a field twice',
      `${IP}messages: { sends: { a: [x: u8, x: u8] } }\n`,
      ['m.yaml:6:33: CONFIG_DUPLICATE field "x" stands twice; give it a name of its own'],
    ],
    [
      'two fields in one',
      `${IP}messages: { sends: { a: [{ x: u8, y: u8 }] } }\n`,
      [
        'm.yaml:6:26: CONFIG_VALUE a field is one name with its type, found 2; write e.g. [prefix: u32, length: u8]',
      ],
    ],
    [
      'memory that is no size',
      `${IP.replace('1 MiB', '1 MB')}`,
      ['m.yaml:4:19: CONFIG_VALUE memory: "1 MB" is not a size; write e.g. 8 MiB'],
    ],
    [
      'memory that is not in pages',
      `${IP.replace('1 MiB', '100000')}`,
      ['m.yaml:4:19: CONFIG_RANGE memory: 100000 bytes is not a multiple of 64 KiB; write 128 KiB'],
    ],
    [
      'more memory than there is',
      `${IP.replace('1 MiB', '2 GiB')}`,
      [
        'm.yaml:4:19: CONFIG_LIMIT memory: 2147483648 bytes; a module has at most 1 GiB; ask for less',
      ],
    ],
  ];

  it.each(cases)('%s', (_, text, expected) => {
    expect(complaintsAbout(text)).toEqual(expected);
  });

  it('a 64th output and a 64th drop', () => {
    const names = Array.from({ length: 64 }, (_, index) => `n${index}`);
    const outputs = names.map((name) => `${name}: ip`).join(', ');
    expect(complaintsAbout(`${IP}outputs: { ${outputs} }\n`)).toEqual([
      'm.yaml:6:10: CONFIG_LIMIT 64 outputs; a place has at most 63; merge some',
    ]);
    expect(complaintsAbout(`${IP}drops: [${names.join(', ')}]\n`)).toEqual([
      'm.yaml:6:8: CONFIG_LIMIT drops: must have at most 63 entries',
    ]);
    expect(complaintsAbout(`${IP}drops: [${names.slice(1).join(', ')}]\n`)).toEqual([]);
  });
});
