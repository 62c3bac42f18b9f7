/** The yardstick: the same header work in plain C (yardstick.c), where there is a C compiler. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findProjectRoot } from '../toolchain/project-root.ts';
import { UsageError } from '../usage-error.ts';
import type { FrameSize } from './frame-size.ts';
import { sizeInMemory } from './frame-templates.ts';
import type { WorkloadSize } from './workload.ts';

const SOURCE = 'scripts/bench/yardstick.c';
/** As fast as the machine lets it be: it is what we are held against. */
const FLAGS = ['-O3', '-march=native'];

export class Yardstick {
  private readonly folder = mkdtempSync(join(tmpdir(), 'sluice-yardstick-'));
  private readonly program = join(this.folder, 'yardstick');

  /** @throws {UsageError} where nothing compiles C */
  constructor() {
    try {
      execFileSync('cc', [...FLAGS, join(findProjectRoot(), SOURCE), '-o', this.program]);
    } catch (error) {
      this.close();
      const why = error instanceof Error && 'code' in error ? error.code : undefined;
      if (why !== 'ENOENT') throw error;
      throw new UsageError('--yardstick needs cc', 'install a C compiler, or leave it out');
    }
  }

  /** ns a packet, after so many seconds. */
  run(frame: FrameSize, { flows, routes }: WorkloadSize, seconds: number): number {
    const sizes = frame.sizes.map((_, i) => sizeInMemory(frame, i)).join(',');
    const words = [sizes, flows, routes, seconds].map(String);
    return Number(execFileSync(this.program, words, { encoding: 'utf8' }));
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
