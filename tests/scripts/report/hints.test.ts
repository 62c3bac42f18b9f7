import { describe, expect, it } from 'vitest';
import { dropReasonDescriptions } from '../../../config/drop-reasons.ts';
import { reportHints } from '../../../scripts/report/hints.ts';
import { sluice } from '../sluice.ts';
import { emptyReport } from './example-report.ts';

function hintsFor(reason: string, drops: number, received: number): string[] {
  return reportHints({ ...emptyReport, received, dropped: drops, drops: { [reason]: drops } });
}

describe('hints', () => {
  it.each([
    ['same-segment', '--in'],
    ['tcp-not-syn', '--pickup'],
    ['capture-truncated', '--pad-truncated'],
    ['ipv4-checksum', '--fix-checksums'],
    ['other-host', '--as-captured'],
  ])('for many drops as %s name %s', (reason, option) => {
    const [hint, ...others] = hintsFor(reason, 50, 100);
    expect(hint).toMatch(new RegExp(`^50 frames \\(50 %\\) were dropped as ${reason}: `));
    expect(hint).toContain(option);
    expect(others).toEqual([]);
  });

  it('are given for few drops where these are the main thing that happened', () => {
    expect(hintsFor('tcp-not-syn', 1, 4)).toHaveLength(1);
    expect(hintsFor('same-segment', 1, 1)[0]).toMatch(/^1 frame \(100 %\) was dropped/);
  });

  it('are not given for few drops, for a small part, or for what the policy decided', () => {
    expect(hintsFor('tcp-not-syn', 9, 37)).toEqual([]);
    expect(hintsFor('tcp-not-syn', 49, 1000)).toEqual([]);
    expect(hintsFor('denied', 1000, 1000)).toEqual([]);
    expect(hintsFor('tcp-not-syn', 0, 0)).toEqual([]);
  });

  it('name only options that sluice replay has', async () => {
    const { stdout } = await sluice('replay', '--help');
    const reasons = Object.keys(dropReasonDescriptions);
    const hints = reasons.flatMap((reason) => hintsFor(reason, 50, 100)).join(' ');
    const options = hints.match(/--[a-z-]+/g) ?? [];
    expect(options.length).toBeGreaterThan(3);
    for (const option of options) expect(stdout).toContain(`  ${option} `);
  });
});
