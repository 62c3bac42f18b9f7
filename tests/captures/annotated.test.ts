/**
 * Annotated captures of real traffic, as Wireshark sees them: the frames that were captured, and
 * beside each the reason that tshark and the RFCs give for what became of it.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { loadRouter } from '../../config/router.ts';
import { capturedFrames } from './captured-frame.ts';
import { ExpectedOutcome } from './expected-outcome.ts';
import { replay, routerFile, withFolder } from './replay.ts';
import { sharedCaptureFolder } from './shared-folder.ts';
import { missing } from './tshark.ts';

const FIX = '--fix-checksums';
const PICKUP = '--pickup';
const CASES = [
  ['ics/zeek_modbus-and-non-modbus-p502.pcap', 'modbus-decoys', []],
  ['ics/iti_modicon_test.pcap', 'modicon', [FIX]],
  ['ics/icsnpp_enip_cip_example.pcap', 'ethernet-ip', []],
  ['ip/tcpreplay_test.pcap', 'office', [PICKUP, FIX]],
  ['ip/zeek_mixed-vlan-mpls.pcap', 'tagged-web', []],
] as const;

function tshark(file: string, ...words: string[]): string[] {
  const text = execFileSync('tshark', ['-n', '-r', file, '-T', 'fields', ...words], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    maxBuffer: 1 << 28,
  });
  return text.split('\n').slice(0, -1);
}

/** Stamps, lengths and bytes of all frames, through Wireshark's own conversion to classic pcap. */
function frameBytes(file: string, folder: string, name: string): Buffer {
  const copy = join(folder, name);
  execFileSync('editcap', ['-F', 'nsecpcap', file, copy], { stdio: 'ignore' });
  return readFileSync(copy).subarray(24);
}

describe.skipIf(missing !== null)(`annotated captures${missing === null ? '' : missing}`, () => {
  it.each(CASES)('of %s through %s %j', { timeout: 60_000 }, async (capture, name, options) => {
    await withFolder(async (folder) => {
      const input = join(sharedCaptureFolder, capture);
      const output = join(folder, 'annotated.pcapng');
      await replay(name, [input, '--annotate', output, ...options]);

      const equal = frameBytes(output, folder, 'a').equals(frameBytes(input, folder, 'b'));
      expect(equal, 'the frames are those of the input').toBe(true);

      const router = loadRouter(routerFile(name));
      const filters = parse(readFileSync(routerFile(`${name}.filters`), 'utf8'));
      const frames = await capturedFrames(input, new Map(Object.entries(filters)), folder);
      const { dropped } = new ExpectedOutcome(router, frames, {
        fixesChecksums: (options as readonly string[]).includes(FIX),
        picksUp: (options as readonly string[]).includes(PICKUP),
      });
      const told = tshark(output, '-e', 'frame.number', '-e', 'frame.comment').flatMap((line) => {
        const [number, comment] = line.split('\t');
        const reason = /^dropped: (\S+) by /.exec(comment)?.[1];
        return reason === undefined ? [] : [`${number} ${reason}`];
      });
      expect(told).toEqual(dropped.map(({ frame, reason }) => `${frame.number} ${reason}`));

      const denied = dropped.filter(({ reason }) => reason === 'denied');
      const filter = 'frame.comment contains "denied"';
      const found = tshark(output, '-Y', filter, '-e', 'frame.number');
      expect(found).toEqual(denied.map(({ frame }) => String(frame.number)));
    });
  });
});
