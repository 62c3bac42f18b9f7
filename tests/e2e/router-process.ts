/** `sluice boot` in a process of its own, in a namespace or not, until a test has seen enough. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { inProject } from '../scripts/sluice.ts';
import { afterFile } from './cleanup.ts';
import type { Namespace } from './namespaces.ts';

const BOOT_MS_MAX = 60_000;
const POLL_MS = 20;
/** USER_HZ: 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

export class RouterProcess {
  stdout = '';
  stderr = '';
  readonly child: ChildProcess;

  constructor(words: readonly string[], options: { namespace?: Namespace } = {}) {
    const command = [process.execPath, inProject('scripts', 'sluice.mjs'), 'boot', ...words];
    const prefix =
      options.namespace === undefined ? [] : ['ip', 'netns', 'exec', options.namespace.name];
    const [program, ...rest] = [...prefix, ...command];
    this.child = spawn(program, rest, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text;
    });
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
    });
    afterFile(() => this.child.kill('SIGKILL'));
  }

  /** Waits until the console has said something; throws when the process ends before. */
  async says(text: string | RegExp, from = 0): Promise<void> {
    const end = Date.now() + BOOT_MS_MAX;
    for (;;) {
      const said = this.stdout.slice(from);
      if (typeof text === 'string' ? said.includes(text) : text.test(said)) return;
      if (this.child.exitCode !== null || Date.now() > end) {
        throw new Error(`it never said ${text}:\n${this.stdout}\n${this.stderr}`);
      }
      await wait(POLL_MS);
    }
  }

  /** The board runs, and the links of these ports are up. */
  async isUp(...ports: string[]): Promise<this> {
    await this.says('running until');
    for (const port of ports) await this.says(`${port}: link up`);
    return this;
  }

  /** What the process has used of a core, and the memory that it holds (Linux). */
  usage(): { cpuSeconds: number; residentMiB: number } {
    const stat = readFileSync(`/proc/${this.child.pid}/stat`, 'latin1');
    // proc(5): after the name in parentheses, utime and stime are the 12th and 13th, in ticks.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const cpuSeconds = (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
    const status = readFileSync(`/proc/${this.child.pid}/status`, 'latin1');
    return { cpuSeconds, residentMiB: Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024 };
  }

  /** Asks it to stop; its exit code, when its report has been printed. */
  async stop(): Promise<number> {
    if (this.child.exitCode !== null) return this.child.exitCode;
    const closed = once(this.child, 'close');
    this.child.kill('SIGTERM');
    const [code] = await closed;
    return code as number;
  }

  /** A line of the report's tables: the numbers behind a name. */
  numbers(name: string): number[] {
    const line = new RegExp(`^ {2}${name} +([\\d, ]+)$`, 'm').exec(this.stdout)?.[1];
    return (line ?? '')
      .trim()
      .split(/\s+/)
      .map((text) => Number(text.replaceAll(',', '')));
  }
}
