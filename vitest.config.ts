import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    globalSetup: ['tests/project/firmware.setup.ts'],
    // Each file is a worker of its own; two of them fill the cores of the smallest machine we use.
    pool: 'threads',
    maxWorkers: 2,
    // A property runs thousands of cases, and an oracle starts a program for some of them.
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
