import { describe, expect, it } from 'vitest';
import { DROP_NAMED_FIRST, DROP_REASONS_MAX } from '../../../config/abi.ts';
import { BootError } from '../../../firmware/boot/boot-error.ts';
import { layOutPipeline } from '../../../firmware/boot/pipeline.ts';
import {
  PLACES_MAX,
  RANGE_MAP_STARTS_OFFSET,
  TABLE_ADDRESSES,
} from '../../../firmware/boot/table-layout.ts';
import { compileSmall } from './small-system.ts';

function refusalOf(run: () => unknown): string {
  try {
    run();
    return 'taken';
  } catch (error) {
    if (error instanceof BootError || (error instanceof Error && 'code' in error))
      return String((error as BootError).code);
    throw error;
  }
}

describe('tables', () => {
  it('run the stages in the order of their links, whatever the order of the modules', () => {
    const { pipeline } = compileSmall(
      [{}, {}, {}],
      '  wire: { ip: m2 }\n  m2.out: m0\n  m0.out: m1\n  m1.out: policy\n  policy.permitted: tx',
    );
    const names = pipeline.order.map((node) => pipeline.nameOf(node));
    expect(names.filter((name) => name !== 'local')).toEqual(['m2', 'm0', 'm1', 'policy', 'tx']);
  });

  it.each([
    [
      'the wire hands over what is not accepted',
      [{ accepts: 'udp' }],
      '  wire: { ip: m0 }',
      'SYSTEM_LINK',
    ],
    ['a narrower link is well', [{ accepts: 'udp' }], '  wire: { udp dst port 53: m0 }', 'taken'],
    [
      'an output hands over what is not accepted',
      [{}, { accepts: 'tcp' }],
      '  wire: { ip: m0 }\n  m0.out: m1',
      'SYSTEM_LINK',
    ],
    [
      'an output that is narrow enough is well',
      [{ outputs: '{ out: tcp }' }, { accepts: 'tcp' }],
      '  wire: { ip: m0 }\n  m0.out: m1',
      'taken',
    ],
    [
      'a rewritten packet may be what is not accepted',
      [{ writes: '{ l4.dport: any }' }, { accepts: 'ip and port 53' }],
      '  wire: { ip and port 53: m0 }\n  m0.out: m1',
      'SYSTEM_LINK',
    ],
    [
      'an output that says what a rewritten packet is, is well',
      [
        { writes: '{ l4.dport: any }', outputs: '{ out: ip and port 53 }' },
        { accepts: 'ip and port 53' },
      ],
      '  wire: { ip and port 53: m0 }\n  m0.out: m1',
      'taken',
    ],
    [
      'a write to what no match tests makes no other packet',
      [{ accepts: 'udp', writes: '{ ipv4.ttl: any }' }, { accepts: 'udp' }],
      '  wire: { udp: m0 }\n  m0.out: m1',
      'taken',
    ],
    [
      'each place has its own packets',
      [{ accepts: 'udp' }, { accepts: 'tcp' }, { accepts: 'udp' }],
      '  wire: { udp: m0, tcp: m1 }\n  m0.out: m2',
      'taken',
    ],
    [
      'a place that nothing reaches hands over nothing',
      [{}, { accepts: 'tcp' }],
      '  wire: { tcp: m1 }\n  m0.out: m1',
      'taken',
    ],
    [
      'a made frame may be what is not accepted',
      [{ accepts: 'tcp', powers: 'answers: udp' }, { accepts: 'tcp' }],
      '  wire: { tcp: m0 }\n  m0.out: m1',
      'SYSTEM_LINK',
    ],
    ...['local', 'policy.permitted', 'policy.expired', 'policy.too-big'].flatMap((from) =>
      (['udp', 'tcp'] as const).map(
        (accepts) =>
          [
            `${from} ${accepts === 'udp' ? 'hands over what is not accepted' : 'may be narrow'}`,
            [{ accepts: 'tcp' }, { accepts }],
            `  wire: { tcp and to-router: local, tcp: m0 }\n  m0.out: policy\n  ${from}: m1`,
            accepts === 'udp' ? 'SYSTEM_LINK' : 'taken',
          ] as const,
      ),
    ),
  ] as const)('%s', (_, modules, links, code) => {
    expect(refusalOf(() => compileSmall(modules, links))).toBe(code);
  });

  it('have ranges of addresses from 0 on, each beyond the one before', () => {
    const { bytes } = compileSmall([{}], '  wire: { ip: m0 }');
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const map = view.getUint32(TABLE_ADDRESSES * 4, true);
    const starts = Array.from({ length: view.getUint32(map, true) }, (_, i) =>
      view.getUint32(map + RANGE_MAP_STARTS_OFFSET + i * 4, true),
    );
    expect(starts[0]).toBe(0);
    expect(starts).toEqual([...new Set(starts)].sort((a, b) => a - b));
  });

  it('refuse more named drops than a byte has room for', () => {
    const room = DROP_REASONS_MAX - DROP_NAMED_FIRST;
    const naming = (count: number) => ({ drops: Array.from({ length: count }, (_, i) => `d${i}`) });
    const compileWith = (last: number) => () =>
      compileSmall([naming(50), naming(50), naming(last)], '  wire: { ip: m0 }');
    expect(refusalOf(compileWith(room - 100))).toBe('taken');
    expect(refusalOf(compileWith(room - 99))).toBe('SYSTEM_DROPS');
  });

  it('refuse more places than there are numbers for', () => {
    const { system } = compileSmall([{}], '  wire: { ip: m0 }').pipeline;
    const [module] = system.modules;
    const layOut = (count: number) => () =>
      layOutPipeline({ ...system, modules: Array.from({ length: count }, () => module) });
    expect(refusalOf(layOut(PLACES_MAX))).toBe('taken');
    expect(refusalOf(layOut(PLACES_MAX + 1))).toBe('SYSTEM_PLACES');
  });

  it('know a node by its name, and take no other name for one', () => {
    const { pipeline } = compileSmall([{}], '  wire: { ip: m0 }');
    expect(pipeline.nameOf(pipeline.nodeOf('m0'))).toBe('m0');
    expect(() => pipeline.nodeOf('nowhere')).toThrow(RangeError);
  });

  it('have a match once, however often it stands there', () => {
    const modules = [{ accepts: 'udp', outputs: '{ out: udp }' }];
    expect(compileSmall(modules, '  wire: { udp: m0 }').classes.predicates).toEqual(['udp']);
  });

  it('let a place make frames of the classes that it declares, and of no others', () => {
    const originates = 'originates: { match: tcp, ports: any, per-second: 1 }';
    const { classes } = compileSmall(
      [{ powers: `answers: udp\n${originates}` }, {}],
      '  wire: { ip: m0 }',
    );
    const { predicates, made } = classes;
    const isOf = (match: string, c: number) =>
      classes.classes.members(predicates.indexOf(match), c);
    const all = Array.from({ length: classes.classes.count }, (_, c) => c);
    expect([...made[0]]).toEqual(
      all.map((c) => (isOf('udp', c) ? 1 : 0) + (isOf('tcp', c) ? 2 : 0)),
    );
    expect([...made[1]]).toEqual(all.map(() => 0));
  });

  it('refuse more classes than the limit', () => {
    // Each of 12 ports on its own side, source and destination, multiplies the classes.
    const rules = Array.from(
      { length: 60 },
      (_, i) =>
        `    src port ${1000 + i} or dst port ${2000 + i} or src host 10.0.0.${i} or dst host 10.0.1.${i}: m0`,
    );
    const code = refusalOf(() =>
      compileSmall([{ accepts: 'vlan or not vlan' }], `  wire:\n${rules.join('\n')}`),
    );
    expect(code).toBe('SETS_TOO_MANY_CLASSES');
  });

  it('name what is wrong and what to do', () => {
    const run = () => compileSmall([{ accepts: 'udp' }], '  wire: { ip: m0 }');
    expect(run).toThrow(
      expect.objectContaining({
        component: 'system.yaml',
        hint: expect.stringContaining('accepts'),
      }),
    );
  });

  it('are the same bytes for the same inputs, and others for another policy', () => {
    const links = '  wire: { ip: m0 }\n  m0.out: policy';
    const bytes = (flows?: string) => Buffer.from(compileSmall([{}], links, flows).bytes);
    expect(bytes().equals(bytes())).toBe(true);
    expect(bytes().equals(bytes('flows: []'))).toBe(false);
  });
});
