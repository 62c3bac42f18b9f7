import { describe, expect, it } from 'vitest';
import { loadSystem } from '../../config/system.ts';
import { complaints, scratchFolder } from './scratch-files.ts';

const scratch = scratchFolder();

function manifest(name: string, text: string): void {
  const head = `name: ${name}\nversion: 1.0.0\nsummary: A module.\nlimits: { memory: 64 KiB, fuel-per-packet: 1000, fuel-per-message: 1000 }\n`;
  scratch.write(`modules/${name}/manifest.yaml`, head + text);
}

manifest(
  'route',
  `accepts: ip
outputs: { forward: ip, unreachable: { match: ip, reason: no-route } }
messages:
  receives:
    routes: [prefix: u32, length: u8, port: u8, nexthop: u32]
    odd: [prefix: u16, age: u8]
  sends: { refused: [prefix: u32] }
`,
);
manifest('asker', 'accepts: ip\noutputs: { on: ip }\nmessages: { sends: { ask: [port: u8] } }\n');
manifest('wide', 'accepts: arp\nmessages: { receives: { ask: [port: u16] } }\n');
manifest('good', 'accepts: arp\nmessages: { receives: { ask: [port: u8] } }\n');
manifest(
  'icmp',
  `places:
  local: { accepts: icmp, outputs: { reply: icmp } }
  errors: { accepts: ip, outputs: { error: icmp }, answers: icmp }
`,
);
manifest('broken', 'accepts: ip\nreads: [nothing]\n');

const MODULES = 'modules: { route: modules/route, icmp: modules/icmp }\nlinks:\n';

function load(text: string) {
  return loadSystem(scratch.write('s.yaml', text));
}

function complaintsAbout(text: string): string[] {
  return complaints(scratch.folder, () => load(text));
}

describe('a system description', () => {
  it('gives links with their rules in file order, absolute folders and manifests', () => {
    const system = load(`${MODULES}  wire:
    ip and to-router: local
    ip: route
  route.forward: policy
messages: { route.routes: $routes, route.refused: console }
`);
    expect(system.modules.map(({ name, path }) => [name, path])).toEqual([
      ['route', `${scratch.folder}/modules/route`],
      ['icmp', `${scratch.folder}/modules/icmp`],
    ]);
    expect(system.modules[1]!.manifest.places.map(({ name }) => name)).toEqual(['local', 'errors']);
    expect(system.links.map(({ from }) => from)).toEqual(['wire', 'route.forward']);
    expect(system.links[0]!.rules.map(({ match, ...rest }) => [match !== null, rest])).toEqual([
      [true, { matchText: 'ip and to-router', to: 'local', line: 4, column: 5 }],
      [true, { matchText: 'ip', to: 'route', line: 5, column: 5 }],
    ]);
    expect(system.links[1]!.rules).toEqual([
      { match: null, matchText: '', to: 'policy', line: 6, column: 18 },
    ]);
    expect(system.messages).toEqual([
      { from: 'route.routes', to: '$routes' },
      { from: 'route.refused', to: 'console' },
    ]);
  });

  it('may lead frames that modules make back to the start', () => {
    const links = '  wire: route\n  route.unreachable: icmp.errors\n  icmp.errors.error: route\n';
    expect(complaintsAbout(MODULES + links)).toEqual([]);
  });
});

