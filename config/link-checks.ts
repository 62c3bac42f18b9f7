/**
 * The links of a system description: both ends exist, and a vector never comes round again.
 */
import type { ConfigurationFile } from './configuration-file.ts';
import { LINK_RULES_MAX } from './limits.ts';
import { readMatch } from './match-field.ts';
import { didYouMean, nearest } from './spelling.ts';
import type { Link } from './system.ts';
import type { SystemNodes } from './system-nodes.ts';
import type { SystemData } from './system-schema.ts';
import type { Path } from './yaml-document.ts';

type File = ConfigurationFile<SystemData>;

/** The links, in file order. `unknown` are modules that did not load: nothing is said of them. */
export function readLinks(file: File, nodes: SystemNodes, unknown: ReadonlySet<string>): Link[] {
  const links = Object.entries(file.data.links).map(([from, rules]) => {
    const at = ['links', from];
    if (!nodes.sources.has(from) && !unknown.has(moduleOf(from))) {
      const known = [...nodes.sources.keys()];
      const message = `there is no output "${from}"`;
      const hint = nearest(from, known) ?? outputsHint(from, known);
      file.report('CONFIG_LINK', at, message, hint, { key: true });
    }
    if (typeof rules === 'string') {
      checkTarget(file, at, rules, nodes, unknown);
      return { from, rules: [{ match: null, matchText: '', to: rules, ...file.position(at) }] };
    }
    return { from, rules: readRules(file, at, rules, nodes, unknown) };
  });
  checkCycles(file, links, nodes);
  return links;
}

function readRules(
  file: File,
  at: Path,
  rules: Readonly<Record<string, string>>,
  nodes: SystemNodes,
  unknown: ReadonlySet<string>,
): Link['rules'] {
  const entries = Object.entries(rules);
  if (entries.length > LINK_RULES_MAX) {
    const message = `${entries.length} rules; a link has at most ${LINK_RULES_MAX}`;
    file.report('CONFIG_LIMIT', at, message, 'join some with "or"');
  }
  return entries.map(([matchText, to]) => {
    const path = [...at, matchText];
    checkTarget(file, path, to, nodes, unknown);
    const match = readMatch(file, path, matchText, { key: true });
    return { match, matchText, to, ...file.position(path, { key: true }) };
  });
}

function checkTarget(
  file: File,
  path: Path,
  to: string,
  nodes: SystemNodes,
  unknown: ReadonlySet<string>,
): void {
  if (nodes.targets.has(to) || unknown.has(moduleOf(to))) return;
  const known = [...nodes.targets];
  const places = known.filter((target) => target.startsWith(`${moduleOf(to)}.`));
  const hint =
    places.length > 0 ? `its places: ${places.join(', ')}` : (didYouMean(to, known) ?? 'add it');
  file.report('CONFIG_LINK', path, `there is no place or kernel node "${to}"`, hint);
}

function outputsHint(from: string, known: readonly string[]): string {
  const outputs = known.filter((name) => moduleOf(name) === moduleOf(from));
  if (outputs.length === 0) return 'its module is not in this system';
  return `there are ${outputs.join(', ')}`;
}

function moduleOf(name: string): string {
  return name.split('.')[0]!;
}

interface Edge {
  link: Link;
  to: string;
}

/** Reports one cycle, at the link that closes it. */
function checkCycles(file: File, links: readonly Link[], nodes: SystemNodes): void {
  const edges = new Map<string, Edge[]>();
  for (const link of links) {
    const source = nodes.sources.get(link.from);
    if (source === undefined || source.isMade) continue;
    const out = edges.get(source.node) ?? [];
    out.push(...link.rules.map(({ to }) => ({ link, to })));
    edges.set(source.node, out);
  }
  const finished = new Set<string>();
  const way: string[] = [];
  const visit = (node: string): boolean => {
    if (finished.has(node)) return false;
    way.push(node);
    for (const { link, to } of edges.get(node) ?? []) {
      const start = way.indexOf(to);
      if (start >= 0) {
        const cycle = [...way.slice(start), to].join(' -> ');
        const hint = 'links must lead onward: break it at one of these';
        const message = `packets would go round: ${cycle}`;
        file.report('CONFIG_CYCLE', ['links', link.from], message, hint, { key: true });
        return true;
      }
      if (visit(to)) return true;
    }
    way.pop();
    finished.add(node);
    return false;
  };
  for (const node of edges.keys()) if (visit(node)) return;
}
