import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadRouter } from '../../../config/router.ts';
import { Board } from '../../../firmware/board/board.ts';
import { compileTables } from '../../../firmware/boot/tables.ts';
import { type Outcome, takeOutcomes, traceOutcomes } from '../../../firmware/report/outcomes.ts';
import type { Explanation } from '../../../scripts/explain/explanation.ts';
import { openCaptures } from '../../../scripts/replay/captures-in.ts';
import { FrameReplay } from '../../../scripts/replay/replay-frames.ts';
import { SourcePorts } from '../../../scripts/replay/source-ports.ts';
import { WiredBoard } from '../../../scripts/replay/wired-board.ts';
import { loadFirmware } from '../../../scripts/toolchain/load-firmware.ts';
import { findProjectRoot } from '../../../scripts/toolchain/project-root.ts';
import { framesOf, plantCapture, plantRouter, sluice, temporaryFolder } from '../sluice.ts';

const folder = temporaryFolder();
/** As a person names them: what is printed must not depend on where the project lies. */
const CAPTURE = relative(process.cwd(), plantCapture);
const CONFIG = ['--config', relative(process.cwd(), plantRouter)];
const TEXT = 'tcp 10.1.0.20:4000 > 10.2.0.7:502';

async function explain(...words: string[]): Promise<string> {
  const { code, stdout, stderr } = await sluice('explain', ...words);
  expect([code, stderr]).toEqual([0, '']);
  return stdout;
}

async function explained(...words: string[]): Promise<Explanation> {
  return JSON.parse(await explain(...words, '--json'));
}

