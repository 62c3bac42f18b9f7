import { otherDenied, type Report } from '../../../scripts/report/report.ts';

/** What a module does that never did anything wrong. */
const harmless = {
  violations: 0,
  violationsByKind: {},
  faults: 0,
  restarts: 0,
  state: 'running',
} as const;

/** A report in which every part has something to show, and the counters add up. */
export const exampleReport: Report = {
  received: 12_345,
  originated: 6,
  transmitted: 9_006,
  consumed: 40,
  dropped: 3_301,
  held: 4,
  drops: {
    denied: 1_254,
    'same-segment': 900,
    'tcp-not-syn': 800,
    'capture-truncated': 9,
    'ipv4-checksum': 318,
    'malformed-arp': 20,
    'ttl-expired': 0,
  },
  ports: {
    eth0: { received: 1_200_345, transmitted: 2_000 },
    eth1: { received: 45, transmitted: 7_006 },
    eth2: { received: 0, transmitted: 0 },
  },
  flows: {
    'office pings the router': { packets: 6, bytes: 504, connections: 2 },
    'historian polls PLCs': { packets: 8_000, bytes: 812_345, connections: 12 },
    'a name as long as names may be, which is sixty-four characters ..': {
      packets: 1_000,
      bytes: 84_000,
      connections: 1,
    },
    'engineers reach the plant': { packets: 0, bytes: 0, connections: 0 },
    'office browses': { packets: 0, bytes: 0, connections: 0 },
  },
  denied: [
    {
      from: 'internet',
      to: 'router',
      protocol: 'icmp',
      source: '203.0.113.200',
      destination: '203.0.113.2',
      port: 0,
      packets: 251,
    },
    {
      from: 'office',
      to: 'plant',
      protocol: 'tcp',
      source: '10.1.0.21',
      destination: '10.2.0.7',
      port: 502,
      packets: 1_000,
    },
    otherDenied(3),
  ],
  modules: {
    route: { packets: 11_096, ...harmless },
    neighbor: { packets: 9_000, ...harmless },
    arp: { packets: 26, ...harmless },
    icmp: {
      packets: 6,
      violations: 2,
      violationsByKind: { range: 1, output: 1 },
      faults: 3,
      restarts: 2,
      state: 'quarantined',
    },
  },
  audit: { lines: 12, head: 'ab'.repeat(32) },
  receipt: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  seconds: 0.0123,
  packetsPerSecond: 1_003_658.54,
};

/** A run in which nothing happened. */
export const emptyReport: Report = {
  received: 0,
  originated: 0,
  transmitted: 0,
  consumed: 0,
  dropped: 0,
  held: 0,
  drops: {},
  ports: { eth0: { received: 0, transmitted: 0 } },
  flows: {},
  denied: [],
  modules: {},
  audit: exampleReport.audit,
  receipt: exampleReport.receipt,
  seconds: 0,
  packetsPerSecond: 0,
};
