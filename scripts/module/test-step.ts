/** One step of a module's test: what it hands over, what must follow and what did, as lines. */
import { type ColumnName, columns, isColumnName } from '../../config/columns.ts';
import { ConfigError } from '../../config/diagnostics.ts';
import type { Manifest, MessageType, Place } from '../../config/manifest.ts';
import { recordsMax, writeRecords } from '../../config/message-record.ts';
import type { Router } from '../../config/router.ts';
import { buildPacket } from '../../netstack/build-packet.ts';
import { describeFrame } from '../../netstack/describe.ts';
import { parsePacketText } from '../../netstack/packet-text.ts';
import { columnText } from '../explain/column-text.ts';
import { verdictText } from '../explain/module-step.ts';
import type { SourcePorts } from '../replay/source-ports.ts';
import type { ModuleRig, RigEffects, RigRow } from './module-rig.ts';
import type { RowEffect } from './place-watch.ts';
import type { TestRow, TestStep, Values } from './tests-file.ts';
import { columnNumber, fieldNumber, isColumn, recordText } from './value-text.ts';

/** What a step is carried out with. */
export interface StepBench {
  readonly file: string;
  readonly manifest: Manifest;
  readonly place: Place;
  readonly router: Router;
  readonly sourcePorts: SourcePorts;
  readonly rig: ModuleRig;
}

/** What must follow a step, and what did: lines of text, equal when all is well. */
export interface StepResult {
  readonly expected: readonly string[];
  readonly found: readonly string[];
}

function refuse({ file }: StepBench, { line }: TestStep, message: string, hint: string): never {
  throw new ConfigError([{ code: 'CONFIG_VALUE', file, line, column: 1, message, hint }]);
}

function portOf(bench: StepBench, step: TestStep, row: TestRow): number {
  const { ports } = bench.router.board;
  if (row.in !== undefined) {
    const port = ports.findIndex(({ name }) => name === row.in);
    if (port >= 0) return port;
    const names = ports.map(({ name }) => name).join(', ');
    return refuse(bench, step, `there is no port "${row.in}"`, `name one of ${names}`);
  }
  if (row.packet !== undefined) return bench.sourcePorts.portOf(parsePacketText(row.packet).source);
  const bytes = Buffer.from(row.frame ?? '', 'hex');
  return bench.sourcePorts.assignPort(bytes, 0, bytes.length);
}

function frameOf({ router }: StepBench, port: number, { packet, frame }: TestRow): Uint8Array {
  if (frame !== undefined) return new Uint8Array(Buffer.from(frame, 'hex'));
  const spec = parsePacketText(packet ?? '');
  const macs = spec.kind === 'arp' ? {} : { destination: router.board.ports[port].mac };
  return buildPacket(spec, macs);
}

/** Only what stages before this one would know: the rest of a row is in its frame. */
function columnsOf(bench: StepBench, step: TestStep, row: TestRow): RigRow['columns'] {
  return Object.entries(row.columns ?? {}).map(([name, text]) => {
    if (!isColumnName(name) || !name.startsWith('meta.') || name === 'meta.ingress') {
      const hint = 'columns are meta.egress, .nexthop, .held, .reason, .mtu and .length';
      return refuse(bench, step, `column "${name}" follows from the packet`, hint);
    }
    const { id, size, max } = columns[name];
    const value = columnNumber(name, text, bench.router.board.ports);
    if (value !== null && value <= max) return { id, size, value };
    return refuse(bench, step, `${name}: "${text}" is no value of it`, `0 to ${max}, or a name`);
  });
}

function runRows(bench: StepBench, step: TestStep, rows: readonly TestRow[]): RigEffects {
  const handed = rows.map((row) => {
    const port = portOf(bench, step, row);
    return { port, frame: frameOf(bench, port, row), columns: columnsOf(bench, step, row) };
  });
  return bench.rig.process(handed);
}

function runReceive(bench: StepBench, step: TestStep, name: string): RigEffects {
  const { receives } = bench.manifest.messages;
  const index = receives.findIndex((type) => type.name === name);
  const records = (step.records ?? []).map((record) =>
    Object.fromEntries(
      Object.entries(record).map(([field, text]) => {
        const value = fieldNumber(text);
        const hint = 'write a number, an IPv4 address or a MAC address';
        return [field, value ?? refuse(bench, step, `${field}: "${text}" is no value`, hint)];
      }),
    ),
  );
  const most = recordsMax(receives[index]);
  if (records.length > most) refuse(bench, step, `${records.length} records`, `at most ${most}`);
  return bench.rig.receive(index, writeRecords(receives[index], records), records.length);
}

