import { describe, expect, it } from 'vitest';
import { groupDenied } from '../../../scripts/report/denied-groups.ts';
import { type DeniedRow, otherDenied } from '../../../scripts/report/report.ts';

const office = { from: 'office', to: 'plant', protocol: 'tcp', port: 502 };
const row: DeniedRow = { ...office, source: '10.1.0.20', destination: '10.2.0.7', packets: 2 };

/** A packet the other way between the same hosts. */
function back(port: number, packets = 1): DeniedRow {
  const ends = { source: row.destination, destination: row.source };
  return { ...row, from: 'plant', to: 'office', ...ends, port, packets };
}

describe('denied traffic', () => {
  it('is one group for a service between two zones, whatever the hosts', () => {
    const other = { ...row, source: '10.1.0.21', destination: '10.2.0.8', packets: 3 };
    expect(groupDenied([row, other, row])).toEqual([
      {
        ...office,
        sources: ['10.1.0.20', '10.1.0.21'],
        destinations: ['10.2.0.7', '10.2.0.8'],
        packets: 7,
        answers: 0,
      },
    ]);
  });

  it.each([
    ['another port', { port: 80 }],
    ['another protocol', { protocol: 'udp' }],
    ['another zone', { from: 'internet' }],
  ])('is another group for %s', (_, change) => {
    expect(groupDenied([row, { ...row, ...change }])).toHaveLength(2);
  });

  it('counts answers with what they answer', () => {
    const groups = groupDenied([back(40_001, 4), row, back(40_002)]);
    expect(groups).toMatchObject([{ ...office, packets: 2, answers: 5 }]);
  });

  it.each([
    ['a system port', back(514)],
    ['a port that services have', back(44_818)],
    ['other hosts', { ...back(40_001), source: '10.2.0.9' }],
    ['other zones', { ...back(40_001), from: 'internet' }],
    ['another protocol', { ...back(40_001), protocol: 'udp' }],
  ])('takes what goes back to %s for a service of its own', (_, other) => {
    expect(groupDenied([row, other]).map(({ answers }) => answers)).toEqual([0, 0]);
  });

  it('has the groups with most packets first, and not what cannot be told apart', () => {
    const groups = groupDenied([otherDenied(99), row, { ...row, port: 80, packets: 9 }]);
    expect(groups.map(({ port }) => port)).toEqual([80, 502]);
  });
});
