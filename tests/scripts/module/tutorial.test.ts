import { expect, it } from 'vitest';
import { temporaryFolder } from '../sluice.ts';
import { playPage } from './documented-session.ts';

const folder = temporaryFolder();

it('the tutorial works from any folder, step by step', { timeout: 240_000 }, () => {
  expect(playPage('module-tutorial.md', folder)).toBeGreaterThan(5);
});
