import { describe, expect, it } from 'vitest';
import type { Counters } from '../../../firmware/report/counters.ts';
import { imbalance, reportSchema } from '../../../scripts/report/report.ts';
import { reportOf } from '../../../scripts/report/report-of.ts';
import { exampleReport } from './example-report.ts';

const row = { from: 'office', to: null, source: 0x0a010015, destination: 0x0a020007, packets: 2 };
const counters: Counters = {
  received: 5,
  originated: 1,
  transmitted: 2,
  consumed: 1,
  dropped: 3,
  held: 0,
  drops: { denied: 3 },
  ports: { eth0: { received: 5, transmitted: 2 } },
  flows: { web: { packets: 2, bytes: 80, connections: 1 } },
  modules: { route: exampleReport.modules.route },
  denied: [
    { ...row, protocol: 6, port: 502 },
    { ...row, protocol: 1, port: 7 },
  ],
  deniedOther: 0,
  eventsLost: 0,
};
const facts = {
  audit: exampleReport.audit,
  receipt: exampleReport.receipt,
  seconds: 0.5,
  isDeveloperMode: false,
};

describe('reportOf', () => {
  it('gives every counter, names for numbers, and packets a second', () => {
    const report = reportOf(counters, facts);
    expect(reportSchema.parse(report)).toEqual(report);
    expect(imbalance(report)).toBe(0);
    expect(report.packetsPerSecond).toBe(10);
    const ends = { from: 'office', to: 'none', source: '10.1.0.21', destination: '10.2.0.7' };
    expect(report.denied).toEqual([
      { ...ends, protocol: 'tcp', port: 502, packets: 2 },
      { ...ends, protocol: 'icmp', port: 0, packets: 2 },
    ]);
  });

  it('has the keys of the golden JSON, in that order', () => {
    expect(Object.keys(reportOf(counters, facts))).toEqual(Object.keys(exampleReport));
  });

  it('adds up denied packets beyond 1,000 rows into one other', () => {
    const denied = Array.from({ length: 1002 }, (_, port) => ({ ...row, protocol: 6, port }));
    const report = reportOf({ ...counters, denied, deniedOther: 5 }, facts);
    expect(report.denied).toHaveLength(1001);
    expect(report.denied[1000]).toMatchObject({ protocol: 'other', packets: 9 });
  });

  it('marks developer mode', () => {
    expect(reportOf(counters, facts)).not.toHaveProperty('developerMode');
    expect(reportOf(counters, { ...facts, isDeveloperMode: true }).developerMode).toBe(true);
  });
});
