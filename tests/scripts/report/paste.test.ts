import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { groupDenied } from '../../../scripts/report/denied-groups.ts';
import { permitFlow, permitYaml } from '../../../scripts/report/permit-flow.ts';
import { REPORT_COLUMNS } from '../../../scripts/report/table.ts';
import {
  hasSharedCaptures,
  NO_SHARED_CAPTURES,
  sharedCaptureFolder,
} from '../../captures/shared-folder.ts';
import {
  inProject,
  plantBoard,
  plantCapture,
  plantRouter,
  replayJson,
  sluice,
  temporaryFolder,
} from '../sluice.ts';

const folder = temporaryFolder();

describe('what the report says under Denied', () => {
  it('permits all of it when it is pasted under flows:', async () => {
    const { stdout } = await sluice('replay', plantCapture, '--config', plantRouter);
    const [, section = ''] = /^Denied: .*\n([\s\S]*?)\n\n/m.exec(stdout) ?? [];
    const router = readFileSync(plantRouter, 'utf8');
    const pasted = join(folder, 'pasted.yaml');
    writeFileSync(pasted, router.replace(/^flows:$/m, `flows:\n${section}`));
    const board = ['--board', plantBoard];
    const report = await replayJson([plantCapture, '--config', pasted, ...board]);
    expect(report.denied).toEqual([]);
    expect(report.flows['tcp 443 from plant to internet']).toMatchObject({ connections: 6 });
  });
});

const CASES = [
  ['modbus-decoys', 'ics/zeek_modbus-and-non-modbus-p502.pcap'],
  ['bacnet', 'ics/icsnpp_bacnet_example.pcap'],
  ['dnp3', 'ics/zeek_dnp3.pcap'],
  ['office', 'ip/tcpreplay_test.pcap'],
  ['tunnel', 'ip/zeek_gre-sample.pcap'],
  ['sctp', 'ip/arkime_sctp-www.pcap'],
];

/** A router file without its flows, to be read from any folder. */
function withoutFlows(name: string): string {
  const text = readFileSync(inProject('tests', 'captures', 'routers', `${name}.yaml`), 'utf8');
  return text.replace(/^flows:[\s\S]*/m, '').replace(/^board: .*$/m, 'board: three-port');
}

describe.skipIf(!hasSharedCaptures)(`the entries of a report (${NO_SHARED_CAPTURES})`, () => {
  it.each(CASES)('permit all that is denied of %s', async (router, capture) => {
    const file = join(folder, `${router}.yaml`);
    const closed = withoutFlows(router);
    const words = [join(sharedCaptureFolder, capture), '--config', file, '--pickup'];
    writeFileSync(file, closed);
    const before = await replayJson(words);
    const taken = new Set<string>();
    const entries = groupDenied(before.denied).flatMap((group) => {
      const flow = permitFlow(group, taken);
      return flow === null ? [] : permitYaml(flow, REPORT_COLUMNS);
    });
    expect(entries.length).toBeGreaterThan(0);
    writeFileSync(file, `${closed}flows:\n${entries.join('\n')}\n`);
    const after = await replayJson(words);
    expect(after.denied).toEqual([]);
    expect(after.transmitted).toBeGreaterThan(before.transmitted);
  });
});
