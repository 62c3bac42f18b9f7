import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatCount, tableLines, wrap } from '../../../scripts/report/table.ts';

describe('tables', () => {
  it('put names left and numbers right, under their heads', () => {
    const rows = [
      ['a', 5],
      ['longer', 12_345],
    ];
    expect(tableLines({ head: ['name', 'packets'], rows, indent: 2 })).toEqual([
      '  name    packets',
      '  a             5',
      '  longer   12,345',
    ]);
  });

  it('go on below where the last column is too long', () => {
    const rows = [['a', 'word '.repeat(30).trim()]];
    const [, first, second] = tableLines({ head: ['name', 'text'], rows, indent: 0 });
    expect(first).toHaveLength('name  '.length + 'word '.repeat(18).length - 1);
    expect(second).toMatch(/^ {6}word/);
  });

  it.each([
    [0, '0'],
    [999, '999'],
    [1000, '1,000'],
    [1_234_567.4, '1,234,567'],
  ])('write %d as %s', (value, text) => {
    expect(formatCount(value)).toBe(text);
  });

  it('wrap any text without losing a character of it', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 30 }), (text, width) => {
        const lines = wrap(text, width);
        expect(lines.join('').replaceAll(/\s/g, '')).toBe(text.replaceAll(/\s/g, ''));
        for (const line of lines) expect(line.length).toBeLessThanOrEqual(width);
      }),
    );
  });
});
