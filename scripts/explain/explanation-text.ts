/** An explanation for people: a packet's way in about a dozen lines. */

import type { Style } from '../report/style.ts';
import { REPORT_COLUMNS, wrap } from '../report/table.ts';
import { shortened } from './column-text.ts';
import type {
  CheckMade,
  ColumnChange,
  ColumnShown,
  Explanation,
  OutcomeShown,
  StepShown,
} from './explanation.ts';

const INDENT = '  ';
const LABEL_COLUMNS = 14;
const FAULT = 'FAULT: its call ended in a trap or beyond a limit';

/** Text beside a label; what does not fit goes on below, as do further texts. */
function entry(style: Style, label: string, ...texts: readonly string[]): string[] {
  const width = REPORT_COLUMNS - INDENT.length - LABEL_COLUMNS;
  const lines = texts.filter((text) => text !== '').flatMap((text) => wrap(text, width));
  return lines.map((line, index) => {
    const name = (index === 0 ? label : '').padEnd(LABEL_COLUMNS);
    return `${INDENT}${index === 0 ? style.heading(name) : name}${line}`;
  });
}

function sawText(columns: readonly ColumnShown[]): string {
  if (columns.length === 0) return 'saw nothing of it';
  return `saw ${columns.map(({ column, value }) => `${column} ${shortened(value)}`).join(', ')}`;
}

function changesText(changes: readonly ColumnChange[]): string {
  return changes.map(({ column, before, after }) => `${column} ${before} → ${after}`).join(', ');
}

function checksText(checks: readonly CheckMade[]): string {
  const texts = checks.map(({ check, passed }) => (passed ? check : `VIOLATION: ${check}`));
  return texts.length === 0 ? '' : `monitor: ${texts.join('; ')}`;
}

/** What was said, where the packet went, and what changed on the way. */
function onward(said: string, next: string | null, changes: string): string {
  const way = next === null ? said : `${said} → ${next}`.trim();
  return changes === '' ? way : `${way}: ${changes}`;
}

function moduleLines(step: Extract<StepShown, { step: 'module' }>, style: Style): string[] {
  const said = onward(step.verdict, step.next, changesText(step.changes));
  return entry(style, step.at, sawText(step.saw), said, checksText(step.checks));
}

/** By what right it may go on, or why not. */
function grantText(step: Extract<StepShown, { step: 'policy' }>): string {
  const { flow, stopped } = step;
  if (stopped === 'denied') return 'no entry in the flow table, and no flow permits it';
  if (stopped !== null) return onward(`stopped: ${stopped}`, step.next, '');
  if (flow === null) return "the router's own: it goes where it was made to go";
  const name = `flow "${flow.name}" (line ${flow.line})`;
  return step.entry === 'new'
    ? `${name} is the first that matches: a new entry`
    : `${name}: its entry`;
}

function policyLines(step: Extract<StepShown, { step: 'policy' }>, style: Style): string[] {
  const near = step.near.map(
    ({ flow, line, misses }) => `near: "${flow}" (line ${line}), but ${misses.join(' and ')}`,
  );
  const changes = changesText(step.changes);
  const stamped = step.isStamped ? 'stamped' : '';
  const went = step.stopped === null ? onward(stamped, step.next, changes) : '';
  const asked = `${step.from} > ${step.to}: ${step.tuple}`;
  return entry(style, step.at, asked, grantText(step), went, ...near);
}

function releasedLines(step: Extract<StepShown, { step: 'released' }>, style: Style): string[] {
  const why = step.isTimedOut ? 'timed out' : 'released by a message';
  const sent = step.meanwhile.map((frame) => `meanwhile sent: ${frame}`);
  return entry(style, 'held', `by ${step.at} for ${step.seconds.toFixed(6)} s: ${why}`, ...sent);
}

function txLines(step: Extract<StepShown, { step: 'tx' }>, style: Style): string[] {
  const stamp = step.isStamped ? 'stamp good' : 'no stamp';
  const sent = step.sent === null ? 'not sent' : changesText(step.changes);
  return entry(style, 'tx', `${stamp} → ${step.port}: ${sent}`);
}

function stepLines(step: StepShown, style: Style): string[] {
  switch (step.step) {
    case 'module':
      return moduleLines(step, style);
    case 'policy':
      return policyLines(step, style);
    case 'released':
      return releasedLines(step, style);
    case 'tx':
      return txLines(step, style);
    case 'fault':
      return entry(style, step.at, step.reason === 'fault' ? FAULT : `not called: ${step.reason}`);
  }
}

/** Such as `dropped as denied by policy: No flow in the router file permits it.` */
function outcomeText({ reason, meaning, by, port, flow }: OutcomeShown, kind: string): string {
  const inFlow = flow === null ? '' : `, flow "${flow}"`;
  if (kind === 'carried') return `out ${port}${inFlow}`;
  if (kind === 'consumed') return `by ${by}${inFlow}`;
  return `${reason} by ${by}${inFlow}${meaning === null ? '' : `: ${meaning}`}`;
}

function classText({ number, of, predicates, next }: NonNullable<Explanation['class']>): string {
  const words = predicates.length === 0 ? 'none that a manifest names' : predicates.join('; ');
  return `${number} of ${of} (${words})${next === null ? '' : ` → ${next}`}`;
}

/** The explanation as text that ends with a line feed; `title` is its first line. */
export function explanationText(title: string, it: Explanation, style: Style): string {
  const time = it.seconds === null ? '' : `${it.seconds.toFixed(6)} s, `;
  const zone = it.zone === null ? 'no zone' : `zone ${it.zone}`;
  const { outcome } = it;
  const lines = [
    ...wrap(title, REPORT_COLUMNS).map(style.title),
    '',
    ...entry(style, 'packet', `${it.packet} (${it.size} bytes)`),
    ...entry(style, 'arrived', `${time}on ${it.port}, ${zone}: ${it.because}`),
    ...(it.class === null ? [] : entry(style, 'class', classText(it.class))),
    ...it.steps.flatMap((step) => stepLines(step, style)),
    ...entry(style, outcome.kind, outcomeText(outcome, outcome.kind)),
    ...it.answers.flatMap((answer) =>
      entry(
        style,
        'answered',
        `by ${answer.by}: ${answer.packet}`,
        `${answer.outcome.kind} ${outcomeText(answer.outcome, answer.outcome.kind)}`,
      ),
    ),
  ];
  return `${lines.join('\n')}\n`;
}
