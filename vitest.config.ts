import { defineConfig } from 'vitest/config';
import { HostsFirst } from './tests/project/hosts-first.ts';

const HOSTS = 'tests/e2e/**/*.test.ts';

export default defineConfig({
  test: {
    globalSetup: ['tests/project/run-folder.setup.ts', 'tests/project/firmware.setup.ts'],
    pool: 'threads',
    // Two cores are the smallest machine we use. The third runs while others wait: for real hosts,
    // and for the programs that are asked whether we are right.
    maxWorkers: 3,
    sequence: { sequencer: HostsFirst },
    // A property runs thousands of cases, and an oracle starts a program for some of them.
    testTimeout: 30_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        // The firmware is compiled, and everything imported, once a worker instead of once a file.
        test: { name: 'board', include: ['tests/**/*.test.ts'], exclude: [HOSTS], isolate: false },
      },
      {
        extends: true,
        // Each file removes the namespaces and programs that it has made.
        test: { name: 'hosts', include: [HOSTS] },
      },
    ],
  },
});
