/**
 * One configuration file on its way in: read, held against its schema, its mistakes gathered.
 */
import type { z } from 'zod';
import { ConfigError, type Diagnostic } from './diagnostics.ts';
import { shapeProblems } from './schema-issues.ts';
import { type Path, type Position, readYaml, type YamlDocument } from './yaml-document.ts';

/** Where a mistake stands, besides its path: at the key, or some characters into the value. */
export interface Spot {
  key?: boolean;
  offset?: number;
}

/**
 * What a loader works on. `data` fits the schema; entries of lists and maps that did not fit are
 * reported and left out of it, so that the rest can be checked too. `finish` ends the loading.
 */
export class ConfigurationFile<T> {
  readonly data: T;
  /** The top-level keys that lost an entry: what refers to them cannot be judged. */
  readonly damaged: ReadonlySet<PropertyKey>;
  readonly #document: YamlDocument;
  readonly #diagnostics: Diagnostic[];
  /** For a list that lost entries, where its remaining ones stood. */
  readonly #indices: ReadonlyMap<PropertyKey, number[]>;

  /** Reads `file`. Throws ConfigError where the file as a whole cannot be used. */
  constructor(file: string, schema: z.ZodType<T>) {
    const document = readYaml(file);
    this.#document = document;
    this.#diagnostics = [];
    const first = schema.safeParse(document.value);
    if (first.success) {
      this.data = first.data;
      this.damaged = new Set();
      this.#indices = new Map();
      return;
    }
    const problems = shapeProblems(document, schema, first.error.issues);
    this.#diagnostics.push(...problems.map(({ diagnostic }) => diagnostic));
    const sound = withoutProblems(
      document.value,
      problems.map(({ path, diagnostic }) => ({ path, extra: isExtra(diagnostic) })),
    );
    const second = schema.safeParse(sound.value);
    if (!second.success) throw new ConfigError(inOrder(this.#diagnostics));
    this.data = second.data;
    this.damaged = sound.damaged;
    this.#indices = sound.indices;
  }

  get file(): string {
    return this.#document.file;
  }

  get isSound(): boolean {
    return this.#diagnostics.length === 0;
  }

  /** Where the value at a path of `data` stands. */
  position(path: Path, spot: Spot = {}): Position {
    const [top, index, ...rest] = path;
    const original = top === undefined ? undefined : this.#indices.get(top)?.[index as number];
    const full = original === undefined ? path : [top!, original, ...rest];
    if (spot.key) return this.#document.keyPosition(full, spot.offset);
    return this.#document.position(full, spot.offset);
  }

  /** Notes a mistake at a path of `data`. */
  report(
    code: Diagnostic['code'],
    path: Path,
    message: string,
    hint?: string | undefined,
    spot: Spot = {},
  ): void {
    const diagnostic: Diagnostic = {
      code,
      file: this.file,
      ...this.position(path, spot),
      message,
    };
    if (hint !== undefined) diagnostic.hint = hint;
    this.#diagnostics.push(diagnostic);
  }

  /** Adds the mistakes of a file that this one refers to. */
  adopt(error: ConfigError): void {
    this.#diagnostics.push(...error.diagnostics);
  }

  /** Throws ConfigError with everything reported, in file order; returns if there is nothing. */
  finish(): void {
    if (!this.isSound) throw new ConfigError(inOrder(this.#diagnostics));
  }
}

function isExtra({ code }: Diagnostic): boolean {
  return code === 'CONFIG_UNKNOWN_KEY' || code === 'CONFIG_NOT_YET';
}

function inOrder(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const files = [...new Set(diagnostics.map(({ file }) => file))];
  return [...diagnostics].sort(
    (a, b) =>
      files.indexOf(a.file) - files.indexOf(b.file) || a.line - b.line || a.column - b.column,
  );
}

interface Sound {
  value: unknown;
  damaged: Set<PropertyKey>;
  indices: Map<PropertyKey, number[]>;
}

/** A copy without the keys that are too many, and without the entries that are wrong. */
function withoutProblems(value: unknown, problems: { path: Path; extra: boolean }[]): Sound {
  const copy = structuredClone(value);
  const damaged = new Set<PropertyKey>();
  const wrong = new Map<PropertyKey, Set<PropertyKey>>();
  for (const { path, extra } of problems) {
    const [top, entry] = path;
    if (extra) {
      remove(copy, path);
    } else if (top !== undefined && entry !== undefined) {
      damaged.add(top);
      wrong.set(top, (wrong.get(top) ?? new Set()).add(entry));
    }
  }
  const indices = new Map<PropertyKey, number[]>();
  for (const [top, entries] of wrong) {
    const container = (copy as Record<PropertyKey, unknown>)[top];
    if (Array.isArray(container)) {
      const kept = container.map((_, index) => index).filter((index) => !entries.has(index));
      indices.set(top, kept);
      (copy as Record<PropertyKey, unknown>)[top] = kept.map((index) => container[index]);
    } else {
      for (const entry of entries) remove(copy, [top, entry]);
    }
  }
  return { value: copy, damaged, indices };
}

function remove(value: unknown, path: Path): void {
  let here = value;
  for (const step of path.slice(0, -1)) here = (here as Record<PropertyKey, unknown>)?.[step];
  if (typeof here === 'object' && here !== null) {
    delete (here as Record<PropertyKey, unknown>)[path.at(-1)!];
  }
}
