import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { dropReasonDescriptions, dropReasonNames } from '../../config/drop-reasons.ts';
import { pages } from '../../scripts/generate/pages.ts';
import { findProjectRoot } from '../../scripts/toolchain/project-root.ts';

describe('what is made from code', () => {
  it.each(Object.keys(pages))('%s is up to date (else: npm run generate)', (path) => {
    const file = join(findProjectRoot(), path);
    expect(existsSync(file)).toBe(true);
    expect(readFileSync(file, 'utf8')).toBe(pages[path]());
  });

  it('describes every drop reason, and no other', () => {
    expect(Object.keys(dropReasonDescriptions).sort()).toEqual([...dropReasonNames].sort());
  });
});
