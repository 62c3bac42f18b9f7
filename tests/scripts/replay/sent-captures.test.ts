import { spawnSync } from 'node:child_process';
import {
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { hasProgram } from '../../project/has-program.ts';
import { plantCapture, plantRouter, replayJson, sluice, temporaryFolder } from '../sluice.ts';

const folder = temporaryFolder();
const words = [plantCapture, '--config', plantRouter, '--out'];

it('names the port and its address in the interface of what it sent', async ({ skip }) => {
  if (!hasProgram('capinfos')) skip('capinfos is not installed');
  const out = join(folder, 'named');
  const report = await replayJson([...words, out]);
  for (const [port, { transmitted }] of Object.entries(report.ports)) {
    const file = join(out, `${port}.pcapng`);
    const told = spawnSync('capinfos', [file], { encoding: 'utf8' }).stdout;
    expect(told).toMatch(new RegExp(`Number of packets: +${transmitted}\n`));
    expect(told).toMatch(new RegExp(`Name = ${port}\n`));
    // No tool prints if_MACaddr: option 6 of 6 bytes.
    const address = Number(port.slice(-1)) + 1;
    const option = Buffer.from([6, 0, 6, 0, 0x02, 0x53, 0x4c, 0, 0, address, 0, 0]);
    expect(readFileSync(file).indexOf(option)).toBeGreaterThan(0);
  }
});

it('leaves a relative link under the name of old, over whatever was there', async () => {
  const out = join(folder, 'linked');
  mkdirSync(out);
  writeFileSync(join(out, 'eth0.pcap'), 'of a run of old');
  const elsewhere = join(folder, 'elsewhere');
  writeFileSync(elsewhere, 'precious');
  symlinkSync(elsewhere, join(out, 'eth1.pcap'));
  for (let times = 0; times < 2; times++) {
    await replayJson([...words, out]);
    for (const port of ['eth0', 'eth1', 'eth2']) {
      expect(lstatSync(join(out, `${port}.pcapng`)).isFile()).toBe(true);
      expect(readlinkSync(join(out, `${port}.pcap`))).toBe(`${port}.pcapng`);
    }
  }
  expect(readFileSync(elsewhere, 'utf8')).toBe('precious');
});

it('never writes over a capture that it reads, under either name', async () => {
  for (const name of ['eth2.pcap', 'eth2.pcapng']) {
    const out = join(folder, `in-${name}`);
    mkdirSync(out);
    const file = join(out, name);
    writeFileSync(file, readFileSync(plantCapture));
    const run = await sluice('replay', file, '--config', plantRouter, '--out', out);
    expect(run).toMatchObject({ code: 2, stdout: '' });
    expect(run.stderr).toContain('would be written while it is read');
    expect(readFileSync(file).equals(readFileSync(plantCapture))).toBe(true);
  }
});

it('says in one line what cannot be replaced', async () => {
  const out = join(folder, 'blocked');
  mkdirSync(join(out, 'eth0.pcap'), { recursive: true });
  const run = await sluice('replay', ...words, out);
  expect(run).toMatchObject({ code: 2, stdout: '' });
  expect(run.stderr).toMatch(/eth0\.pcap cannot be replaced \(E[A-Z]+\); remove it/);
});
