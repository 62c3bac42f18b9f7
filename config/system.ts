/**
 * The system description: which modules stand in the pipeline, and how they are linked.
 */
import { join, resolve } from 'node:path';
import type { MatchNode } from '../netstack/match/node.ts';
import { ConfigurationFile } from './configuration-file.ts';
import { ConfigError } from './diagnostics.ts';
import { MODULES_MAX } from './limits.ts';
import { readLinks } from './link-checks.ts';
import { loadManifest, type Manifest } from './manifest.ts';
import { readMessageLinks } from './message-checks.ts';
import { findModule } from './module-files.ts';
import { stageOrder } from './stage-order.ts';
import { nodesOf, RESERVED_MODULES } from './system-nodes.ts';
import { type SystemData, systemSchema } from './system-schema.ts';

/** The ways out of one node, first match first; `match` is null where everything goes there. */
export interface Link {
  from: string;
  rules: {
    match: MatchNode | null;
    matchText: string;
    to: string;
    line: number;
    column: number;
  }[];
}

/** A system description as loaded, with the manifests of its modules. */
export interface System {
  file: string;
  /** `path` is the module's folder, absolute. */
  modules: { name: string; path: string; manifest: Manifest }[];
  links: Link[];
  /** `from` is `module.message`; `to` a module, `console`, or after `$` a source for `from`. */
  messages: { from: string; to: string }[];
  /** Places and the kernel's nodes, in the order in which a vector passes them. */
  stages: string[];
}

type File = ConfigurationFile<SystemData>;

/** Reads a system description and its modules' manifests. Throws ConfigError with all mistakes. */
export function loadSystem(path: string): System {
  const file = new ConfigurationFile(path, systemSchema);
  const modules: System['modules'] = [];
  const unknown = new Set<string>();
  const entries = Object.entries(file.data.modules);
  if (entries.length > MODULES_MAX) {
    const message = `${entries.length} modules; a system has at most ${MODULES_MAX}`;
    file.report('CONFIG_LIMIT', ['modules'], message, 'leave some out');
  }
  for (const [name, folder] of entries) {
    if (RESERVED_MODULES.includes(name)) {
      const message = `"${name}" is a node of the kernel`;
      const hint = 'name the module otherwise';
      file.report('CONFIG_RESERVED', ['modules', name], message, hint, { key: true });
    }
    const found = findModule(path, folder);
    const manifest = readManifest(file, name, found);
    if (manifest === null) unknown.add(name);
    else modules.push({ name, path: resolve(found), manifest });
  }
  // What refers to a module that the shape check left out cannot be judged.
  if (file.damaged.has('modules')) file.finish();
  const manifests = new Map(modules.map(({ name, manifest }) => [name, manifest]));
  const nodes = nodesOf(manifests);
  const links = readLinks(file, nodes, unknown);
  const messages = readMessageLinks(file, manifests, unknown);
  file.finish();
  return { file: path, modules, links, messages, stages: stageOrder(links, nodes) };
}

function readManifest(file: File, name: string, folder: string): Manifest | null {
  const path = join(folder, 'manifest.yaml');
  try {
    return loadManifest(path);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const [first] = error.diagnostics;
    if (first?.code === 'CONFIG_READ') {
      const message = `manifest ${path} ${first.message}`;
      const hint = 'the folder is relative to this file';
      file.report('CONFIG_NOT_FOUND', ['modules', name], message, hint);
    } else file.adopt(error);
    return null;
  }
}
