import { isWide, type NarrowFieldName } from './field.ts';
import type { PacketSet, PacketSpace } from './packet-space.ts';
import { SetError } from './set-error.ts';
import { type Splits, splitByField } from './splits.ts';

/** Intervals of one field; equivalences are 16-bit numbers. */
const INTERVALS_MAX = 65_535;

/** States before one field; transitions are 16-bit numbers. */
const STATES_MAX = 65_535;

/** Transitions of one step: 8 MiB. */
const TRANSITIONS_MAX = 1 << 22;

/**
 * One look-up: the interval of the field's value gives its equivalence, state and equivalence
 * give the next state. The first step starts in state 0, the last step gives the class.
 */
export interface Step {
  readonly field: NarrowFieldName;
  /** Ascending; interval i is from starts[i] to before starts[i + 1]; starts[0] is 0. */
  readonly starts: number[];
  readonly equivalence: Uint16Array;
  readonly equivalenceCount: number;
  /** Next state, by state * equivalenceCount + equivalence. */
  readonly transitions: Uint16Array;
  readonly stateCount: number;
}

/** The atomic predicates: each class is the points that satisfy the same predicates. */
export interface Classes {
  /** At least 1; classes are numbered from 0. */
  readonly count: number;
  /** One a field that the predicates test, in the order of FIELDS; none for a single class. */
  readonly steps: Step[];
  /** Whether the points of a class satisfy a predicate, by the predicate's index. */
  members(predicate: number, classId: number): boolean;
}

interface Limits {
  readonly classesMax: number;
}

/** What is left of each predicate once the fields before are known. */
type State = readonly number[];

/**
 * Divides all points into the classes that the predicates tell apart; every class has points.
 * The same predicates give the same numbers.
 * @throws SetError SETS_TOO_MANY_CLASSES beyond `classesMax`, or when the tables on the way
 * there grow too large; SETS_TOO_MANY_INTERVALS; SETS_IPV6 if a predicate tests IPv6 addresses
 */
export function classify(space: PacketSpace, sets: readonly PacketSet[], limits: Limits): Classes {
  let states: State[] = [sets];
  const steps: Step[] = [];
  for (const field of space.fieldsOf(sets)) {
    if (isWide(field)) {
      throw new SetError('SETS_IPV6', 'IPv6 addresses cannot be classified');
    }
    const walked = walkField(space, field, states);
    steps.push(walked.step);
    states = walked.states;
  }
  if (states.length > limits.classesMax) {
    const message = `${states.length} classes are more than ${limits.classesMax}`;
    throw new SetError('SETS_TOO_MANY_CLASSES', message);
  }
  return {
    count: states.length,
    steps,
    members: (predicate, classId) => states[classId][predicate] === 1,
  };
}

/** One field's step, and what is left of the predicates behind it. */
interface Walk {
  readonly step: Step;
  readonly states: State[];
}

function walkField(space: PacketSpace, field: NarrowFieldName, states: readonly State[]): Walk {
  const numbering = new Numbering<State>();
  const splits = new Map<number, Splits>();
  const refuse = () =>
    new SetError(
      'SETS_TOO_MANY_INTERVALS',
      `${field} falls into more than ${INTERVALS_MAX} intervals`,
    );
  const split = (node: number): Splits => {
    let found = splits.get(node);
    if (found === undefined) {
      found = splitByField(space.nodes, node, field, INTERVALS_MAX, refuse);
      splits.set(node, found);
    }
    return found;
  };
  const nexts = states.map((state) => splitState(state.map(split), numbering));
  const starts = [...new Set(nexts.flatMap((next) => next.starts))].sort((a, b) => a - b);
  if (starts.length > INTERVALS_MAX || numbering.values.length > STATES_MAX) {
    const message = `too many combinations of ${field}: simplify the matches`;
    throw new SetError('SETS_TOO_MANY_CLASSES', message);
  }
  return { step: stepOf(field, starts, nexts), states: numbering.values };
}

/** The intervals of one state, with the number of the state that each leads to. */
function splitState(parts: readonly Splits[], numbering: Numbering<State>): Splits {
  const starts = [...new Set(parts.flatMap((part) => part.starts))].sort((a, b) => a - b);
  const positions = new Uint32Array(parts.length);
  const nodes = starts.map((start) => {
    const next = parts.map((part, index) => {
      if (part.starts[positions[index] + 1] === start) positions[index]++;
      return part.nodes[positions[index]];
    });
    return numbering.numberOf(next.join(), () => next);
  });
  return { starts, nodes };
}

function stepOf(field: NarrowFieldName, starts: number[], nexts: readonly Splits[]): Step {
  const numbering = new Numbering<Uint16Array>();
  const positions = new Uint32Array(nexts.length);
  const equivalence = new Uint16Array(starts.length);
  const column = new Uint16Array(nexts.length);
  for (const [interval, start] of starts.entries()) {
    for (const [state, next] of nexts.entries()) {
      if (next.starts[positions[state] + 1] === start) positions[state]++;
      column[state] = next.nodes[positions[state]];
    }
    equivalence[interval] = numbering.numberOf(column.join(), () => column.slice());
    if (numbering.values.length * nexts.length > TRANSITIONS_MAX) {
      const message = `the table of ${field} grows beyond ${TRANSITIONS_MAX} transitions`;
      throw new SetError('SETS_TOO_MANY_CLASSES', message);
    }
  }
  const equivalenceCount = numbering.values.length;
  const transitions = new Uint16Array(nexts.length * equivalenceCount);
  for (const [number, nextStates] of numbering.values.entries()) {
    for (const [state, next] of nextStates.entries()) {
      transitions[state * equivalenceCount + number] = next;
    }
  }
  return { field, starts, equivalence, equivalenceCount, transitions, stateCount: nexts.length };
}

/** Numbers things from 0 in the order in which they first come. */
class Numbering<T> {
  readonly values: T[] = [];
  readonly #numbers = new Map<string, number>();

  numberOf(key: string, make: () => T): number {
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const number = this.values.length;
    this.#numbers.set(key, number);
    this.values.push(make());
    return number;
  }
}
