/** `sluice module test`: a module's own tests, each in a real kernel that starts afresh. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { loadRouter } from '../../config/router.ts';
import type { Firmware } from '../../firmware/boot/assemble.ts';
import { ExitCode } from '../exit-code.ts';
import { type Host, hasColour } from '../host.ts';
import { SourcePorts } from '../replay/source-ports.ts';
import { colourStyle, plainStyle, type Style } from '../report/style.ts';
import { formatCount } from '../report/table.ts';
import { buildKernel } from '../toolchain/build-firmware.ts';
import { findProjectRoot } from '../toolchain/project-root.ts';
import { UsageError } from '../usage-error.ts';
import { ModuleRig, rigFirmware } from './module-rig.ts';
import { buildFolder, judge } from './module-under-work.ts';
import { runStep } from './test-step.ts';
import { loadModuleTests, type ModuleTest } from './tests-file.ts';

interface TestTask {
  readonly folder: string;
  readonly isJson: boolean;
}

/** A step that missed: `line` of tests.yaml, and the lines on one side only. */
interface Miss {
  readonly line: number;
  readonly missing: readonly string[];
  readonly unexpected: readonly string[];
}

interface TestResult {
  readonly name: string;
  readonly ok: boolean;
  readonly misses: readonly Miss[];
}

/** Interfaces and zones that packets of tests arrive at. */
const TEST_ROUTER = join('config', 'routers', 'plant.yaml');

/** What of `lines` is not in `others`, counting how often. */
function without(lines: readonly string[], others: readonly string[]): string[] {
  const left = [...others];
  return lines.filter((line) => {
    const index = left.indexOf(line);
    if (index >= 0) left.splice(index, 1);
    return index < 0;
  });
}

/** Runs all tests of a module's folder. @throws as building, judging and reading tests.yaml do */
export async function moduleTestResults(folder: string): Promise<TestResult[]> {
  const built = await buildFolder(folder);
  judge(folder, built);
  const file = join(folder, 'tests.yaml');
  if (!existsSync(file)) {
    throw new UsageError(`${file} is not there`, 'write it: see docs/module-authors.md');
  }
  const { manifest } = built;
  const tests = loadModuleTests(file, manifest);
  const kernel = await buildKernel();
  const router = loadRouter(join(findProjectRoot(), TEST_ROUTER));
  const sourcePorts = new SourcePorts(router);
  const firmwares = new Map<number, Firmware>();
  const run = ({ name, place, steps }: ModuleTest): TestResult => {
    const firmware = firmwares.get(place) ?? rigFirmware(kernel, built, place);
    firmwares.set(place, firmware);
    const rig = new ModuleRig(firmware, router, place);
    const bench = { file, manifest, place: manifest.places[place], router, sourcePorts, rig };
    const misses = steps.flatMap((step): Miss[] => {
      const { expected, found } = runStep(bench, step);
      const missing = without(expected, found);
      const unexpected = without(found, expected);
      const isHit = missing.length + unexpected.length === 0;
      return isHit ? [] : [{ line: step.line, missing, unexpected }];
    });
    return { name, ok: misses.length === 0, misses };
  };
  return tests.map(run);
}

function resultLines(file: string, { name, ok, misses }: TestResult, style: Style): string[] {
  if (ok) return [`  ok    ${name}`];
  return [
    style.warning(`  MISS  ${name}`),
    ...misses.flatMap(({ line, missing, unexpected }) => [
      `        ${file}:${line}: expected (-), but found (+)`,
      ...missing.map((text) => style.warning(`          - ${text}`)),
      ...unexpected.map((text) => style.warning(`          + ${text}`)),
    ]),
  ];
}

/** `No` if a test misses. */
export async function runModuleTests({ folder, isJson }: TestTask, host: Host): Promise<ExitCode> {
  const results = await moduleTestResults(folder);
  const file = join(folder, 'tests.yaml');
  const failed = results.filter(({ ok }) => !ok).length;
  const passed = results.length - failed;
  if (isJson) {
    host.stdout.write(`${JSON.stringify({ file, passed, failed, tests: results }, null, 2)}\n`);
  } else {
    const style = hasColour(host.stdout, host.environment) ? colourStyle : plainStyle;
    const lines = results.flatMap((result) => resultLines(file, result, style));
    const sum = `${formatCount(passed)} passed, ${formatCount(failed)} failed`;
    host.stdout.write(
      `${[style.title(`sluice module test: ${file}`), ...lines, sum].join('\n')}\n`,
    );
  }
  if (results.length === 0) host.stderr.write(`sluice: ${file} has no tests\n`);
  return failed === 0 ? ExitCode.Done : ExitCode.No;
}
