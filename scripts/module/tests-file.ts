/** A module's tests.yaml: packets, messages and ticks, and what the module must make of them. */
import { z } from 'zod';
import { VECTOR_ROWS_MAX } from '../../config/abi.ts';
import { ConfigurationFile } from '../../config/configuration-file.ts';
import { label } from '../../config/fields.ts';
import type { Manifest } from '../../config/manifest.ts';
import { checkPacketText } from '../../config/packet-field.ts';
import { didYouMean } from '../../config/spelling.ts';
import type { Path } from '../../config/yaml-document.ts';

/** Tests boot a kernel each, and steps of one share it: this many take seconds. */
const TESTS_MAX = 1000;
const STEPS_MAX = 1000;
/** An hour, in seconds: holds and rates are over long before. */
const TIME_MAX = 3600;

/** A number, or an address or name that stands for one. */
const value = z.union([z.int().min(0), z.string()]);
const values = z.record(z.string(), value);

const rowSchema = z.strictObject({
  packet: z.string().optional().describe('A packet text'),
  frame: z
    .string()
    .regex(/^([0-9a-f]{2})+$/, { error: 'a frame is hexadecimal digits, two a byte' })
    .optional()
    .describe('Instead of a packet text: the bytes of a frame'),
  in: z.string().optional().describe('The port it arrives on; else where its source lives'),
  columns: values.optional().describe('What stages before this one have found out: meta.*'),
  verdict: z.string().describe('An output, a drop, consume, hold, or violation KIND'),
  writes: values.default({}),
});

const madeSchema = z.strictObject({
  output: z.string(),
  egress: z.string().optional(),
  frame: z.string().describe('In one line, as sluice explain shows it'),
});

const stepSchema = z.strictObject({
  at: z.number().min(0).max(TIME_MAX).optional().describe('Seconds since boot'),
  rows: z.array(rowSchema).min(1).max(VECTOR_ROWS_MAX).optional(),
  receive: z.string().optional().describe('A message that the module receives'),
  records: z.array(values).optional(),
  tick: z.literal(true).optional(),
  messages: z.array(z.record(z.string(), values)).default([]).describe('All that it must send'),
  frames: z.array(madeSchema).default([]).describe('All frames that it must make'),
});

const testSchema = z.strictObject({
  name: label,
  place: z.string().default(''),
  steps: z.array(stepSchema).min(1).max(STEPS_MAX),
});

const testsSchema = z.strictObject({ tests: z.array(testSchema).max(TESTS_MAX) });

type File = ConfigurationFile<z.output<typeof testsSchema>>;
export type Values = z.output<typeof values>;
export type TestRow = z.output<typeof rowSchema>;
export type TestStep = z.output<typeof stepSchema> & { readonly line: number };

/** One test: its steps run on one instance, in one place. */
export interface ModuleTest {
  readonly name: string;
  /** Index of the manifest's place. */
  readonly place: number;
  readonly steps: readonly TestStep[];
}

/** Reads tests.yaml. @throws {ConfigError} with all its mistakes */
export function loadModuleTests(path: string, manifest: Manifest): ModuleTest[] {
  const file: File = new ConfigurationFile(path, testsSchema);
  const tests = file.data.tests.map((test, index) => {
    const at = ['tests', index];
    const place = readPlace(file, at, test.place, manifest);
    const steps = test.steps.map((step, number) => {
      const where = [...at, 'steps', number];
      checkStep(file, where, step, manifest);
      return { ...step, line: file.position(where).line };
    });
    return { name: test.name, place, steps };
  });
  file.finish();
  return tests;
}

function readPlace(file: File, at: Path, name: string, { places }: Manifest): number {
  const index = places.findIndex((place) => place.name === name);
  if (index >= 0) return index;
  const names = places.map((place) => place.name);
  const message = name === '' ? 'missing "place"' : `there is no place "${name}"`;
  const hint = didYouMean(name, names) ?? `name one of ${names.join(', ')}`;
  file.report(name === '' ? 'CONFIG_REQUIRED' : 'CONFIG_VALUE', [...at, 'place'], message, hint);
  return 0;
}

function checkStep(
  file: File,
  at: Path,
  step: z.output<typeof stepSchema>,
  { messages }: Manifest,
): void {
  const kinds = [step.rows, step.receive, step.tick].filter((kind) => kind !== undefined);
  if (kinds.length !== 1) {
    const message = `a step is one of rows, receive and tick, found ${kinds.length}`;
    file.report('CONFIG_VALUE', at, message, 'make it several steps');
  }
  for (const [index, row] of (step.rows ?? []).entries())
    checkRow(file, [...at, 'rows', index], row);
  if ((step.receive === undefined) !== (step.records === undefined)) {
    file.report('CONFIG_REQUIRED', at, '"receive" and "records" go together', 'add the other');
  }
  if (step.receive === undefined) return;
  const type = messages.receives.find(({ name }) => name === step.receive);
  if (type === undefined) {
    const message = `the module does not receive "${step.receive}"`;
    const names = messages.receives.map(({ name }) => name);
    file.report('CONFIG_VALUE', [...at, 'receive'], message, didYouMean(step.receive, names));
    return;
  }
  const known = type.fields.map(({ name }) => name);
  for (const [index, record] of (step.records ?? []).entries()) {
    for (const name of Object.keys(record)) {
      if (known.includes(name)) continue;
      const path = [...at, 'records', index, name];
      const message = `${type.name} has no field "${name}"`;
      file.report('CONFIG_UNKNOWN_KEY', path, message, didYouMean(name, known), { key: true });
    }
  }
}

function checkRow(file: File, at: Path, { packet, frame }: TestRow): void {
  if ((packet === undefined) === (frame === undefined)) {
    file.report('CONFIG_REQUIRED', at, 'a row has either a packet or a frame', 'give one of them');
  }
  if (packet !== undefined) checkPacketText(file, [...at, 'packet'], packet);
}
