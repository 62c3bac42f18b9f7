import { describe, expect, it } from 'vitest';
import { loadSystem } from '../../../config/system.ts';
import { BootError } from '../../../firmware/boot/boot-error.ts';
import { compileTables } from '../../../firmware/boot/tables.ts';
import { OPEN, routerOf, routerYaml, scratchFolder, writeBelow } from '../configuration.ts';

interface SmallModule {
  accepts?: string;
  outputs?: string;
  writes?: string;
  drops?: string[];
}

/** A system of modules a, b, ... that are only manifests. */
function compile(modules: readonly SmallModule[], links: string, flows = OPEN) {
  const folder = scratchFolder();
  const names = modules.map((_, i) => `m${i}`);
  for (const [
    i,
    { accepts = 'ip', outputs = '{ out: ip }', writes = '{}', drops = [] },
  ] of modules.entries()) {
    writeBelow(
      folder,
      `${names[i]}/manifest.yaml`,
      `name: ${names[i]}
version: 1.0.0
summary: A manifest for tests.
accepts: ${accepts}
reads: [ipv4.dst]
writes: ${writes}
outputs: ${outputs}
drops: ${JSON.stringify(drops)}
limits: { memory: 1 MiB, fuel-per-packet: 1000 }
`,
    );
  }
  const list = names.map((name) => `${name}: ${name}`).join(', ');
  const system = writeBelow(folder, 'system.yaml', `modules: { ${list} }\nlinks:\n${links}\n`);
  return compileTables(loadSystem(system), routerOf(routerYaml(flows)));
}

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
    const { pipeline } = compile(
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
  ] as const)('%s', (_, modules, links, code) => {
    expect(refusalOf(() => compile(modules, links))).toBe(code);
  });

  it('refuse more named drops than a byte has room for', () => {
    const drops = Array.from({ length: 60 }, (_, i) => `d${i}`);
    const modules = Array.from({ length: 3 }, () => ({ drops }));
    expect(refusalOf(() => compile(modules, '  wire: { ip: m0 }'))).toBe('SYSTEM_DROPS');
    expect(refusalOf(() => compile(modules.slice(1), '  wire: { ip: m0 }'))).toBe('taken');
  });

  it('refuse more classes than the limit', () => {
    // Each of 12 ports on its own side, source and destination, multiplies the classes.
    const rules = Array.from(
      { length: 60 },
      (_, i) =>
        `    src port ${1000 + i} or dst port ${2000 + i} or src host 10.0.0.${i} or dst host 10.0.1.${i}: m0`,
    );
    const code = refusalOf(() =>
      compile([{ accepts: 'vlan or not vlan' }], `  wire:\n${rules.join('\n')}`),
    );
    expect(code).toBe('SETS_TOO_MANY_CLASSES');
  });

  it('name what is wrong and what to do', () => {
    const run = () => compile([{ accepts: 'udp' }], '  wire: { ip: m0 }');
    expect(run).toThrow(
      expect.objectContaining({
        component: 'system.yaml',
        hint: expect.stringContaining('accepts'),
      }),
    );
  });

  it('are the same bytes for the same inputs, and others for another policy', () => {
    const links = '  wire: { ip: m0 }\n  m0.out: policy';
    const bytes = (flows?: string) => Buffer.from(compile([{}], links, flows).bytes);
    expect(bytes().equals(bytes())).toBe(true);
    expect(bytes().equals(bytes('flows: []'))).toBe(false);
  });
});
