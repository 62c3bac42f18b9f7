import { describe, expect, it } from 'vitest';
import { loadManifest } from '../../../config/manifest.ts';
import { carriersOf, readablesOf, unitsFor } from '../../../scripts/module/carriers.ts';
import { scratchFolder } from '../../firmware/configuration.ts';
import { writeBelow } from '../../firmware/write-below.ts';
import { inProject, plantRouter, sluice } from '../sluice.ts';

function manifestOf(keys: string) {
  const limits = 'limits: { memory: 256 KiB, fuel-per-packet: 1 }';
  const head = 'name: leak\nversion: 1.0.0\nsummary: x\naccepts: ip\n';
  return loadManifest(writeBelow(scratchFolder(), 'manifest.yaml', `${head}${keys}\n${limits}\n`));
}

describe('module show', () => {
  it.each(['arp', 'icmp', 'neighbor', 'route'])(
    'of %s looks like its golden file',
    async (name) => {
      const folder = inProject('firmware', 'modules', name);
      const { code, stdout } = await sluice('module', 'show', folder, '--router', plantRouter);
      expect(code).toBe(0);
      expect(stdout.split('\n').filter((line) => line.length > 96)).toEqual([]);
      await expect(stdout).toMatchFileSnapshot(`../../golden/module/show-${name}.txt`);
    },
  );

  it('counts what each thing that it may do can say', () => {
    const manifest = manifestOf(`
reads: [ipv4.src, l4.dport]
writes: { ipv4.dscp: 46, l4.sport: 1024-2046, ipv4.dst: any, eth.dst: any }
outputs: { a: ip, b: ip }
drops: [c]
consumes: true
answers: icmp`);
    const [place] = manifest.places;
    const bits = Object.fromEntries(
      carriersOf(place, manifest, null).map((carrier) => [carrier.name, carrier.bits]),
    );
    expect(bits).toEqual({
      'one of 5 verdicts': Math.log2(5),
      'ipv4.dscp': 1, // 46, or what it was
      'l4.sport': 10, // 1,023 values, or what it was
      'ipv4.dst': 32,
      'eth.dst': 47, // never a group's
      'the answer to it': (2048 - 14) * 8,
    });
    const [dscp] = carriersOf(place, manifest, null).filter(({ name }) => name === 'ipv4.dscp');
    expect(readablesOf(place, null).map((read) => unitsFor(read, dscp))).toEqual([32, 16]);
  });

  it('says nothing of a carrier that is not declared', () => {
    const manifest = manifestOf('reads: [ipv4.src]\noutputs: { a: ip }');
    const names = carriersOf(manifest.places[0], manifest, null).map(({ name }) => name);
    expect(names).toEqual(['one of 2 verdicts']);
  });
});
