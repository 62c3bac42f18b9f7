/**
 * Annotated captures of real traffic, as Wireshark sees them: the frames that were captured, and
 * beside each the reason that tshark and the RFCs give for what became of it.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { loadRouter } from '../../config/router.ts';
import { sharedFacts } from '../drivers/shared-captures.ts';
import { folderOfRun } from '../project/run-folder.ts';
import { framesOfCaptures, type Reading } from './captured-frame.ts';
import { ExpectedOutcome } from './expected-outcome.ts';
import { replay, routerFile } from './replay.ts';
import { sharedCaptureFolder } from './shared-folder.ts';
import { missing, tsharkRows } from './tshark.ts';

/** All captures are annotated, and read by tshark, at once. */
const ANNOTATING_MS = 120_000;

const FIX = '--fix-checksums';
const PICKUP = '--pickup';
const CASES = [
  ['ics/zeek_modbus-and-non-modbus-p502.pcap', 'modbus-decoys', []],
  ['ics/iti_modicon_test.pcap', 'modicon', [FIX]],
  ['ics/icsnpp_enip_cip_example.pcap', 'ethernet-ip', []],
  ['ip/tcpreplay_test.pcap', 'office', [PICKUP, FIX]],
  ['ip/zeek_mixed-vlan-mpls.pcap', 'tagged-web', []],
] as const;

/** Stamps, lengths and bytes of all frames, through Wireshark's own conversion to classic pcap. */
function frameBytes(file: string, folder: string, name: string): Buffer {
  const copy = join(folder, name);
  execFileSync('editcap', ['-F', 'nsecpcap', file, copy], { stdio: 'ignore' });
  return readFileSync(copy).subarray(24);
}

/** A frame of an annotated capture as Wireshark shows it. */
interface Told {
  readonly comment: string;
  /** Whether a display filter for denied frames finds it. */
  readonly isFound: boolean;
}

/** An annotated capture, and what has to stand in it. */
interface Annotated {
  readonly input: string;
  readonly output: string;
  readonly told: readonly Told[];
  readonly expected: ExpectedOutcome;
}

function readingOf([capture, name]: (typeof CASES)[number]): Reading {
  const { packets } = sharedFacts().find(({ path }) => path === capture)!;
  const filters = parse(readFileSync(routerFile(`${name}.filters`), 'utf8'));
  const flows = new Map<string, string>(Object.entries(filters));
  return { file: join(sharedCaptureFolder, capture), packets, flows };
}

async function toldBy(outputs: readonly string[], folder: string): Promise<Told[]> {
  const file = join(folder, 'annotated-all.pcapng');
  // Sections of one file, as they are: mergecap does not keep all options of a packet.
  writeFileSync(file, Buffer.concat(outputs.map((output) => readFileSync(output))));
  const rule = new Map([['denied', 'frame.comment contains "denied"']]);
  const fields = ['frame.comment', 'frame.coloring_rule.name'];
  return Array.from(await tsharkRows(file, fields, rule, folder), (row) => ({
    comment: row['frame.comment']![0] ?? '',
    isFound: row['frame.coloring_rule.name']![0] === 'denied',
  }));
}

/** Annotates all captures; tshark is started once for them, and once for what was written. */
async function annotateAll(folder: string): Promise<Annotated[]> {
  const readings = CASES.map(readingOf);
  const frames = await framesOfCaptures(readings, folder);
  const outputs: string[] = [];
  for (const [index, [, name, options]] of CASES.entries()) {
    const output = join(folder, `annotated-${index}.pcapng`);
    await replay(name, [readings[index]!.file, '--annotate', output, ...options]);
    outputs.push(output);
  }
  const told = await toldBy(outputs, folder);
  const cases = CASES.map(([, name, options], index) => {
    const words: readonly string[] = options;
    const expected = new ExpectedOutcome(loadRouter(routerFile(name)), frames[index]!, {
      fixesChecksums: words.includes(FIX),
      picksUp: words.includes(PICKUP),
    });
    const { file: input, packets } = readings[index]!;
    return { input, output: outputs[index]!, told: told.splice(0, packets), expected };
  });
  // Captures that have another number of frames than their inputs are all out of step.
  expect(told).toEqual([]);
  return cases;
}

describe.skipIf(missing !== null)(`annotated captures${missing === null ? '' : missing}`, () => {
  const folder = folderOfRun('annotated-');
  let cases: readonly Annotated[];
  beforeAll(async () => {
    cases = await annotateAll(folder);
  }, ANNOTATING_MS);

  it.each(CASES.map(([capture, name, options], index) => [capture, name, options, index] as const))(
    'of %s through %s %j',
    (_capture, _name, _options, index) => {
      const { input, output, told, expected } = cases[index]!;
      const equal = frameBytes(output, folder, 'a').equals(frameBytes(input, folder, 'b'));
      expect(equal, 'the frames are those of the input').toBe(true);

      const reasons = told.flatMap(({ comment }, at) => {
        const reason = /^dropped: (\S+) by /.exec(comment)?.[1];
        return reason === undefined ? [] : [`${at + 1} ${reason}`];
      });
      const { dropped } = expected;
      expect(reasons).toEqual(dropped.map(({ frame, reason }) => `${frame.number} ${reason}`));

      const denied = dropped.filter(({ reason }) => reason === 'denied');
      const found = told.flatMap(({ isFound }, at) => (isFound ? [at + 1] : []));
      expect(found).toEqual(denied.map(({ frame }) => frame.number));
    },
  );
});
