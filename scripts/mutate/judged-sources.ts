/**
 * A data table: which sources are changed, and which tests have to notice. Those of a row are asked
 * in its order, each only for what it reaches.
 */

export interface JudgedSources {
  readonly sources: readonly string[];
  readonly tests: readonly string[];
}

const below = (folder: string, names: string, ending: string): string[] =>
  names.split(' ').map((name) => `${folder}/${name}${ending}`);
const boot = (names: string) => below('firmware/boot', names, '.ts');
const kernel = (names: string) => below('firmware/kernel', names, '.ts');
const board = (names: string) => below('firmware/board', names, '.ts');
const netstack = (names: string) => below('netstack', names, '.ts');
const matchTests = (names: string) => below('tests/match', names, '.test.ts');
const firmwareTests = (names: string) => below('tests/firmware', names, '.test.ts');
const hostileTests = (names: string) => below('tests/hostile', names, '.test.ts');

export const JUDGED_SOURCES: readonly JudgedSources[] = [
  {
    sources: netstack('match/bindings match/set'),
    tests: [...matchTests('meaning parse-errors'), ...firmwareTests('policy/first-match')],
  },
  {
    sources: netstack(
      'sets/classify sets/packet-space sets/field sets/boxes sets/splits sets/node-table',
    ),
    tests: [...matchTests('packet-space classify boxes'), ...firmwareTests('boot/tables')],
  },
  {
    sources: boot('wasm-reader wasm-sections function-body call-graph load-module'),
    tests: [
      ...firmwareTests('boot/load-module boot/wasm-sections boot/function-body boot/gatekeeper'),
      ...hostileTests('refused-modules'),
      ...firmwareTests('boot/module-limits boot/binary-damage fuel/metering'),
    ],
  },
  {
    sources: boot('meter-body meter-module'),
    tests: firmwareTests('boot/gatekeeper fuel/metering'),
  },
  {
    sources: board('audit supervision messages module-slot'),
    tests: firmwareTests(
      'messages message-queues audit module-slot module-memory supervision fuel/out-of-fuel',
    ),
  },
  {
    sources: board('modules fuel board'),
    tests: [
      ...firmwareTests('board messages message-queues supervision fuel/out-of-fuel circles'),
      ...firmwareTests('module-memory breaths audit'),
      ...hostileTests('bystanders for-ever crimes'),
    ],
  },
  {
    sources: kernel('monitor fields rows'),
    tests: [
      ...firmwareTests('fields consumed columns-seen invariants/3-writes invariants/5-rewrites'),
      ...firmwareTests('invariants/4-outputs monitor-whole'),
    ],
  },
  {
    sources: kernel('made hold tables'),
    tests: [
      ...firmwareTests('made-frames hold invariants/5-stamp circles translated-held'),
      ...hostileTests('bystanders'),
    ],
  },
  {
    sources: kernel('tcp-state'),
    tests: firmwareTests('tcp-state tcp-reset flow-direction flow-table'),
  },
  {
    sources: kernel('parse-ipv6'),
    tests: firmwareTests('kernel/parse'),
  },
  {
    sources: kernel('deparse'),
    tests: firmwareTests('rewritten-frames leaving'),
  },
  {
    sources: kernel('counters'),
    tests: [
      ...firmwareTests('kernel/events denials consumed audit report/outcomes made-frames'),
      ...hostileTests('bystanders'),
    ],
  },
  {
    sources: kernel('ports kernel arena'),
    tests: firmwareTests('kernel/ports kernel/start link-state columns-seen unlinked leaving'),
  },
  {
    sources: kernel('stage'),
    tests: [
      ...firmwareTests('columns-seen supervision fuel/out-of-fuel unlinked hold'),
      ...firmwareTests('invariants/2-columns report/outcomes'),
    ],
  },
  {
    sources: kernel('classify parse-plain'),
    tests: [
      ...firmwareTests('kernel/parse kernel/partial-frames unlinked flow-table-keys'),
      ...firmwareTests('flow-direction known-flows invariants/10-same-tables'),
    ],
  },
  {
    sources: kernel('parse'),
    tests: [
      ...firmwareTests('kernel/parse unlinked flow-table-keys flow-direction known-flows'),
      ...firmwareTests('columns-seen flow-table vector-size invariants/10-same-tables'),
    ],
  },
  {
    sources: kernel('transmit'),
    tests: firmwareTests(
      'leaving known-flows flow-table-keys made-frames invariants/5-stamp flow-counters consumed',
    ),
  },
  {
    sources: kernel('flow-table flow-marks flow-time denials'),
    tests: [
      ...firmwareTests('known-flows flow-direction tcp-state flow-table-keys breaths flow-table'),
      ...firmwareTests('eviction-in-vector flow-table-limits denied-again tuple-reuse'),
    ],
  },
  {
    sources: kernel('first-match'),
    tests: firmwareTests('high-ports policy/router-zone policy/first-match'),
  },
  {
    sources: kernel('policy pass-known'),
    tests: [
      ...firmwareTests('flow-direction unlinked tcp-state tcp-reset policy/source-check'),
      ...firmwareTests('policy/router-zone policy/icmp-errors known-flows pass-known link-state'),
      ...firmwareTests('rfc1812 rfc1812-icmp invariants/5-stamp invariants/5-rewrites flow-table'),
      ...firmwareTests('denied-again'),
    ],
  },
  {
    sources: kernel('arrival breath-flows receive'),
    tests: [
      ...firmwareTests('breaths known-flows unlinked flow-direction flow-table-keys'),
      ...firmwareTests('policy/source-check circles held-flows kernel/partial-frames rfc1812'),
      ...firmwareTests('invariants/5-stamp denied-again'),
    ],
  },
  {
    sources: boot(
      'address-map pipeline blob class-tables place-tables policy-tables tables range-map',
    ),
    tests: [
      ...firmwareTests('boot/tables boot/place-tables boot/range-map boot/neighbor-ranges'),
      ...firmwareTests('high-ports policy/policy-limits policy/first-match policy/source-check'),
      ...firmwareTests('invariants/10-same-tables invariants/3-writes invariants/5-stamp'),
    ],
  },
];

/** Every source that is changed, in the order of the table. */
export const CHANGED_SOURCES: readonly string[] = JUDGED_SOURCES.flatMap(({ sources }) => sources);

/** The tests that judge a source. */
export function testsOf(path: string): readonly string[] {
  return JUDGED_SOURCES.find(({ sources }) => sources.includes(path))?.tests ?? [];
}
