/**
 * The gatekeeper and the metering against the engine and wabt, on random modules and on damage to
 * them: a sample here, many more in `npm run fuzz`.
 */

import { beforeAll, describe, expect, it } from 'vitest';
import wabtInit from 'wabt';
import type { Manifest } from '../../../config/manifest.ts';
import { BootError } from '../../../firmware/boot/boot-error.ts';
import { type LoadedModule, loadModule } from '../../../firmware/boot/load-module.ts';
import { isLong } from '../../project/is-long.ts';
import { manifestOf } from '../plain-manifest.ts';
import { Random } from '../random.ts';
import { disassemble } from '../wat.ts';
import { type TypedInstruction, typedInstructions } from './instruction-types.ts';
import { randomModule } from './random-module.ts';

const MODULES = isLong ? 1500 : 50;
const DAMAGES = isLong ? 60 : 12;
const TIMEOUT = isLong ? 3_600_000 : 60_000;
const FUEL = 500_000_000;

/** WebAssembly 1.0 with what ABI 1 allows beside it, and nothing else. */
const FEATURES = {
  mutable_globals: false,
  sat_float_to_int: false,
  sign_extension: true,
  simd: true,
  bulk_memory: true,
  exceptions: false,
  threads: false,
  multi_value: false,
  tail_call: false,
  reference_types: false,
  gc: false,
  memory64: false,
  extended_const: false,
  relaxed_simd: false,
};

interface Exports {
  readonly memory: WebAssembly.Memory;
  readonly fuel?: WebAssembly.Global;
  initialize(): void;
  process(): void;
}

/** How the calls end, and the memory that they leave. */
function run(code: WebAssembly.Module): unknown {
  const exports = new WebAssembly.Instance(code).exports as unknown as Exports;
  const ends = (['initialize', 'process'] as const).map((procedure) => {
    if (exports.fuel !== undefined) exports.fuel.value = FUEL;
    try {
      exports[procedure]();
      return 'returns';
    } catch (error) {
      if (!(error instanceof WebAssembly.RuntimeError)) throw error;
      return error.message;
    }
  });
  const memory = Buffer.from(exports.memory.buffer, 0, 65_536).toString('latin1');
  return { ends, memory };
}

describe('random modules', () => {
  let instructions: TypedInstruction[];
  let manifest: Manifest;
  let wabt: Awaited<ReturnType<typeof wabtInit>>;
  beforeAll(async () => {
    instructions = typedInstructions();
    manifest = manifestOf();
    wabt = await wabtInit();
  });

  function judge(bytes: Uint8Array): LoadedModule | BootError {
    try {
      return loadModule('random', manifest, bytes);
    } catch (error) {
      if (!(error instanceof BootError)) throw error;
      return error;
    }
  }

  function isValidForWabt(bytes: Uint8Array): boolean {
    try {
      const module = wabt.readWasm(bytes, { ...FEATURES, check: true } as never);
      module.validate();
      module.destroy();
      return true;
    } catch {
      return false;
    }
  }

  it('are taken, and do the same with the metering as without', { timeout: TIMEOUT }, () => {
    let trapped = 0;
    for (let seed = 1; seed <= MODULES; seed++) {
      const bytes = randomModule(new Random(seed), instructions);
      expect(WebAssembly.validate(bytes), `seed ${seed}`).toBe(true);
      expect(isValidForWabt(bytes), `seed ${seed}`).toBe(true);
      const loaded = judge(bytes);
      if (loaded instanceof BootError) throw new Error(`seed ${seed}: ${loaded.message}`);
      const plain = run(new WebAssembly.Module(bytes)) as { ends: string[] };
      expect(run(loaded.code), `seed ${seed}`).toEqual(plain);
      if (plain.ends.some((end) => end !== 'returns')) trapped++;
    }
    expect(trapped).toBeGreaterThan(0);
    expect(trapped).toBeLessThan(MODULES);
  });

  it('damaged: what is taken is valid, and what is valid is taken or has a reason not to be', {
    timeout: TIMEOUT,
  }, async () => {
    const seen: Record<string, number> = {};
    for (let seed = 1; seed <= MODULES; seed++) {
      const random = new Random(seed);
      const bytes = randomModule(random, instructions);
      for (let n = 0; n < DAMAGES; n++) {
        const damaged = damagedCode(bytes, random);
        const verdict = judge(damaged);
        const code = verdict instanceof BootError ? verdict.code : 'taken';
        const isValid = WebAssembly.validate(damaged) && isValidForWabt(damaged);
        const where = `seed ${seed}, damage ${n}: ${code}`;
        if (code === 'taken') expect(isValid, where).toBe(true);
        else if (isValid) await expectReason(code, damaged, where);
        seen[code] = (seen[code] ?? 0) + (isValid ? 1 : 0);
      }
    }
    expect(Object.keys(seen)).toEqual(expect.arrayContaining(['taken', 'MODULE_FLOAT']));
  });

  /** A valid module that is refused is no plain one, by what wabt reads in it. */
  async function expectReason(code: string, bytes: Uint8Array, where: string): Promise<void> {
    const text = await disassemble(bytes);
    const pattern = REASONS[code];
    expect(pattern, where).toBeDefined();
    if (pattern !== undefined) expect(text, where).toMatch(pattern);
  }
});

/** What stands in the text of a module that both oracles take and the gatekeeper does not. */
const REASONS: Readonly<Record<string, RegExp>> = {
  MODULE_FLOAT: /\bf(32|64)/,
  MODULE_RECURSION: /\bcall \d/,
  MODULE_LIMIT: /\(local( \w+){500}|br_table( \d+){500}/,
  MODULE_STACK: /\(local( \w+){500}/,
};

/** A copy with one to three bits of its code turned. */
function damagedCode(bytes: Uint8Array, random: Random): Uint8Array {
  const copy = bytes.slice();
  const start = bytes.length >> 1; // the code is by far the largest section, and the last
  for (let n = 1 + random.below(3); n > 0; n--) {
    const at = start + random.below(bytes.length - start);
    copy[at] = (copy[at] as number) ^ (1 << random.below(8));
  }
  return copy;
}
