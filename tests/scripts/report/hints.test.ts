import { describe, expect, it } from 'vitest';
import { reportHints } from '../../../scripts/report/hints.ts';
import { emptyReport } from './example-report.ts';

function hintsFor(reason: string, drops: number, received: number): string[] {
  return reportHints({ ...emptyReport, received, dropped: drops, drops: { [reason]: drops } });
}

describe('hints', () => {
  it.each([
    ['same-segment', '--in'],
    ['tcp-not-syn', '--pickup'],
    ['capture-truncated', 'snap length of 0'],
    ['ipv4-checksum', '--fix-checksums'],
    ['other-host', '--as-captured'],
  ])('for many drops as %s name %s', (reason, option) => {
    const [hint, ...others] = hintsFor(reason, 50, 100);
    expect(hint).toMatch(new RegExp(`^50 frames \\(50 %\\) were dropped as ${reason}: `));
    expect(hint).toContain(option);
    expect(others).toEqual([]);
  });

  it('are not given for few drops, for a small part, or for what the policy decided', () => {
    expect(hintsFor('tcp-not-syn', 9, 10)).toEqual([]);
    expect(hintsFor('tcp-not-syn', 49, 1000)).toEqual([]);
    expect(hintsFor('denied', 1000, 1000)).toEqual([]);
  });
});
