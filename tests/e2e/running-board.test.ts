import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { hasProgram } from '../project/has-program.ts';
import { sluice, temporaryFolder } from '../scripts/sluice.ts';
import type { FarHost } from './far-host.ts';
import { officeByUdp, pingThrough, plantAndOffice, ROUTER_MAC } from './plant-and-office.ts';
import { RouterProcess } from './router-process.ts';

describe('a board that runs', () => {
  const folder = temporaryFolder();
  const socket = join(folder, 'ctl.sock');
  const audit = join(folder, 'audit.jsonl');
  let board: RouterProcess;
  let host: FarHost;

  const ctl = async (...words: string[]) => sluice('ctl', socket, ...words);
  const ask = async (...words: string[]) => {
    const run = await ctl('--json', ...words);
    expect(run).toMatchObject({ code: 0, stderr: '' });
    return JSON.parse(run.stdout);
  };
  const ping = () =>
    host.ask('icmp 10.1.0.20 > 10.2.0.7', 'echo-reply', { destination: ROUTER_MAC });

  beforeAll(async () => {
    const office = await officeByUdp();
    host = office.host;
    const wires = ['lan0=host:10.2.0.7', `lan1=${office.wire}`];
    board = new RouterProcess([
      plantAndOffice(folder),
      ...wires.flatMap((wire) => ['--wire', wire]),
      ...['--socket', socket, '--audit', audit, '--tap-capture', join(folder, 'tap')],
    ]);
    await board.isUp('eth0', 'eth1');
    await pingThrough(host);
    host.say('tcp 10.1.0.20:4000 > 10.2.0.7:502', { destination: ROUTER_MAC });
  }, 90_000);

  it('is for its owner only', () => {
    expect(statSync(socket).mode & 0o777).toBe(0o600);
  });

  it('says how it stands', async () => {
    const [plant, office] = await ask('show', 'interfaces');
    expect(plant).toMatchObject({ port: 'eth0', interface: 'lan0', isUp: true, isOpen: true });
    expect(office).toMatchObject({ port: 'eth1', lostIn: 0, lostOut: 0 });
    expect(await ask('show', 'neighbors')).toContainEqual(
      expect.objectContaining({ address: '10.2.0.7', mac: '02:00:0a:02:00:07', interface: 'lan0' }),
    );
    expect(await ask('show', 'routes')).toContainEqual(
      expect.objectContaining({ to: '10.2.0.0/24', via: null, interface: 'lan0', link: 'up' }),
    );
    const { total, flows } = await ask('show', 'flows');
    expect(total).toBe(1);
    expect(flows).toMatchObject([
      { protocol: 'icmp', source: '10.1.0.20', destination: '10.2.0.7', flow: 'pings' },
    ]);
    expect(flows[0]).toMatchObject({ from: 'office', to: 'plant', state: 'icmp' });
    expect(await ask('show', 'policy')).toMatchObject([{ name: 'pings', connections: 1 }]);
    expect(await ask('show', 'modules')).toMatchObject({ route: { state: 'running' } });
    expect(await ask('show', 'drops')).toEqual({ denied: 1 });
    expect(await ask('show', 'audit')).toMatchObject([{ event: 'boot' }, { event: 'denied' }]);
    expect((await ctl('show', 'interfaces')).stdout).toMatch(/^eth0 +lan0 +up +10\.2\.0\.1\/24 /m);
  });

  it('says what would become of a packet, and does not notice it', async () => {
    const before = await ask('show', 'interfaces');
    expect(await ask('probe', 'icmp 10.1.0.20 > 10.2.0.7')).toMatchObject({
      ...{ outcome: 'transmitted', flow: 'pings', in: 'eth1', out: 'eth0' },
    });
    const { stdout } = await ctl('probe', 'tcp 10.1.0.20:4000 > 10.2.0.7:502');
    expect(stdout).toMatch(/^arriving on eth1, it was dropped as denied by policy.*\n$/);
    expect(await ask('show', 'interfaces')).toEqual(before);
  });

  it('asks hosts itself, and says what it heard', async () => {
    expect(await ask('ping', '10.2.0.7', '2')).toMatchObject({
      ...{ address: '10.2.0.7', asked: 2, replied: 2 },
    });
    const { stdout } = await ctl('ping', '10.2.0.7', '1');
    expect(stdout).toMatch(/^10\.2\.0\.7: reply 1 by eth0 in [\d.]+ ms\n1 asked, 1 replied, /);
    const nobody = await ctl('ping', '198.51.100.1', '1');
    expect(nobody).toMatchObject({ code: 1, stderr: '' });
    expect(nobody.stdout).toContain('not sent: no route whose link is up leads there');
    expect(await ask('show', 'modules')).toMatchObject({ ping: { violations: 0, faults: 0 } });
  });

  it('has a port shut and opened again by its operator', async () => {
    const from = board.stdout.length;
    await ask('shutdown', 'lan0');
    expect((await ask('show', 'interfaces'))[0]).toMatchObject({ isOpen: false, isUp: false });
    await ask('no', 'shutdown', 'eth0');
    await board.says(/eth0: link down[\s\S]*eth0: link up/, from);
  });

  it('lists what it can be asked', async () => {
    expect((await ctl('help')).stdout).toMatch(/^no shutdown +/m);
  });

  it.each([
    ['shw flows', 'no command "shw"; did you mean "show"?'],
    ['show everything', 'nothing is called "everything"'],
    ['shutdown lan7', 'there is no port or interface "lan7"; did you mean "lan0"?'],
    ['probe nonsense', 'no packet: '],
    ['ping 10.2.0.1', "10.2.0.1 is the router's own"],
    ['ping 224.0.0.1', '224.0.0.1 is no single host'],
    ['ping 10.2.0.7 0', 'a count is 1 to 100'],
  ])('cannot be asked "%s"', async (line, message) => {
    const run = await ctl(...line.split(' '));
    expect(run).toMatchObject({ code: 2, stdout: '' });
    expect(run.stderr).toContain(message);
  });

  it('is started again when it no longer breathes, and goes on', async () => {
    await ask('shutdown', 'lan0');
    await ping().catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, 3500));
    const from = board.stdout.length;
    const start = performance.now();
    await ask('fault', 'hang');
    await board.says('started again; 1 flow is lost', from);
    expect(performance.now() - start).toBeLessThan(10_000);
    // What the operator has shut stays so; what is asked is answered.
    expect((await ask('show', 'interfaces'))[0]).toMatchObject({ isOpen: false, isUp: false });
    await ask('no', 'shutdown', 'lan0');
    await board.says('eth0: link up', from);
    await ping();
    expect(await ask('show', 'log')).toContainEqual(expect.stringContaining('watchdog'));
  }, 60_000);

  it('ends with a report, an audit that is one chain, and captures of its ports', async () => {
    expect(await board.stop()).toBe(0);
    expect(board.stderr).toBe('');
    expect(await sluice('audit', 'verify', audit)).toMatchObject({ code: 0 });
    const events = readFileSync(audit, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).event);
    expect(events.filter((event) => event !== 'denied')).toEqual(['boot', 'restart', 'boot']);
  });

  it.skipIf(!hasProgram('tshark'))('has recorded what its ports received and sent', () => {
    const file = join(folder, 'tap', 'eth1.pcapng');
    const fields = ['frame.packet_flags_direction', 'icmp.type'].flatMap((field) => ['-e', field]);
    const words = ['-r', file, '-Y', 'icmp', '-T', 'fields', ...fields];
    const { stdout } = spawnSync('tshark', words, { encoding: 'utf8' });
    const [request, reply] = stdout.trim().split('\n');
    expect(request).toMatch(/^(1|0x0*1)\t8$/);
    expect(reply).toMatch(/^(2|0x0*2)\t0$/);
  });
});
