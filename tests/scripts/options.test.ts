import { describe, expect, it } from 'vitest';
import { markWords } from '../../scripts/commands/arguments.ts';
import { bootOptions } from '../../scripts/commands/boot.ts';
import { portIndex, splitPort } from '../../scripts/commands/port-name.ts';
import { replayOptions } from '../../scripts/commands/replay.ts';

const replay = (captures: string[], more: Record<string, unknown> = {}) =>
  replayOptions({ captures, config: 'r.yaml', ...more });

describe('replay', () => {
  it('takes files, files on ports, and stdin', () => {
    const { captures } = replay(['a.pcap', 'eth1=b.pcap', './c=d.pcap', `eth2=-`, 'dir/e=f']);
    expect(captures).toEqual([
      { file: 'a.pcap', port: undefined },
      { file: 'b.pcap', port: 'eth1' },
      { file: './c=d.pcap', port: undefined },
      { file: '-', port: 'eth2' },
      { file: 'dir/e=f', port: undefined },
    ]);
    expect(replay(markWords(['-'])).captures).toEqual([{ file: '-', port: undefined }]);
  });

  it('has everything off that was not asked for', () => {
    expect(replay(['a'])).toEqual({
      captures: [{ file: 'a', port: undefined }],
      config: 'r.yaml',
      system: undefined,
      board: undefined,
      in: undefined,
      map: [],
      isAsCaptured: false,
      fixesChecksums: false,
      padsTruncated: false,
      picksUp: false,
      out: undefined,
      annotate: undefined,
      html: undefined,
      expect: undefined,
      pace: undefined,
      isJson: false,
      limit: undefined,
    });
  });

  it('reads every option', () => {
    const switches = ['as-captured', 'fix-checksums', 'pad-truncated', 'pickup', 'json'];
    const more = Object.fromEntries(switches.map((name) => [name, true]));
    const outputs = { out: 'd', annotate: 'a', html: 'h' };
    const files = { system: 's', board: 'b', ...outputs, expect: 'e.json' };
    const texts = { ...files, in: 'eth0', limit: '1000', pace: '2x' };
    expect(replay(['a'], { ...more, ...texts })).toMatchObject({
      ...{ ...files, in: 'eth0', limit: 1000, pace: 2 },
      ...{ isAsCaptured: true, fixesChecksums: true, picksUp: true, isJson: true },
      padsTruncated: true,
    });
    expect(replay(['a'], { map: ['lan=eth0', 'a=b=eth1'] }).map).toEqual([
      { face: 'lan', port: 'eth0' },
      { face: 'a=b', port: 'eth1' },
    ]);
  });
});

describe('boot', () => {
  const wires = (...wire: string[]) => bootOptions({ router: 'r.yaml', wire }).wires;

  it('reads wires', () => {
    expect(wires('eth0=capture:in.pcap,out.pcap', 'eth1=capture:in.pcap', 'eth2=none')).toEqual([
      { port: 'eth0', spec: { kind: 'capture', in: 'in.pcap', out: 'out.pcap' } },
      { port: 'eth1', spec: { kind: 'capture', in: 'in.pcap', out: undefined } },
      { port: 'eth2', spec: { kind: 'none' } },
    ]);
    expect(wires('none')).toEqual([]);
    expect(bootOptions({ router: 'r.yaml' }).wires).toEqual([]);
  });

  it.each([
    ['500ms', 500],
    ['10s', 10_000],
    ['1.5m', 90_000],
    ['2h', 7_200_000],
  ])('runs for %s', (text, ms) => {
    expect(bootOptions({ router: 'r.yaml', for: text }).forMs).toBe(ms);
  });

  it.each(['0s', '10', 's', '-1s', '1e3s', '999h', '1 s'])('cannot wait %s', (text) => {
    expect(() => bootOptions({ router: 'r.yaml', for: text })).toThrow('--for is no time');
  });
});

describe('ports', () => {
  const board = { name: 'three-port', ports: [{ name: 'eth0' }, { name: 'eth1' }] };

  it('are found by name', () => {
    expect(portIndex(board, 'eth1')).toBe(1);
  });

  it('that do not exist are an error that names those that do', () => {
    expect(() => portIndex(board, 'ether1')).toThrow('board three-port has no port "ether1"');
  });

  it('stand before the first equals sign', () => {
    expect(splitPort('eth0=a=b')).toEqual({ port: 'eth0', rest: 'a=b' });
    expect(splitPort('0=a')).toBeNull();
    expect(splitPort('=a')).toBeNull();
    expect(splitPort('a')).toBeNull();
  });
});
