/**
 * Classes and links: every match of manifests and system description as a predicate, the classes
 * that they tell apart, and for each way out of each node where a packet of each class goes.
 */
import { CLASSES_MAX } from '../../config/abi.ts';
import type { Router } from '../../config/router.ts';
import type { Link } from '../../config/system.ts';
import type { MatchBindings } from '../../netstack/match/bindings.ts';
import type { MatchNode } from '../../netstack/match/node.ts';
import { matchSet } from '../../netstack/match/set.ts';
import { type Classes, classify, type Step } from '../../netstack/sets/classify.ts';
import { type PacketSet, PacketSpace } from '../../netstack/sets/packet-space.ts';
import { BootError } from './boot-error.ts';
import { FIELD_OF_COLUMN, type KernelField } from './kernel-fields.ts';
import type { Pipeline, PipelinePlace } from './pipeline.ts';
import { NODE_UNDECLARED, NODE_UNLINKED } from './table-layout.ts';

const ETHER_IPV6 = 0x86dd;
/** The predicate that no class satisfies. */
const PREDICATE_NONE = -1;

/** A step of the classifier that the kernel takes. */
export interface KernelStep extends Step {
  readonly field: KernelField;
}

/** Where a packet of each class goes: a node a class. */
export type LinkTable = Uint8Array;

export interface ClassTables {
  readonly classes: Classes;
  /** The predicates of the classes in the words of manifests and links, by their index. */
  readonly predicates: readonly string[];
  /** Without the steps that the kernel never needs: it drops later fragments and IPv6. */
  readonly steps: readonly KernelStep[];
  readonly wire: LinkTable;
  readonly local: LinkTable;
  readonly permitted: LinkTable;
  readonly expired: LinkTable;
  readonly tooBig: LinkTable;
  /** By place, by output. */
  readonly outputs: readonly (readonly LinkTable[])[];
  /** By place: bit 0 the class may be answered, bit 1 originated. */
  readonly made: readonly Uint8Array[];
}

export function bindingsOf(router: Router): MatchBindings {
  const zonePorts = new Map<string, number[]>(router.zones.map((zone) => [zone, []]));
  for (const { zone, port } of router.interfaces) zonePorts.get(zone)?.push(port);
  return { zonePorts, routerAddresses: router.interfaces.map(({ address }) => address) };
}

/** Collects matches as predicates: the same set is one predicate. */
class Predicates {
  readonly sets: PacketSet[] = [];
  readonly texts: string[] = [];
  readonly #space = new PacketSpace();
  readonly #bindings: MatchBindings;
  readonly #forwarded: PacketSet;

  constructor(bindings: MatchBindings) {
    this.#bindings = bindings;
    const ipv6 = this.#space.range('etherType', ETHER_IPV6, ETHER_IPV6);
    this.#forwarded = this.#space.not(ipv6);
  }

