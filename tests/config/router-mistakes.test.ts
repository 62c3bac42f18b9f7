// A data table of mistakes, so it may be long.
import { describe, expect, it } from 'vitest';
import { loadRouter } from '../../config/router.ts';
import { complaints, scratchFolder } from './scratch-files.ts';

const scratch = scratchFolder();
scratch.write('boards/b.yaml', 'name: b\nports: { eth0: {}, eth1: {}, eth2: {} }\n');

/** Lines 1 to 4 of every case; what is tested begins in line 5. */
const HEAD = `board: boards/b.yaml
interfaces:
  lan0: { port: eth0, zone: office, address: 10.1.0.1/24 }
  wan0: { port: eth1, zone: internet, address: 203.0.113.2/30 }
`;

let count = 0;
function complaintsAbout(text: string): string[] {
  const name = `routers/r${count++}.yaml`;
  const path = scratch.write(name, text);
  return complaints(scratch.folder, () => loadRouter(path)).map((line) =>
    line.replaceAll(name, 'r.yaml'),
  );
}

describe('a mistake in a router file is told with its place and what to do', () => {
  const cases: [string, string, string[]][] = [
    [
      'an unknown key',
      `${HEAD}flow: []\n`,
      ['r.yaml:5:1: CONFIG_UNKNOWN_KEY "flow"; did you mean "flows"?'],
    ],
    [
      'an unknown key deep inside',
      `${HEAD}routes:\n  - { to: 0.0.0.0/0, via: 203.0.113.1, metrik: 3 }\n`,
      ['r.yaml:6:40: CONFIG_UNKNOWN_KEY "metrik"; known here: to, via, interface'],
    ],
    [
      'a key of the future',
      `${HEAD}nat: {}\nguard: {}\n`,
      [
        'r.yaml:5:1: CONFIG_NOT_YET "nat": address translation does not work yet; leave it out: nothing would enforce it',
        'r.yaml:6:1: CONFIG_NOT_YET "guard": guarding of industrial protocols does not work yet; leave it out: nothing would enforce it',
      ],
    ],
    [
      'a missing key',
      HEAD.replace('zone: office, ', ''),
      ['r.yaml:3:9: CONFIG_REQUIRED missing "zone"; add it'],
    ],
    [
      'a value of the wrong type',
      `${HEAD}flows: none\n`,
      ['r.yaml:5:8: CONFIG_TYPE flows: expected a list, found text'],
    ],
    [
      'a number out of range',
      HEAD.replace('/24', '/24, mtu: 60'),
      ['r.yaml:3:64: CONFIG_RANGE interfaces.lan0.mtu: must be at least 68'],
    ],
    [
      'an address that is none',
      HEAD.replace('10.1.0.1/24', '10.1.0.300/24'),
      [
        'r.yaml:3:46: CONFIG_VALUE interfaces.lan0.address: "10.1.0.300/24" is not an IPv4 address with a prefix length, such as 10.1.0.0/24',
      ],
    ],
    [
      'an interface name that is none',
      HEAD.replace('lan0', 'LAN 0'),
      [
        'r.yaml:3:3: CONFIG_NAME an interface\'s name is lower-case letters, digits and "-", from a letter, at most 31',
      ],
    ],
    [
      'an unknown port',
      HEAD.replace('eth1', 'eth7'),
      ['r.yaml:4:17: CONFIG_UNKNOWN_PORT board b has no port "eth7"; did you mean "eth0"?'],
    ],
    [
      'a value with a YAML tag',
      HEAD.replace('{ port: eth0, zone: office, address: 10.1.0.1/24 }', '!!binary aGVsbG8='),
      ['r.yaml:3:9: CONFIG_YAML Unresolved tag: tag:yaml.org,2002:binary'],
    ],
    [
      'a second document',
      `${HEAD}---\nboard: b\n`,
      ['r.yaml:5:1: CONFIG_YAML a second document begins here; keep one in a file'],
    ],
    [
      'a set instead of a map',
      HEAD.replace('interfaces:', 'interfaces: !!set'),
      ['r.yaml:2:13: CONFIG_YAML Unresolved tag: tag:yaml.org,2002:set'],
    ],
    [
      'an unknown board',
      HEAD.replace('boards/b', 'boards/x'),
      [
        'r.yaml:1:8: CONFIG_NOT_FOUND there is no board "boards/x.yaml"; name one that comes with Sluice (eight-port, four-port, three-port, two-port), or a file beside this one',
      ],
    ],
    [
      'no board',
      HEAD.replace('board: boards/b.yaml', '#'),
      ['r.yaml:2:1: CONFIG_REQUIRED missing "board"; add it, e.g. board: three-port'],
    ],
    [
      'no interface',
      'board: boards/b.yaml\ninterfaces: {}\n',
      [
        'r.yaml:2:13: CONFIG_REQUIRED the router has no interface; add one, e.g. lan0: { port: eth0, zone: office, address: 10.1.0.1/24 }',
      ],
    ],
    [
      'two interfaces on one port',
      HEAD.replace('eth1', 'eth0'),
      [
        'r.yaml:4:17: CONFIG_DUPLICATE port eth0 already has interface lan0; a port has one interface',
      ],
    ],
    [
      'overlapping subnets',
      HEAD.replace('203.0.113.2/30', '10.1.0.130/25'),
      [
        'r.yaml:4:48: CONFIG_OVERLAP subnet 10.1.0.128/25 overlaps 10.1.0.0/24 of lan0; give each interface a subnet of its own, e.g. one of 10.1.1.0/25',
      ],
    ],
    [
      'the network address',
      HEAD.replace('10.1.0.1/', '10.1.0.0/'),
      [
        "r.yaml:3:46: CONFIG_ADDRESS 10.1.0.0 is the subnet's network address, which no interface can have; give it an address of a host on its subnet",
      ],
    ],
    [
      'the broadcast address',
      HEAD.replace('10.1.0.1/', '10.1.0.255/'),
      [
        "r.yaml:3:46: CONFIG_ADDRESS 10.1.0.255 is the subnet's broadcast address, which no interface can have; give it an address of a host on its subnet",
      ],
    ],
    [
      'a martian address',
      HEAD.replace('10.1.0.1/', '127.0.0.1/'),
      [
        'r.yaml:3:46: CONFIG_ADDRESS 127.0.0.1 is a loopback address, which no interface can have; give it an address of a host on its subnet',
      ],
    ],
    [
      'a subnet of everything',
      HEAD.replace('10.1.0.1/24', '10.1.0.1/0'),
      [
        'r.yaml:3:46: CONFIG_ADDRESS 10.1.0.1/0 would make every address a neighbour; give the length of the subnet, e.g. /24',
      ],
    ],
    [
      'the reserved zone',
      HEAD.replace('office', 'router'),
      [
        'r.yaml:3:29: CONFIG_RESERVED "router" is the router itself, not a zone of interfaces; name the zone otherwise',
      ],
    ],
    [
      'a zone that matches could not name',
      HEAD.replace('office', 'tcp'),
      [
        'r.yaml:3:29: CONFIG_RESERVED "tcp" is a word of the match language; name the zone otherwise',
      ],
    ],
    [
      'a next router that is nowhere near',
      `${HEAD}routes:\n  - { to: 0.0.0.0/0, via: 192.0.2.1 }\n`,
      [
        'r.yaml:6:27: CONFIG_VIA via 192.0.2.1 is on no subnet of an interface; these are: 10.1.0.0/24 (lan0), 203.0.113.0/30 (wan0)',
      ],
    ],
    [
      'a next router that is this one',
      `${HEAD}routes:\n  - { to: 0.0.0.0/0, via: 203.0.113.2 }\n`,
      [
        'r.yaml:6:27: CONFIG_VIA via 203.0.113.2 is the address of wan0 itself; give the address of the next router',
      ],
    ],
    [
      'a next router that is a broadcast',
      `${HEAD}routes:\n  - { to: 0.0.0.0/0, via: 203.0.113.3 }\n`,
      [
        "r.yaml:6:27: CONFIG_VIA via 203.0.113.3 is the subnet's broadcast address; give the address of the next router",
      ],
    ],
    [
      'a route twice',
      `${HEAD}routes:\n  - { to: 192.0.2.0/24, via: 203.0.113.1 }\n  - { to: 192.0.2.0/24, via: 10.1.0.9 }\n`,
      [
        'r.yaml:7:11: CONFIG_DUPLICATE 192.0.2.0/24 is the destination of route 1 already; leave one of them out',
      ],
    ],
    [
      'a route to a connected subnet',
      `${HEAD}routes:\n  - { to: 10.1.0.0/24, via: 203.0.113.1 }\n`,
      [
        'r.yaml:6:11: CONFIG_DUPLICATE 10.1.0.0/24 is the subnet of lan0 already; leave one of them out',
      ],
    ],
    [
      'a route with host bits',
      `${HEAD}routes:\n  - { to: 192.0.2.7/24, via: 203.0.113.1 }\n`,
      [
        'r.yaml:6:11: CONFIG_ADDRESS 192.0.2.7/24 has bits set beyond its length; write 192.0.2.0/24',
      ],
    ],
    [
      'a route to nowhere',
      `${HEAD}routes:\n  - { to: 127.0.0.0/8, via: 203.0.113.1 }\n`,
      [
        'r.yaml:6:11: CONFIG_ADDRESS 127.0.0.0/8 is a loopback address: nothing is ever forwarded there; leave it out',
      ],
    ],
    [
      'a flow name twice',
      `${HEAD}flows:\n  - { name: f, from: office, to: internet }\n  - { name: f, from: internet, to: office }\n`,
      [
        'r.yaml:7:13: CONFIG_DUPLICATE flow "f" stands in line 6 already; give it a name of its own',
      ],
    ],
    [
      'an empty flow name',
      `${HEAD}flows:\n  - { name: "", from: office, to: internet }\n`,
      [
        'r.yaml:6:13: CONFIG_VALUE flows.0.name: a name is one line of printable characters, without blanks at its ends',
      ],
    ],
    [
      'a flow named like a drop reason',
      `${HEAD}flows:\n  - { name: denied, from: office, to: internet }\n`,
      ['r.yaml:6:13: CONFIG_RESERVED "denied" is a drop reason; name the flow otherwise'],
    ],
    [
      'an unknown zone',
      `${HEAD}flows:\n  - { name: f, from: ofice, to: plant }\n`,
      [
        'r.yaml:6:22: CONFIG_ZONE no interface is in zone "ofice"; did you mean "office"?',
        'r.yaml:6:33: CONFIG_ZONE no interface is in zone "plant"; known here: office, internet',
      ],
    ],
    [
      'a flow of the router with itself',
      `${HEAD}flows:\n  - { name: f, from: router, to: router }\n`,
      [
        'r.yaml:6:34: CONFIG_ZONE a flow from the router to the router never reaches a wire; name a zone in one of them',
      ],
    ],
    [
      'an unknown zone inside a match',
      `${HEAD}flows:\n  - { name: f, from: office, to: internet, match: "tcp and zone plant" }\n`,
      ['r.yaml:6:65: CONFIG_ZONE no interface is in zone "plant"; known here: office, internet'],
    ],
    [
      'a packet that is none',
      `${HEAD}tests:\n  - packet: tcp 10.1.0.2:4000 < 10.1.0.3:80\n    expect: denied\n`,
      [
        'r.yaml:6:31: CONFIG_PACKET expected ">", found "<"; write e.g. tcp 10.1.0.20:4000 > 10.2.0.7:502',
      ],
    ],
    [
      'an expectation of nothing known',
      `${HEAD}tests:\n  - packet: icmp 10.1.0.2 > 10.1.0.1\n    expect: refused\n`,
      [
        'r.yaml:7:13: CONFIG_EXPECT "refused" is neither a flow, nor "denied", nor a drop reason; drop reasons: docs/drop-reasons.md',
      ],
    ],
    [
      'a test on a port that does not exist',
      `${HEAD}tests:\n  - packet: icmp 10.1.0.2 > 10.1.0.1\n    in: eth9\n    expect: denied\n`,
      ['r.yaml:7:9: CONFIG_UNKNOWN_PORT board b has no port "eth9"; did you mean "eth0"?'],
    ],
    ['a key twice', `${HEAD}board: x\n`, ['r.yaml:5:1: CONFIG_YAML Map keys must be unique']],
    [
      'an unclosed list',
      `${HEAD}routes: [\n`,
      [
        'r.yaml:6:1: CONFIG_YAML Flow sequence in block collection must be sufficiently indented and end with a ]',
      ],
    ],
    ['an empty file', '', ['r.yaml:1:1: CONFIG_TYPE expected a map, found nothing']],
  ];

  it.each(cases)('%s', (_, text, expected) => {
    expect(complaintsAbout(text)).toEqual(expected);
  });

  it('a match, at the word that is wrong, whatever the quoting', () => {
    const flow = (match: string) =>
      `${HEAD}flows:\n  - name: f\n    from: office\n    to: internet\n    match: ${match}\n`;
    const place = (match: string) =>
      /^r\.yaml:\d+:\d+: \w+/.exec(complaintsAbout(flow(match))[0]!)?.[0];
    expect(place('tcp and wibble')).toBe('r.yaml:9:20: CONFIG_MATCH');
    expect(place('"tcp and wibble"')).toBe('r.yaml:9:21: CONFIG_MATCH');
    expect(place("'tcp and wibble'")).toBe('r.yaml:9:21: CONFIG_MATCH');
    expect(place('tcp and\n      wibble')).toBe('r.yaml:10:7: CONFIG_MATCH');
    expect(place('>-\n      tcp and\n      udp and wibble')).toBe('r.yaml:11:15: CONFIG_MATCH');
    expect(place('|\n      tcp\n        and wibble')).toBe('r.yaml:11:13: CONFIG_MATCH');
  });

  it('all of them at once, in file order, those of other entries too', () => {
    const text = `${HEAD.replace('eth0', 'eth9')}options: { tcp-pikup: true }
flows:
  - { name: f, from: office, to: 7 }
  - { name: g, from: mars, to: office, match: tcp tcp }
tests:
  - { packet: nonsense, expect: denied }
`;
    expect(complaintsAbout(text).map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual([
      'r.yaml:3:17: CONFIG_UNKNOWN_PORT',
      'r.yaml:5:12: CONFIG_UNKNOWN_KEY',
      'r.yaml:7:34: CONFIG_TYPE',
      'r.yaml:8:22: CONFIG_ZONE',
      'r.yaml:8:51: CONFIG_MATCH',
      'r.yaml:10:15: CONFIG_PACKET',
    ]);
  });

  it("its board's mistakes too, under the board's name", () => {
    scratch.write('boards/bad.yaml', 'name: bad\nports: { eth0: { mac: 01:00:00:00:00:01 } }\n');
    expect(complaintsAbout(HEAD.replace('boards/b', 'boards/bad'))).toEqual([
      'boards/bad.yaml:2:23: CONFIG_VALUE 01:00:00:00:00:01 cannot be the address of a port; its first byte must be even, and not all be 0',
    ]);
  });

  it('a file that is not there', () => {
    const path = `${scratch.folder}/nowhere.yaml`;
    expect(complaints(scratch.folder, () => loadRouter(path))).toEqual([
      'nowhere.yaml:1:1: CONFIG_READ no such file; check the path',
    ]);
  });

  it('more than 32 interfaces', () => {
    let text = 'board: boards/b.yaml\ninterfaces:\n';
    for (let index = 0; index < 33; index++) {
      text += `  i${index}: { port: eth0, zone: z, address: 10.0.${index}.1/24 }\n`;
    }
    expect(complaintsAbout(text)).toContain(
      'r.yaml:3:3: CONFIG_LIMIT 33 interfaces; a router has at most 32; use a second router',
    );
  });

  it('more flows than the limit', () => {
    const flow = '  - { name: a, from: office, to: office }\n';
    expect(complaintsAbout(`${HEAD}flows:\n${flow.repeat(16_385)}`)[0]).toBe(
      'r.yaml:6:3: CONFIG_LIMIT flows: must have at most 16384 entries',
    );
  });
});
