import { expect, it } from 'vitest';
import { rewriteDestination } from '../../../scripts/replay/rewrite-destination.ts';

const MAC = 0x02_00_00_00_00_77;

function rewritten(hex: string): string {
  const data = Buffer.from(`aaaa${hex}aaaa`, 'hex');
  rewriteDestination(data, 2, data.length - 2, MAC);
  return data.toString('hex').slice(4, -4);
}

it('gives a unicast frame the MAC of the port', () => {
  expect(rewritten('00112233445502000000000208')).toBe('02000000007702000000000208');
});

it.each([
  ['broadcasts', 'ffffffffffff020000000002'],
  ['multicasts', '01005e000001020000000002'],
  ['frames that end within the destination', '0011223344'],
])('leaves %s as they are', (_, hex) => {
  expect(rewritten(hex)).toBe(hex);
});
