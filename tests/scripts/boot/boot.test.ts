import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  framesOf,
  inProject,
  plantCapture,
  plantRouter,
  sluice,
  temporaryFolder,
} from '../sluice.ts';

const folder = temporaryFolder();
const capture = (port: string, file: string) => ['--wire', `${port}=capture:${file}`];

/** A path as the log has it: how lines break depends on how long paths are where this runs. */
function wrapped(path: string): RegExp {
  const characters = [...path].map((character) => character.replace(/[^\w]/, '\\$&'));
  return new RegExp(`\\s+${characters.join('(?:\\n\\s*)?')}`, 'g');
}

describe('sluice boot', () => {
  it('prints a boot log as the golden file shows, then the report', async () => {
    const out = join(folder, 'out.pcap');
    const words = [...capture('eth1', `${plantCapture},${out}`), ...capture('eth0', plantCapture)];
    const run = await sluice('boot', plantRouter, ...words);
    expect(run).toMatchObject({ code: 0, stderr: '' });
    const end = run.stdout.indexOf('running until');
    const log = run.stdout
      .slice(0, end)
      .replaceAll(wrapped(plantRouter), ' plant.yaml')
      .replaceAll(wrapped(plantCapture), ' plant.pcap')
      .replaceAll(wrapped(out), ' out.pcap')
      .replaceAll(/,?\s+writes out\.pcap/g, ', writes out.pcap')
      .replaceAll(/sha256 [0-9a-f]{64}/g, 'sha256 …')
      .replaceAll(/, [\d,]+ bytes$/gm, ', … bytes');
    await expect(log).toMatchFileSnapshot('../../golden/boot/log.txt');
    expect(log.split('\n').filter((line) => line.length > 100)).toEqual([]);
    const report = run.stdout.slice(end);
    expect(report).toContain('560 frames in');
    expect(report).toMatch(/historian polls PLCs +204 /);
    const transmitted = Number(/^ {2}eth1 +\d+ +(\d+)$/m.exec(report)?.[1]);
    expect(framesOf(out)).toHaveLength(transmitted);
  });

  it('lets frames arrive on the port of their wire, wherever their source may live', async () => {
    const { stdout } = await sluice('boot', plantRouter, ...capture('eth2', plantCapture));
    expect(stdout).toMatch(/^ {2}eth2 +280 /m);
    expect(stdout).toMatch(/spoofed +2\d\d /);
  });

  it('has the links of ports without a wire down', async () => {
    const wire = capture('eth1', plantCapture);
    const { stdout } = await sluice('boot', plantRouter, ...wire, '--wire', 'eth2=none');
    expect(stdout).toContain('eth0: none, link down\n');
    expect(stdout).toContain('eth2: none, link down\n');
    expect(stdout).toMatch(/host-unreachable +\d+ /);
  });

  it('marks the report of another module set', async () => {
    const words = [...capture('eth1', plantCapture), '--system', inProject('firmware/system.yaml')];
    const { stdout } = await sluice('boot', plantRouter, ...words);
    expect(stdout).toContain('\ndeveloper mode: ');
  });

  it('reports a capture that cannot be read, and what the others brought', async () => {
    const words = [...capture('eth1', plantCapture), ...capture('eth0', join(folder, 'nowhere'))];
    const run = await sluice('boot', plantRouter, ...words);
    expect(run.code).toBe(2);
    expect(run.stderr).toBe(`sluice: ${join(folder, 'nowhere')}: byte 0: there is no such file\n`);
    expect(run.stdout).toContain('280 frames in');
  });

  const same = join(folder, 'same.pcap');
  writeFileSync(same, '');
  it.each([
    ['an unknown port', capture('eth9', plantCapture), 'board three-port has no port "eth9"'],
    ['its own input', capture('eth0', `${same},${same}`), 'would be written while it is read'],
    [
      'one output of two wires',
      [...capture('eth0', `${plantCapture},x`), ...capture('eth1', `${plantCapture},x`)],
      'two wires write the same capture',
    ],
    [
      'stdin beside a live wire',
      [...capture('eth0', '-'), '--wire', 'eth1=host:10.1.0.20'],
      'beside live wires no capture is read from stdin; save it as a file',
    ],
    ['stdin twice', [...capture('eth0', '-'), ...capture('eth1', '-')], '- is given twice'],
  ])('refuses %s before anything is booted', async (_, words, message) => {
    const run = await sluice('boot', plantRouter, ...words);
    expect(run).toMatchObject({ code: 2, stdout: '' });
    expect(run.stderr).toContain(message);
  });

  it('waits for Ctrl-C without a wire, without work, and reports', {
    timeout: 120_000,
  }, async () => {
    const words = [inProject('scripts', 'sluice.mjs'), 'boot', plantRouter];
    const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'ignore'] });
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      if (text.includes('running until Ctrl-C')) child.kill('SIGINT');
    });
    const [code] = await once(child, 'close');
    expect(code).toBe(0);
    expect(stdout).toContain('received 0 + originated 0');
  });
});