  /** The index of a match, as `text` has it; null matches everything. */
  add(match: MatchNode | null, text: string): number {
    const space = this.#space;
    const whole = match === null ? space.all : matchSet(space, match, this.#bindings);
    // IPv6 never reaches the classifier, so that matches on its addresses need no table.
    const set = space.and(whole, this.#forwarded);
    const known = this.sets.indexOf(set);
    if (known >= 0) return known;
    this.texts.push(text);
    return this.sets.push(set) - 1;
  }

  classes(): Classes {
    return classify(this.#space, this.sets, { classesMax: CLASSES_MAX });
  }
}

/**
 * @throws BootError SYSTEM_LINK for a link that a manifest does not cover
 * @throws SetError beyond the limits of classes
 */
export function compileClasses(pipeline: Pipeline, router: Router): ClassTables {
  const predicates = new Predicates(bindingsOf(router));
  const links = new Map(
    pipeline.system.links.map((link) => [
      link.from,
      { link, matches: link.rules.map(({ match, matchText }) => predicates.add(match, matchText)) },
    ]),
  );
  const declared = pipeline.places.map(({ place }) => ({
    accepts: predicates.add(place.accepts, place.acceptsText),
    outputs: place.outputs.map(({ match, matchText }) => predicates.add(match, matchText)),
    answers: place.answers
      ? predicates.add(place.answers.match, place.answers.text)
      : PREDICATE_NONE,
    originates: place.originates
      ? predicates.add(place.originates.match, place.originates.text)
      : PREDICATE_NONE,
  }));
  const classes = predicates.classes();
  const table = (from: string): LinkTable => {
    const entry = links.get(from);
    if (entry === undefined) return new Uint8Array(classes.count);
    return linkTable(pipeline, entry, classes);
  };
  const outputs = pipeline.places.map(({ label, place }, i) =>
    place.outputs.map(({ name }, k) => {
      const nodes = table(`${label}.${name}`);
      const match = declared[i].outputs[k];
      return nodes.map((node, c) => (classes.members(match, c) ? node : NODE_UNDECLARED));
    }),
  );
  const tables: ClassTables = {
    classes,
    predicates: predicates.texts,
    steps: kernelSteps(classes.steps),
    wire: table('wire'),
    local: table('local'),
    permitted: table('policy.permitted'),
    expired: table('policy.expired'),
    tooBig: table('policy.too-big'),
    outputs,
    made: declared.map(({ answers, originates }) =>
      Uint8Array.from({ length: classes.count }, (_, c) => {
        const answered = classes.members(answers, c) ? 1 : 0;
        const originated = classes.members(originates, c) ? 2 : 0;
        return answered | originated;
      }),
    ),
  };
  const accepted = declared.map(({ accepts }) => accepts);
  checkAccepted(pipeline, tables, accepted);
  return tables;
}

/** A way out, with the predicates of its rules. */
interface Way {
  readonly link: Link;
  readonly matches: readonly number[];
}

function linkTable(pipeline: Pipeline, { link, matches }: Way, classes: Classes): LinkTable {
  const targets = link.rules.map(({ to }) => pipeline.nodeOf(to));
  return Uint8Array.from({ length: classes.count }, (_, c) => {
    const rule = matches.findIndex((match) => classes.members(match, c));
    return rule < 0 ? NODE_UNLINKED : targets[rule];
  });
}

/** Follows every class from the wire on: no place may be handed what it does not accept. */
function checkAccepted(pipeline: Pipeline, tables: ClassTables, accepts: readonly number[]): void {
  const { classes } = tables;
  const reach = new Map<number, Set<number>>();
  const pass = (node: number, from: string, c: number): void => {
    const place = pipeline.places.find((candidate) => candidate.node === node);
    if (place !== undefined) {
      const match = accepts[pipeline.places.indexOf(place)];
      requireAccepted(place, from, classes.members(match, c));
    }
    const reached = reach.get(node) ?? new Set();
    reach.set(node, reached.add(c));
  };
  const passAll = (table: LinkTable, from: string, classIds: Iterable<number>): void => {
    for (const c of classIds) pass(table[c], from, c);
  };
  const every = Array.from({ length: classes.count }, (_, c) => c);
  passAll(tables.wire, 'wire', every);
  const madeFrom = pipeline.places.filter(({ isMaker }) => isMaker);
  for (const place of madeFrom) passOutputs(place, every);
  for (const node of pipeline.order) {
    const reached = [...(reach.get(node) ?? [])];
    const place = pipeline.places.find((candidate) => candidate.node === node);
    if (place !== undefined) {
      passOutputs(place, rewritesClass(place, tables.steps) ? every : reached);
    } else if (pipeline.nameOf(node) === 'local') passAll(tables.local, 'local', reached);
    else if (pipeline.nameOf(node) === 'policy') {
      passAll(tables.permitted, 'policy.permitted', reached);
      passAll(tables.expired, 'policy.expired', reached);
      passAll(tables.tooBig, 'policy.too-big', reached);
    }
  }

  function passOutputs(place: PipelinePlace, classIds: Iterable<number>): void {
    const index = pipeline.places.indexOf(place);
    for (const [k, { name }] of place.place.outputs.entries()) {
      passAll(tables.outputs[index][k], `${place.label}.${name}`, classIds);
    }
  }
}

function requireAccepted(place: PipelinePlace, from: string, isAccepted: boolean): void {
  if (isAccepted) return;
  const message = `${from} hands ${place.label} packets that it does not accept`;
  const hint = `narrow the link, or widen accepts: ${place.place.acceptsText}`;
  throw new BootError('SYSTEM_LINK', 'system.yaml', message, hint);
}

/** Whether some step looks the column up, so that a write to it may change a packet's class. */
export function isClassified(column: string, steps: readonly Step[]): boolean {
  return steps.some(({ field }) => field === FIELD_OF_COLUMN[column]);
}

function rewritesClass({ place }: PipelinePlace, steps: readonly Step[]): boolean {
  return place.writes.some(({ column }) => isClassified(column, steps));
}

/** Later fragments never reach the classifier: their step is folded into the one before it. */
function kernelSteps(steps: readonly Step[]): readonly KernelStep[] {
  const last = steps.at(-1);
  if (last?.field !== 'laterFragment') return steps as KernelStep[];
  const before = steps.at(-2) as KernelStep; // each predicate tests the type: see `Predicates`
  const transitions = before.transitions.map(
    (state) => last.transitions[state * last.equivalenceCount + last.equivalence[0]],
  );
  return [...(steps.slice(0, -2) as KernelStep[]), { ...before, transitions }];
}