describe('explain tells the way of', () => {
  it.each([
    ['arp', 1],
    ['new-flow-held', 3],
    ['reply', 4],
    ['denied-scan', 51],
    ['echo-to-router', 101],
    ['denied', 118],
    ['martian', 179],
    ['ttl-expired', 194],
    ['broadcast', 227],
  ])('%s', async (name, number) => {
    const text = await explain(CAPTURE, ...CONFIG, '--packet', String(number));
    await expect(text).toMatchFileSnapshot(`../../golden/explain/${name}.txt`);
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  it('a packet text after boot, and after a capture', async () => {
    const booted = await explain(...CONFIG, '--packet', TEXT);
    expect(booted).toContain('flow "historian polls PLCs" (line 16) is the first that matches');
    // The connection is in the flow table by then.
    const known = 'tcp 10.1.0.20:40001 > 10.2.0.7:502 flags ack';
    const after = await explained(CAPTURE, ...CONFIG, '--packet', known);
    expect(after.steps[1]).toMatchObject({ step: 'policy', entry: 'known' });
    expect((await explained(...CONFIG, '--packet', known)).outcome.reason).toBe('tcp-not-syn');
  });
});

/** What a replay of the whole capture makes of each of its frames. */
async function replayed(): Promise<Map<number, Outcome>> {
  const router = loadRouter(plantRouter);
  const firmware = await loadFirmware();
  const board = new Board(firmware, router, compileTables(firmware.system, router));
  const wired = new WiredBoard(board, { receipt: null, writers: [] });
  const outcomes = new Map<number, Outcome>();
  wired.afterBreath.push(() => {
    for (const outcome of takeOutcomes(board)) outcomes.set(outcome.arrival ?? -1, outcome);
  });
  traceOutcomes(board);
  const input = openCaptures([{ file: plantCapture, port: null }]);
  const changes = { isAsCaptured: false, fixesChecksums: false };
  const parts = { receipt: null, sourcePorts: new SourcePorts(router), changes };
  new FrameReplay(input, wired, parts).run(Number.POSITIVE_INFINITY);
  board.finish();
  return outcomes;
}

const KINDS = { transmitted: 'carried', dropped: 'dropped', consumed: 'consumed' };

describe('explain', () => {
  it('says of a frame what a replay of the whole capture says', { timeout: 60_000 }, async () => {
    const outcomes = await replayed();
    const count = framesOf(plantCapture).length;
    for (let number = 1; number <= count; number += 23) {
      const { outcome } = await explained(CAPTURE, ...CONFIG, '--packet', String(number));
      const { kind, reason, by, port, flow } = outcomes.get(number - 1) as Outcome;
      expect(outcome, `frame ${number}`).toMatchObject({
        kind: KINDS[kind],
        reason,
        by,
        port,
        flow,
      });
    }
  });

  it('shows a module exactly the columns that its manifest declares', async () => {
    const { steps } = await explained(...CONFIG, '--packet', TEXT);
    const saw = steps.flatMap((step) =>
      step.step === 'module' ? [[step.at, ...step.saw.map(({ column }) => column)]] : [],
    );
    const neighbor = ['neighbor', 'meta.egress', 'meta.nexthop', 'meta.held'];
    expect(saw).toEqual([['route', 'ipv4.dst'], neighbor, neighbor]);
  });

  it('follows the replay options', async () => {
    const spoofed = await explained(...CONFIG, '--packet', TEXT, '--in', 'eth2');
    expect(spoofed).toMatchObject({ port: 'eth2', outcome: { reason: 'spoofed' }, class: null });
    const words = [CAPTURE, ...CONFIG, '--packet', '6'];
    expect((await explained(...words, '--as-captured')).outcome.reason).toBe('other-host');
    const middle = ['--packet', `${TEXT} flags ack`];
    expect((await explained(...CONFIG, ...middle)).outcome.reason).toBe('tcp-not-syn');
    expect((await explained(...CONFIG, ...middle, '--pickup')).outcome.kind).toBe('carried');
  });

  it.each([
    [['--packet', '281'], `--packet 281: ${CAPTURE} has 280 frames`],
    [['--packet', '0'], '--packet 0: frames are numbered from 1 on'],
    [['--packet', '-1'], '--packet -1: frames are numbered from 1 on'],
    [['--packet', '99999999999999999999'], 'frames are numbered from 1 on'],
    [['--packet', 'tcp 10.1.0.20 > 10.2.0.7'], '"tcp 10.1.0.20 > 10.2.0.7": character 5: expected'],
    [['--packet', TEXT, '--in', 'eth9'], 'has no port "eth9"'],
  ])('refuses %j', async (words, message) => {
    const run = await sluice('explain', CAPTURE, ...CONFIG, ...words);
    expect([run.code, run.stdout]).toEqual([2, '']);
    expect(run.stderr).toContain(message);
    expect(run.stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  it('refuses a number without a capture, and a capture that ends before it', async () => {
    const bare = await sluice('explain', ...CONFIG, '--packet', '3');
    expect([bare.code, bare.stderr]).toEqual([
      2,
      'sluice: --packet 3: of which capture?; name it, or give a packet text\n',
    ]);
    const missing = await sluice('explain', join(folder, 'no.pcap'), ...CONFIG, '--packet', '3');
    expect(missing.code).toBe(2);
    expect(missing.stderr).toContain('there is no such file');
    const cut = join(folder, 'cut.pcap');
    writeFileSync(cut, readFileSync(plantCapture).subarray(0, 5000));
    const damaged = await sluice('explain', cut, ...CONFIG, '--packet', '200');
    expect([damaged.code, damaged.stdout]).toEqual([2, '']);
    let end = 24;
    const sizes = framesOf(plantCapture).map(({ frame }) => 16 + frame.length);
    const whole = sizes.filter((size) => {
      end += size;
      return end <= 5000;
    });
    expect(damaged.stderr).toMatch(/byte \d+: the file ends .*\n.*--packet 200: .* frames\n$/);
    expect(damaged.stderr).toContain(`has ${whole.length} frames`);
  });
});

describe('explain of a module that does what it may not', () => {
  const SOURCE = `
    import { begin, read_block, rowCount, write_block } from './manifest';
    export function initialize(): void {}
    export function process(): void {
      begin();
      for (let row: u32 = 0; row < rowCount(); row++) {
        const port = load<u16>(read_block + 64 + row * 2);
        if (port == 1) unreachable();
        store<u8>(write_block + row, port == 2 ? 9 : 1);
        if (port != 3) continue;
        store<u8>(write_block + row, 1, 256);
        store<u8>(write_block + row, 7, 512);
      }
    }`;
  const MANIFEST = `
name: tap
version: 1.0.0
summary: Lies.
accepts: ip
reads: [l4.dport]
writes: { ipv4.ttl: 64 }
outputs: { out: tcp }
limits: { memory: 512 KiB, fuel-per-packet: 1000 }
`;
  const system = join(folder, 'system.yaml');

  beforeAll(() => {
    mkdirSync(join(folder, 'tap'));
    writeFileSync(join(folder, 'tap', 'index.ts'), SOURCE);
    writeFileSync(join(folder, 'tap', 'manifest.yaml'), MANIFEST);
    const firmware = join(findProjectRoot(), 'firmware');
    const own = readFileSync(join(firmware, 'system.yaml'), 'utf8')
      .replaceAll(': modules/', `: ${relative(folder, firmware)}/modules/`)
      .replace('modules:', 'modules:\n  tap: tap')
      .replace('    ip: route', '    ip: tap')
      .replace('  local:', '  tap.out: route\n  local:');
    writeFileSync(system, own);
  });

  it.each([
    ['udp 10.1.0.20:4000 > 10.2.0.7:1', 'fault', 'FAULT'],
    ['udp 10.1.0.20:4000 > 10.2.0.7:2', 'violation', 'VIOLATION: the verdict is declared'],
    [
      'udp 10.1.0.20:4000 > 10.2.0.7:3',
      'violation',
      'VIOLATION: values lie in the declared ranges',
    ],
    ['udp 10.1.0.20:4000 > 10.2.0.7:4', 'violation', 'VIOLATION: the output is declared for what'],
  ])('%s: %s', { timeout: 60_000 }, async (packet, reason, shown) => {
    const run = await sluice('explain', ...CONFIG, '--system', system, '--packet', packet);
    expect([run.code, run.stderr]).toEqual([0, 'sluice: developer mode\n']);
    expect(run.stdout).toContain(shown);
    expect(run.stdout).toMatch(new RegExp(`^  dropped +${reason} by tap`, 'm'));
  });
});
