/** A project that the real launcher builds in a second: a command and a thread, no firmware. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { folderOfRun } from '../../project/run-folder.ts';
import { inProject } from '../sluice.ts';

const COPIED = ['package.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json'];
const LAUNCHER = ['scripts/launch', 'scripts/sluice.mjs', 'scripts/build.mjs'];
const FOLDERS = ['netstack', 'config', 'drivers', 'firmware', 'scripts/toolchain', 'build'];

/**
 * Says which build it is of, waits for the end of its input, and says so of what it loads then and
 * of the thread that it starts then.
 */
const COMMAND = `import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { build } from './early.ts';
process.stdout.write(\`\${build}\`);
for await (const _ of process.stdin);
const late = await import('./late.ts');
const thread = new Worker(new URL('./late-thread.js', import.meta.url));
const [told] = await once(thread, 'message');
process.stdout.write(\` \${late.build} \${told}\\n\`);
`;
const THREAD = `import { parentPort } from 'node:worker_threads';
import { build } from './late.ts';
parentPort?.postMessage(build);
`;
/** The part of a build that is between the bundle and its end; it hangs if it is asked to. */
const FIRMWARE = `export async function buildAll() {
  if (process.env['HANGS'] === undefined) return;
  process.stderr.write('hangs\\n');
  await new Promise((resolve) => setTimeout(resolve, 60_000));
}
`;

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
}

export class SmallProject {
  readonly root = folderOfRun('sluice-launch-');

  constructor() {
    for (const path of [...COPIED, ...LAUNCHER]) {
      cpSync(inProject(path), join(this.root, path), { recursive: true });
    }
    symlinkSync(inProject('node_modules'), join(this.root, 'node_modules'));
    for (const path of FOLDERS) mkdirSync(join(this.root, path), { recursive: true });
    this.write('scripts/sluice.ts', COMMAND);
    this.write('scripts/late-thread.ts', THREAD);
    this.write('scripts/toolchain/build-firmware.ts', FIRMWARE);
  }

  write(path: string, text: string): void {
    writeFileSync(join(this.root, path), text);
  }

  /**
   * Sources of which a build is to be the `number`-th: both parts of the command tell. Their time
   * is that number too, so that who goes back to one before goes back in all that a stamp holds.
   */
  edit(number: number): void {
    for (const path of ['scripts/early.ts', 'scripts/late.ts']) {
      this.write(path, `export const build: number = ${number};\n`);
      utimesSync(join(this.root, path), number, number);
    }
  }

  /** A program of the launcher, running. Its input stays open until it is ended. */
  start(program: 'sluice' | 'build', environment: NodeJS.ProcessEnv = {}) {
    const script = join(this.root, 'scripts', `${program}.mjs`);
    return spawn(process.execPath, [script], { env: { ...process.env, ...environment } });
  }

  /** The same, to its end. */
  async run(program: 'sluice' | 'build'): Promise<Ended> {
    return this.end(this.start(program));
  }

  /** Ends a program's input and waits for it; what it says from now on. */
  async end(child: ChildProcessWithoutNullStreams): Promise<Ended> {
    child.stderr.resume();
    child.stdin.end();
    const ended = once(child, 'close');
    const stdout = await text(child.stdout);
    const [code] = await ended;
    return { code, stdout };
  }
}