function carryOut(bench: StepBench, step: TestStep): RigEffects {
  if (step.at !== undefined) bench.rig.setTime(step.at);
  if (step.rows !== undefined) return runRows(bench, step, step.rows);
  return step.receive === undefined ? bench.rig.tick() : runReceive(bench, step, step.receive);
}

function expectedRow(row: TestRow, number: number): string[] {
  const writes = Object.entries(row.writes).map(([name, value]) => `${name} ${value}`);
  return [`row ${number}: ${row.verdict}`, ...writes.map((text) => `row ${number} writes ${text}`)];
}

function foundRow(bench: StepBench, effect: RowEffect, number: number, row: TestRow): string[] {
  const { place, manifest, router } = bench;
  switch (effect.kind) {
    case 'absent':
      return [`row ${number}: it never reached the module: not ${place.acceptsText}, or dropped`];
    case 'fault':
      return [`row ${number}: fault`];
    case 'violation':
      return [`row ${number}: violation ${effect.violation}`];
    case 'judged': {
      const { ports } = router.board;
      const writes = effect.writes.map(([name, value]) => {
        const expected = row.writes[name];
        const text = isColumn(name, value, expected, ports)
          ? String(expected)
          : columnText(name as ColumnName, value, ports);
        return `row ${number} writes ${name} ${text}`;
      });
      const verdict = verdictText(effect.verdict, place, manifest.drops);
      return [`row ${number}: ${verdict}`, ...inOrderOf(Object.keys(row.writes), writes)];
    }
  }
}

/** Writes in the order in which they were expected, the others after them. */
function inOrderOf(names: readonly string[], lines: readonly string[]): string[] {
  const rank = (line: string) => {
    const index = names.findIndex((name) => line.includes(` writes ${name} `));
    return index < 0 ? names.length : index;
  };
  return [...lines].sort((a, b) => rank(a) - rank(b));
}

function messageLines(types: readonly MessageType[], { messages }: TestStep): string[] {
  return messages.flatMap((message) =>
    Object.entries(message).map(([name, record]) => {
      const fields = types.find((type) => type.name === name)?.fields ?? [];
      const known = fields.map((field) => `${field.name} ${record[field.name] ?? 0}`);
      const others = Object.keys(record).filter((key) => !fields.some((f) => f.name === key));
      return `message ${name}: ${[...known, ...others.map((key) => `${key}?`)].join(', ')}`;
    }),
  );
}

function foundMessages(bench: StepBench, step: TestStep, effects: RigEffects): string[] {
  const types = bench.manifest.messages.sends;
  return effects.messages.map(({ message, record }, index) => {
    const like: Values | undefined = step.messages[index]?.[message];
    const type = types.find(({ name }) => name === message)!;
    return `message ${recordText(type, record, like ?? {})}`;
  });
}

function foundFrames({ place, router }: StepBench, step: TestStep, effects: RigEffects): string[] {
  return effects.frames.map(({ output, egress, bytes }, index) => {
    const name = place.outputs[output - 1]?.name ?? String(output);
    const isAsked = step.frames[index]?.egress !== undefined;
    const port = router.board.ports[egress]?.name ?? 'none';
    return `frame by ${name}${isAsked ? ` to ${port}` : ''}: ${describeFrame(bytes)}`;
  });
}

/** Carries a step out. @throws {ConfigError} for a value that cannot be handed over */
export function runStep(bench: StepBench, step: TestStep): StepResult {
  const effects = carryOut(bench, step);
  const rows = step.rows ?? [];
  return {
    expected: [
      ...rows.flatMap((row, index) => expectedRow(row, index + 1)),
      ...messageLines(bench.manifest.messages.sends, step),
      ...step.frames.map(({ output, egress, frame }) => {
        return `frame by ${output}${egress === undefined ? '' : ` to ${egress}`}: ${frame}`;
      }),
    ],
    found: [
      ...rows.flatMap((row, index) => foundRow(bench, effects.rows[index], index + 1, row)),
      ...foundMessages(bench, step, effects),
      ...foundFrames(bench, step, effects),
      ...effects.violations.map((name) => `violation ${name}`),
      ...effects.faults.map((fault) => `fault in ${fault}`),
    ],
  };
}
