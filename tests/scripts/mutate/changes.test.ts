import { describe, expect, it } from 'vitest';
import { changesOf } from '../../../scripts/mutate/changes.ts';
import { findChecks } from '../../../scripts/mutate/find-checks.ts';
import { SourceText } from '../../../scripts/mutate/source-text.ts';

const checksIn = (text: string) => {
  const source = new SourceText('sample.ts', text);
  return findChecks(source).map((check) => `${check.kind}: ${source.slice(check)}`);
};
const changesIn = (text: string) => {
  const source = new SourceText('sample.ts', text);
  return findChecks(source).flatMap((check) =>
    changesOf(source, check).map(({ expression }) => expression),
  );
};

describe('a check', () => {
  it.each([
    ['if (size > sizeMax) refuse();', ['guard: size > sizeMax']],
    ['} else if (isOver(a[0], (b))) {', ['guard: isOver(a[0], (b))']],
    ['return a == b && c;', ['predicate: a == b && c']],
    ['const isIn =\n  at >= 0 && at < end;', ['predicate: at >= 0 && at < end']],
    ['rows.find((row) => row.id === id, 7);', ['predicate: row.id === id']],
    ['const mask = v128.and(a, b(c, d));', ['lanes: v128.and(a, b(c, d))']],
    ['  reader.refuse(CODE, what);', ['refusal: reader.refuse(CODE, what);']],
    ['  this.#label();\n  checkData(module);', ['refusal: checkData(module);']],
    ['x = types[i] ?? reader.refuse(CODE);', ['refusal:  ?? reader.refuse(CODE)']],
    ["if (name === 'x) || (y') drop();", ["guard: name === 'x) || (y'"]],
  ])('is found: %s', (text, checks) => {
    expect(checksIn(text)).toEqual(checks);
  });

  it.each([
    '// if (size > sizeMax) refuse();',
    "const text = 'if (a) b';",
    'return a + b;',
    'return isBack ? a : b;',
    'all.sort((a, b) => a.start - b.start || a.end - b.end);',
    'const load = load<u32>(at);',
  ])('is none: %s', (text) => {
    expect(checksIn(text)).toEqual([]);
  });
});

describe('a change', () => {
  it('leaves out a guard, and turns it round', () => {
    expect(changesIn('if (isOver) refuse();')).toEqual(['false', '!(isOver)']);
  });

  it('takes away each operand, in brackets too', () => {
    expect(changesIn('if (a || (b && !(c || d))) stop();').slice(2)).toEqual([
      '(b && !(c || d))',
      'a',
      'a || (!(c || d))',
      'a || (b)',
      'a || (b && !(d))',
      'a || (b && !(c))',
    ]);
  });

  it('takes away each of two vectors of lanes', () => {
    expect(changesIn('x = v128.or(a(b, c), v128.andnot(d, e));')).toEqual([
      'v128.andnot(d, e)',
      'a(b, c)',
      'v128.not(e)',
      'd',
    ]);
  });

  it('moves each bound by one, and takes no type for a bound', () => {
    expect(changesIn('return <u32>at >= 4 && load<u8>(at) < 9;').slice(4)).toEqual([
      '<u32>at > 4 && load<u8>(at) < 9',
      '<u32>at >= 4 && load<u8>(at) <= 9',
    ]);
  });

  it('lets a refusal pass', () => {
    expect(changesIn('  violate(row, KIND);')).toEqual(['']);
  });
});