describe('a mistake in a system description is told with its place and what to do', () => {
  const TWO =
    'modules: { asker: modules/asker, good: modules/good, wide: modules/wide }\nlinks: {}\n';
  const ROUTE = 'modules: { route: modules/route }\nlinks: {}\n';
  const cases: [string, string, string[]][] = [
    [
      'a module without a manifest',
      'modules: { nat: modules/nat }\nlinks: { wire: nat }\n',
      [
        's.yaml:1:17: CONFIG_NOT_FOUND manifest modules/nat/manifest.yaml no such file; the folder is relative to this file',
      ],
    ],
    [
      "a manifest's own mistakes, and nothing of links to it",
      'modules: { broken: modules/broken }\nlinks: { wire: broken }\n',
      ['modules/broken/manifest.yaml:6:9: CONFIG_COLUMN there is no column "nothing"; known are'],
    ],
    [
      'a module named like a kernel node',
      'modules: { policy: modules/asker }\nlinks: {}\n',
      ['s.yaml:1:12: CONFIG_RESERVED "policy" is a node of the kernel; name the module otherwise'],
    ],
    [
      'a link from nowhere',
      `${MODULES}  route.foward: policy\n`,
      ['s.yaml:3:3: CONFIG_LINK there is no output "route.foward"; did you mean "route.forward"?'],
    ],
    [
      'a link from a module that is not there',
      `${MODULES}  nat.in.done: policy\n`,
      [
        's.yaml:3:3: CONFIG_LINK there is no output "nat.in.done"; its module is not in this system',
      ],
    ],
    [
      'a link to nowhere',
      `${MODULES}  wire: { ip: polcy }\n`,
      ['s.yaml:3:15: CONFIG_LINK there is no place or kernel node "polcy"; did you mean "policy"?'],
    ],
    [
      'a link to a module of several places',
      `${MODULES}  wire: icmp\n`,
      [
        's.yaml:3:9: CONFIG_LINK there is no place or kernel node "icmp"; its places: icmp.local, icmp.errors',
      ],
    ],
    [
      'a rule that is no match',
      `${MODULES}  wire:\n    ip and wibble: route\n`,
      ['s.yaml:4:12: CONFIG_MATCH unexpected "wibble"; see docs/match-language.md'],
    ],
    [
      'a cycle',
      `${MODULES}  wire: route\n  route.forward: policy\n  policy.permitted: icmp.local\n  icmp.local.reply: route\n`,
      [
        's.yaml:6:3: CONFIG_CYCLE packets would go round: route -> policy -> icmp.local -> route; links must lead onward: break it at one of these',
      ],
    ],
    [
      'a message of no module',
      `${ROUTE}messages: { rout.routes: $routes }\n`,
      [
        's.yaml:3:13: CONFIG_MESSAGE "rout.routes" is no message of a module; did you mean "route"?',
      ],
    ],
    [
      'a message that is not received',
      `${ROUTE}messages: { route.refused: $routes }\n`,
      [
        's.yaml:3:13: CONFIG_MESSAGE module route does not receive "refused"; known here: routes, odd',
      ],
    ],
    [
      'a message that is not sent',
      `${ROUTE}messages: { route.routes: console }\n`,
      ['s.yaml:3:13: CONFIG_MESSAGE module route does not send "routes"; known here: refused'],
    ],
    [
      'an unknown source',
      `${ROUTE}messages: { route.routes: $route }\n`,
      ['s.yaml:3:27: CONFIG_MESSAGE there is no configuration "$route"; did you mean "$routes"?'],
    ],
    [
      'fields that the source has not or that do not fit',
      `${ROUTE}messages: { route.odd: $routes }\n`,
      [
        's.yaml:3:24: CONFIG_MESSAGE field "prefix" of $routes does not fit u16; declare it u32',
        's.yaml:3:24: CONFIG_MESSAGE $routes has no field "age" of message odd; known here: prefix, length, port, nexthop',
      ],
    ],
    [
      'a receiver that is not there',
      `${TWO}messages: { asker.ask: arp }\n`,
      [
        's.yaml:3:24: CONFIG_MESSAGE there is no module "arp" to receive it; known here: asker, good, wide, console, $routes, $neighbors, $links, $pings, $interfaces',
      ],
    ],
    [
      'a receiver that declares other fields',
      `${TWO}messages: { asker.ask: wide }\n`,
      [
        's.yaml:3:24: CONFIG_MESSAGE wide receives [port: u16], but [port: u8] is sent; declare the same fields in both manifests',
      ],
    ],
    [
      'a receiver that does not declare the message',
      `${TWO}messages: { asker.ask: asker }\n`,
      [
        's.yaml:3:24: CONFIG_MESSAGE module asker does not receive "ask"; declare it under messages.receives in its manifest',
      ],
    ],
  ];

  it.each(cases)('%s', (_, text, expected) => {
    const found = complaintsAbout(text).map((line) => line.replace(/(known are).*/, '$1'));
    expect(found).toEqual(expected);
  });

  it('the right receiver is no mistake', () => {
    expect(complaintsAbout(`${TWO}messages: { asker.ask: good }\n`)).toEqual([]);
  });
});
