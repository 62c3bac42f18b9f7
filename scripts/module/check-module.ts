/** `sluice module check`: the loader's judgement alone. Nothing of the module runs. */
import { BootError } from '../../firmware/boot/boot-error.ts';
import { explainError } from '../errors.ts';
import { ExitCode } from '../exit-code.ts';
import type { Host } from '../host.ts';
import { CompileError } from '../toolchain/compile.ts';
import { ModuleShapeError } from '../toolchain/module-shape.ts';
import { UsageError } from '../usage-error.ts';
import { factsOf, type ModuleFacts } from './module-facts.ts';
import { buildFolder, isFolder, judge, readProgram } from './module-under-work.ts';

interface CheckTask {
  readonly path: string;
  readonly manifest: string | undefined;
  readonly isJson: boolean;
}

/** Why a module is refused. `function` and `byte` say where in the binary, if it is one place. */
interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly hint: string | null;
  readonly function: number | null;
  readonly byte: number | null;
}

/** How the loader ends a message: where. */
const FUNCTION = / in function (\d+)/;
const BYTE = /, at byte (\d+)$/;

function numberIn(text: string, pattern: RegExp): number | null {
  const found = pattern.exec(text);
  return found === null ? null : Number(found[1]);
}

/** What an error says of the module; null: it is about something else. */
function refusalOf(error: unknown): Refusal | null {
  if (error instanceof BootError) {
    const { code, message, hint } = error;
    return {
      code,
      message,
      hint,
      function: numberIn(message, FUNCTION),
      byte: numberIn(message, BYTE),
    };
  }
  if (error instanceof CompileError || error instanceof ModuleShapeError) {
    const { code, message } = error;
    return { code, message, hint: null, function: null, byte: null };
  }
  return null;
}

async function factsAt({ path, manifest }: CheckTask): Promise<ModuleFacts> {
  const isSource = isFolder(path);
  if (isSource && manifest !== undefined) {
    throw new UsageError('--manifest is for a .wasm file', `${path} has its own manifest.yaml`);
  }
  const built = isSource ? await buildFolder(path) : readProgram(path, manifest);
  return factsOf(judge(path, built), built.wasm);
}

/** Says yes on stdout; says no on stderr or, with --json, on stdout. */
export async function runCheck(task: CheckTask, host: Host): Promise<ExitCode> {
  const print = (value: object) => host.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
  try {
    const facts = await factsAt(task);
    if (task.isJson) print({ ok: true, code: null, ...facts });
    else host.stdout.write(`${task.path}: module ${facts.name} ${facts.version} may be loaded\n`);
    return ExitCode.Done;
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal === null || !task.isJson) throw error;
    print({ ok: false, ...refusal });
    return explainError(error).exitCode;
  }
}
