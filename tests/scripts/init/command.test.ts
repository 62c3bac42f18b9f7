import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadRouter } from '../../../config/router.ts';
import { sluice } from '../sluice.ts';
import { smallCapture, tcp } from './small-capture.ts';

const MODBUS = tcp('10.1.0.20', '10.2.0.7', 502);

describe('sluice init', () => {
  it('reads several captures as one, in the order of their times', async () => {
    const first = smallCapture('first.pcap', MODBUS.slice(0, 3));
    const all = smallCapture('all.pcap', MODBUS);
    const { code, stdout, stderr } = await sluice('init', all, first);
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: 'sluice: frames: 9; zones: 2; flows: 1, commented out\n',
    });
    expect(stdout).toContain('# A router for all.pcap, first.pcap, as');
  });

  it.each([
    ['missing', 'there is no such file'],
    ['not a capture', 'this is not a capture file'],
  ])('prints nothing where the only capture is %s', async (name, message) => {
    const path = smallCapture('whole.pcap', MODBUS).replace('whole.pcap', `${name}.pcap`);
    if (name !== 'missing') writeFileSync(path, 'These are no frames of anything at all.\n');
    const { code, stdout, stderr } = await sluice('init', path);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
  });

  it('says what of a cut capture it could read', async () => {
    const path = smallCapture('cut.pcap', MODBUS);
    writeFileSync(path, readFileSync(path).subarray(0, -3));
    const { code, stdout, stderr } = await sluice('init', path);
    expect(code).toBe(2);
    expect(stderr).toMatch(/cut\.pcap: byte \d+: .*\nsluice: frames: 5;/);
    expect(stdout).toContain('# Seen: 5 frames');
  });

  it('goes on without the captures that it cannot open', async () => {
    const path = smallCapture('there.pcap', MODBUS);
    const { code, stdout } = await sluice('init', `${path}.not`, path);
    expect(code).toBe(2);
    expect(stdout).toContain('# Seen: 6 frames');
  });

  it('makes an example of an empty capture', async () => {
    const { code, stdout } = await sluice('init', smallCapture('empty.pcap', []));
    expect(code).toBe(0);
    expect(stdout).toContain('# Seen: 0 frames; 0 IPv4 packets');
    expect(stdout).toContain('the address is an example, as the capture shows no IPv4 host');
  });

  it('keeps a file name in its comment, whatever it is', async () => {
    const path = smallCapture('a\nflows: [{ }]\n\u0007.pcap', MODBUS);
    const { stdout } = await sluice('init', path);
    expect(stdout).toMatch(/^# A router for a flows: \[\{ \}\] \.pcap, as /);
    const file = smallCapture('router.yaml', []);
    writeFileSync(file, stdout);
    expect(loadRouter(file).flows).toEqual([]);
  });

  it.each([
    [['--zones', '0'], '--zones must be a whole number from 1 on, not 0'],
    [['--zones', '1'], '--zones 1: a router is proposed 2 to 8 zones'],
    [['--zones', '99'], '--zones 99: a router is proposed 2 to 8 zones'],
    [['--zones', 'many'], '--zones must be a whole number from 1 on, not many'],
    [['--zones', '3', '--zones', '4'], '--zones is given twice'],
    [['--permitt'], 'permitt'],
    [['-', '-'], '- is given twice, but there is one stdin'],
  ])('refuses %j', async (words, message) => {
    const { code, stdout, stderr } = await sluice('init', 'a.pcap', ...words);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
  });

  it('needs a capture', async () => {
    expect((await sluice('init')).code).toBe(2);
  });
});
