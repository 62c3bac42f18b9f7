/**
 * System descriptions for tests: the router's own modules and links, and what is put among them.
 */
import { relative } from 'node:path';
import { smallModuleFolder } from './small-router.ts';
import { writeBelow } from './write-below.ts';

const OWN = ['route', 'neighbor', 'arp', 'icmp'];

/** Where rules of a link go, as the file has them, by where they come from; '': there is none. */
export type Links = Readonly<Record<string, string>>;

const LINKS: Links = {
  wire: '{ arp: arp, ip and to-router: local, ip: route }',
  local: '{ icmp: icmp.local }',
  'icmp.local.reply': 'route',
  'route.forward': 'policy',
  'route.unreachable': 'icmp.errors',
  'policy.expired': 'icmp.errors',
  'policy.too-big': 'icmp.errors',
  'policy.permitted': 'neighbor',
  'neighbor.resolved': 'tx',
  'neighbor.unresolved': 'icmp.errors',
  'icmp.errors.error': 'route',
  'arp.answer': 'tx',
  'arp.request': 'tx',
};

const MESSAGES = `
  route.routes: $routes
  route.links: $links
  arp.interfaces: $interfaces
  arp.neighbors: $neighbors
  icmp.interfaces: $interfaces
  neighbor.resolve: arp
  arp.learned: neighbor
`;

/**
 * Writes `folder`/system.yaml: the router with modules of `folder` before its own, links otherwise
 * than its own, and more messages. Returns the file's path.
 */
export function writeSystem(
  folder: string,
  modules: readonly string[],
  links: Links = {},
  messages = '',
): string {
  const own = OWN.map((name) => `  ${name}: ${relative(folder, smallModuleFolder(name))}`);
  const rules = Object.entries({ ...LINKS, ...links }).filter(([, to]) => to !== '');
  const text = `modules:
${[...modules.map((name) => `  ${name}: ${name}`), ...own].join('\n')}
links:
${rules.map(([from, to]) => `  ${from}: ${to}`).join('\n')}
messages:${MESSAGES}${messages}
`;
  return writeBelow(folder, 'system.yaml', text);
}
