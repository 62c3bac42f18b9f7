/**
 * Which test killed which mutant, and which ones nothing killed: kept below build/, so that the
 * next run asks the right test first.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Mutant } from './switched-source.ts';

interface Killer {
  readonly file: string;
  readonly name: string;
}

interface Remembered {
  readonly killers: Record<string, Killer>;
  readonly survivors: string[];
}

/** What two runs have in common of a mutant, though lines above it come and go. */
export function mutantKey({ path, source, change }: Mutant): string {
  return `${path} ${change} ${source}`;
}

export class KillMemory {
  readonly #file: string;
  readonly #killers: Map<string, Killer>;
  readonly #survivors: Set<string>;
  readonly #byCheck = new Map<number, Killer[]>();

  constructor(file: string) {
    this.#file = file;
    const { killers, survivors } = read(file);
    this.#killers = new Map(Object.entries(killers));
    this.#survivors = new Set(survivors);
  }

  /** Tests to ask first: what killed this mutant before, and other changes to its check. */
  killers(mutant: Mutant): Killer[] {
    const known = this.#killers.get(mutantKey(mutant));
    const others = this.#byCheck.get(mutant.check) ?? [];
    return known === undefined ? others : [known, ...others];
  }

  hasSurvived(mutant: Mutant): boolean {
    return this.#survivors.has(mutantKey(mutant));
  }

  remember(mutant: Mutant, { file, name }: Killer): void {
    this.#killers.set(mutantKey(mutant), { file, name });
    const others = this.#byCheck.get(mutant.check) ?? [];
    const isNew = others.every((other) => other.file !== file || other.name !== name);
    if (isNew) this.#byCheck.set(mutant.check, [...others, { file, name }]);
  }

  note(mutant: Mutant, isSurvivor: boolean): void {
    if (isSurvivor) this.#survivors.add(mutantKey(mutant));
    else this.#survivors.delete(mutantKey(mutant));
  }

  save(): void {
    const survivors = [...this.#survivors].sort();
    const remembered: Remembered = { killers: Object.fromEntries(this.#killers), survivors };
    mkdirSync(dirname(this.#file), { recursive: true });
    writeFileSync(this.#file, `${JSON.stringify(remembered, null, 1)}\n`);
  }
}

/** What is not there, or not as it was written, is only slower. */
function read(file: string): Remembered {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Remembered;
  } catch {
    return { killers: {}, survivors: [] };
  }
}
