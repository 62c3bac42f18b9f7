import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { BuiltModule } from '../../scripts/toolchain/build-firmware.ts';
import { ip, openModule } from './open-module.ts';
import { Sandbox } from './sandbox.ts';

let arp: BuiltModule;
let sandbox: Sandbox;
beforeAll(async () => {
  arp = await openModule('arp');
});
beforeEach(() => {
  sandbox = new Sandbox(arp);
  sandbox.receive('neighbors', [{ first: ip('10.2.0.2'), last: ip('10.2.0.9'), port: 4 }]);
});

describe('arp takes in ranges of neighbours', () => {
  const after = ip('10.3.0.0');
  const range = (index: number) => ({ first: after + 2 * index, last: after + 2 * index, port: 4 });

  it('up to its limit, and says which it refused', () => {
    const ranges = Array.from({ length: 8192 - 1 }, (_, index) => range(index));
    for (let at = 0; at < ranges.length; at += 4000) {
      expect(sandbox.receive('neighbors', ranges.slice(at, at + 4000)).messages).toEqual([]);
    }
    const { first, last } = range(8191);
    const { messages } = sandbox.receive('neighbors', [range(8191)]);
    expect(messages).toEqual([{ name: 'refused', record: { first, last } }]);
  });

  it.each([
    ['that is turned round', { first: after + 1, last: after, port: 4 }],
    ['that lies before the last', { first: ip('10.1.0.1'), last: ip('10.1.0.1'), port: 4 }],
    ['that begins in the last', { first: ip('10.2.0.9'), last: after, port: 4 }],
  ])('but none %s', (_, wrong) => {
    expect(sandbox.receive('neighbors', [wrong]).messages).toHaveLength(1);
  });
});
