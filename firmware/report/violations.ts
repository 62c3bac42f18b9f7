/**
 * The kernel's violations, by name: what a module tried, and what the number beside it means. A
 * data table; docs/audit.md prints it.
 */
import * as layout from '../boot/table-layout.ts';

/** The name of a violation: its constant without VIOLATION_, in kebab case. It is API. */
export interface Violation {
  readonly name: string;
  readonly why: string;
  /** What `value` of an audit line is. */
  readonly value: string;
}

const WORDS: Readonly<Record<string, readonly [why: string, value: string]>> = {
  verdict: ['the manifest gives no such verdict', 'the verdict'],
  output: ['the output is not declared for what the packet is now', 'the output, from 1'],
  'changed-bit': ['a changed bit stands for no declared write', 'the changed bits'],
  range: ['the value is outside the declared range', 'the value'],
  'absent-field': ['the packet has no such field, or no room in it', 'the column'],
  hold: ['holding is not declared, or the packet came back timed out', 'the verdict'],
  frame: ['the frame or its header is impossible', 'the length, or the EtherType'],
  'frame-row': ['no such packet was handed over to answer, or it is answered', 'the row'],
  'frame-output': ['the place has no such output', 'the output'],
  'frame-class': [
    'the manifest does not let the module make such a frame',
    'EtherType or drop reason',
  ],
  'frame-source': ["the frame's source is not the board's own", 'the EtherType'],
  'frame-port': ['the manifest does not let frames of its own leave by that port', 'the port'],
  'frame-rate': ['more frames of its own a second than declared', 'the frames so far'],
  unpermitted: ['the packet would leave without the stamp of the policy', 'port or destination'],
  message: ['the message is of a type or size that is not declared', 'the type, or the bytes'],
  'message-rate': ['more messages at once than a module may send', 'the bytes so far'],
  'message-loop': ['the message was caused by too many others in turn', 'the generation'],
};

const byNumber = new Map<number, Violation>();
for (const [constant, id] of Object.entries(layout) as [string, number][]) {
  if (!constant.startsWith('VIOLATION_')) continue;
  const name = constant.slice('VIOLATION_'.length).toLowerCase().replaceAll('_', '-');
  const [why, value] = WORDS[name];
  byNumber.set(id, { name, why, value });
}

/** All violations, by the kernel's number. */
export const violations: ReadonlyMap<number, Violation> = byNumber;
