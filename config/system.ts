/**
 * The system description: which modules stand in the pipeline, and how they are linked.
 */
import type { MatchNode } from '../netstack/match/parse.ts';
import type { Manifest } from './manifest.ts';

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
}
