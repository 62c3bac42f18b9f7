import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { scratchFolder } from '../../firmware/configuration.ts';
import { writeBelow } from '../../firmware/write-below.ts';
import { inProject, sluice } from '../sluice.ts';

const MANIFEST = `name: echo
version: 1.0.0
summary: Writes what it should not, traps, and runs for ever, as the port says.
accepts: udp
reads: [l4.dport]
writes: { ipv4.dscp: 46 }
outputs: { out: udp }
drops: [unwanted]
limits: { memory: 256 KiB, fuel-per-packet: 100 }
`;
const PROGRAM = `import { begin, DROP_UNWANTED, rowCount, rows } from './manifest';
export function initialize(): void {}
export function process(): void {
  begin();
  for (let row: u32 = 0; row < rowCount(); row++) {
    const port = rows.l4Dport(row);
    if (port == 1) unreachable();
    while (port == 2) {}
    if (port == 3) rows.setIpv4Dscp(row, 45);
    if (port == 4) rows.setIpv4Dscp(row, 46);
    rows.setVerdict(row, port == 5 ? DROP_UNWANTED : port == 6 ? 63 : rows.OUTPUT_OUT);
  }
}
`;
const folder = scratchFolder();
writeBelow(folder, 'manifest.yaml', MANIFEST);
writeBelow(folder, 'index.ts', PROGRAM);

const row = (port: number, rest: string) =>
  `{ packet: "udp 10.1.0.20:4000 > 10.2.0.7:${port}", ${rest} }`;
const test = (...rows: string[]) =>
  `tests: [{ name: a test, steps: [{ rows: [${rows.join(', ')}] }] }]\n`;

async function run(tests: string) {
  writeBelow(folder, 'tests.yaml', tests);
  const { code, stdout, stderr } = await sluice('module', 'test', folder, '--json');
  const misses = code < 2 ? JSON.parse(stdout).tests[0].misses : [];
  return { code, stderr, misses };
}

describe("a module's own tests", () => {
  it.each(['arp', 'icmp', 'neighbor', 'route'])('of %s hit', async (name) => {
    const { code, stdout } = await sluice('module', 'test', inProject('firmware/modules', name));
    expect(stdout).toContain('ok ');
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.not.stringContaining('MISS') });
  });

  it('see verdicts, writes and drops as the kernel takes them', async () => {
    const rows = [
      row(4, 'verdict: out, writes: { ipv4.dscp: 46 }'),
      row(5, 'verdict: unwanted'),
      row(7, 'verdict: out'),
    ];
    expect(await run(test(...rows))).toEqual({ code: 0, stderr: '', misses: [] });
  });

  it('miss where a write or a verdict is another, and print the difference', async () => {
    const { code, misses } = await run(test(row(4, 'verdict: out'), row(5, 'verdict: out')));
    expect(code).toBe(1);
    expect(misses).toEqual([
      {
        line: 1,
        missing: ['row 2: out'],
        unexpected: ['row 1 writes ipv4.dscp 46', 'row 2: unwanted'],
      },
    ]);
    const { stdout } = await sluice('module', 'test', folder);
    expect(stdout).toContain('  MISS  a test\n');
    expect(stdout).toContain('          - row 2: out\n');
    expect(stdout).toContain('          + row 2: unwanted\n0 passed, 1 failed\n');
  });

  it("are judged by the monitor: a violation is told by its kind, a bystander isn't hit", async () => {
    const rows = [
      row(3, 'verdict: violation range'),
      row(6, 'verdict: violation verdict'),
      row(7, 'verdict: out'),
    ];
    expect((await run(test(...rows))).misses).toEqual([]);
  });

  it('run with fuel: traps and endless loops are faults of their own rows', async () => {
    const rows = [row(7, 'verdict: out'), row(1, 'verdict: fault'), row(2, 'verdict: fault')];
    const { code, misses } = await run(test(...rows));
    expect(code).toBe(1);
    expect(misses[0].missing).toEqual([]);
    expect(misses[0].unexpected).toEqual([
      'fault in process: trap, restart',
      'fault in process: trap, restart',
      'fault in process: out-of-fuel, restart',
    ]);
  });

  it('say so when a packet never reaches the module', async () => {
    const { misses } = await run(
      test('{ packet: "icmp 10.1.0.20 > 10.2.0.7", verdict: out }', row(7, 'verdict: out')),
    );
    expect(misses[0].unexpected).toEqual([
      'row 1: it never reached the module: not udp, or dropped',
    ]);
  });

  it('see a packet that answers another in the same step', async () => {
    const reply = '{ packet: "udp 10.2.0.7:53 > 10.1.0.20:4000", verdict: out }';
    expect((await run(test(row(53, 'verdict: out'), reply))).misses).toEqual([]);
  });

  it.each([
    ['tests: [{ name: x, steps: [{ rows: [{ verdict: out }] }] }]', 'either a packet or a frame'],
    ['tests: [{ name: x, steps: [{ tick: true, rows: [] }] }]', 'CONFIG_'],
    ['tests: [{ name: x, steps: [{ receive: news, records: [] }] }]', 'does not receive "news"'],
    ['tests: [{ name: x, place: here, steps: [{ tick: true }] }]', 'no place "here"'],
    [test(row(7, 'verdict: out, in: eth9')), 'there is no port "eth9"'],
    [test(row(7, 'verdict: out, columns: { l4.dport: 3 }')), 'follows from the packet'],
    [test(row(7, 'verdict: out, columns: { meta.mtu: 65536 }')), 'is no value of it'],
    [test('{ packet: "udp 10.1.0.20 > 10.2.0.7", verdict: out }'), 'CONFIG_PACKET'],
  ])('refuse (%s) with its place', async (tests, why) => {
    const { code, stderr } = await run(tests);
    expect(code).toBe(2);
    expect(stderr).toContain(why);
    expect(stderr).toContain(`${join(folder, 'tests.yaml')}:1:`);
  });
});
