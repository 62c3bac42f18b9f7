import { describe, expect, it } from 'vitest';
import { plantRouter, sluice } from './sluice.ts';

const run = (line: string) => sluice(...(line === '' ? [] : line.split(' ')));

describe('help', () => {
  it.each([
    ['sluice', '--help'],
    ['init', 'init --help'],
    ['replay', 'replay --help'],
    ['explain', 'explain --help'],
    ['test', 'test --help'],
    ['boot', 'boot --help'],
    ['completion', 'completion --help'],
    ['bench', 'bench --help'],
    ['ctl', 'ctl --help'],
    ['audit', 'audit --help'],
    ['module', 'module --help'],
  ])('of %s looks like its golden file, and has an example', async (name, line) => {
    const { code, stdout, stderr } = await run(line);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/Examples?:\n {2}sluice /);
    await expect(stdout).toMatchFileSnapshot(`../golden/help/${name}.txt`);
  });

  it('fits 100 columns', async () => {
    const { stdout } = await run('replay --help');
    expect(stdout.split('\n').filter((text) => text.length > 100)).toEqual([]);
  });
});

it('prints the version', async () => {
  expect((await run('--version')).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});

describe('a command line that cannot be carried out', () => {
  it.each([
    ['', 'name a command'],
    ['repaly', 'unknown: "repaly", did you mean "replay"?'],
    ['frobnicate', 'unknown: "frobnicate"'],
    ['replay', 'an argument is missing'],
    ['replay a.pcap', 'missing: --config'],
    ['replay a.pcap --config r.yaml --limt 3', 'unknown: --limt'],
    ['replay a.pcap --config r.yaml -x', 'unknown: -x'],
    ['replay a.pcap --config r.yaml --no-json', 'unknown: --no-json'],
    ['replay a.pcap --config', '--config needs a value'],
    ['replay a.pcap --config --json', '--config needs a value'],
    ['replay a.pcap --config r.yaml --config s.yaml', '--config is given twice'],
    ['replay a.pcap --config r.yaml --limit 0', '--limit must be a whole number from 1 on, not 0'],
    ['replay a.pcap --config r.yaml --limit 1e3', '--limit must be a whole number'],
    ['replay a.pcap --config r.yaml --limit -1', '--limit'],
    ['replay eth0= --config r.yaml', 'eth0=: no file after the port'],
    ['replay - eth1=- --config r.yaml', '- is given twice'],
    ['replay a.pcap --config r.yaml --log loud', '--log cannot have this value'],
    ['completion tcsh', 'shell cannot have this value'],
    ['completion', 'an argument is missing'],
    ['test', 'an argument is missing'],
    ['test r.yaml s.yaml', 'unknown: "s.yaml"'],
    ['test r.yaml --json', 'unknown: --json'],
    ['boot', 'an argument is missing'],
    ['bench speed', 'bench cannot measure "speed"; it measures throughput'],
    ['bench --frame 63', '--frame takes sizes from 64 to 1518 and imix, not 63'],
    ['bench --frame 64,', '--frame takes sizes'],
    ['bench --flows 1048577', '--flows is at most 1048576'],
    ['bench --rules 0', '--rules must be a whole number from 1 on, not 0'],
    ['boot r.yaml --wire eth0=tab:sluice0', '"tab" is no kind of wire; did you mean "tap"?'],
    ['boot r.yaml --wire eth0=capture:', 'is no capture wire; write capture:IN[,OUT]'],
    ['boot r.yaml --wire eth0', '--wire eth0: no port'],
    ['boot r.yaml --wire eth0=capture:a,b,c', 'is no capture wire; write capture:IN[,OUT]'],
    ['boot r.yaml --wire eth0=none --wire eth0=capture:a', 'port eth0 has two wires'],
    [
      'boot r.yaml --wire none --wire eth0=capture:a',
      '--wire none cannot stand beside other wires',
    ],
  ])('(%s) is refused in one line that says %s', async (line, message) => {
    const { code, stdout, stderr } = await run(line);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(`sluice: `);
    expect(stderr).toContain(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });
});

it('logs lines of JSON on stderr if it is asked to', async () => {
  const { code, stderr } = await run(`test ${plantRouter} --verbose`);
  expect(code).toBe(0);
  const digest = expect.stringMatching(/^[0-9a-f]{64}$/);
  expect(JSON.parse(stderr)).toMatchObject({ level: 30, msg: 'test', firmware: digest });
});
