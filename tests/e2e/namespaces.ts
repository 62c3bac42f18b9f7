/**
 * Network namespaces of a test: made by it, gone after it, also when it fails. Addresses are given
 * inside them only.
 */
import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import { threadId } from 'node:worker_threads';
import { hasProgram } from '../project/has-program.ts';
import { afterFile } from './cleanup.ts';

const run = promisify(execFile);
const COMMAND_MS_MAX = 25_000;

/** Why no namespace can be made here, or null. */
export function whyNoNamespaces(...tools: string[]): string | null {
  if (process.platform !== 'linux') return 'not on Linux';
  if (process.getuid?.() !== 0) return 'not root';
  if (!existsSync('/dev/net/tun')) return 'no /dev/net/tun';
  if (!hasKoffi()) return 'koffi is not installed';
  const missing = ['ip', ...tools].filter((tool) => !hasProgram(tool));
  if (missing.length > 0) return `not installed: ${missing.join(', ')}`;
  const name = `sluice-probe-${process.pid}-${threadId}`;
  const isMade = spawnSync('ip', ['netns', 'add', name]).status === 0;
  if (isMade) spawnSync('ip', ['netns', 'del', name]);
  return isMade ? null : 'network namespaces are not allowed';
}

function hasKoffi(): boolean {
  try {
    createRequire(import.meta.url).resolve('koffi');
    return true;
  } catch {
    return false;
  }
}

/** What a command said; `code` is 0 for success. */
export interface Said {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

let count = 0;

/** A namespace with its loopback up. */
export class Namespace {
  readonly name: string;
  private readonly children: ChildProcess[] = [];

  constructor(role: string) {
    // Test files run as threads of one process.
    this.name = `sl${process.pid}-${threadId}-${count++}-${role}`;
    ip('netns', 'add', this.name);
    this.ip('link', 'set', 'lo', 'up');
    // A host that speaks IPv6 fills captures with what is not tested.
    this.sysctl('net.ipv6.conf.all.disable_ipv6', 1);
    this.sysctl('net.ipv6.conf.default.disable_ipv6', 1);
  }

  /** `ip` in this namespace; throws when it fails. */
  ip(...words: string[]): string {
    return ip('-n', this.name, ...words);
  }

  sysctl(key: string, value: number): void {
    this.must('sysctl', '-qw', `${key}=${value}`);
  }

  /** Runs a command to its end; at most 25 s. */
  async exec(...words: string[]): Promise<Said> {
    const options = { timeout: COMMAND_MS_MAX, killSignal: 'SIGKILL', maxBuffer: 1 << 26 } as const;
    try {
      const said = await run('ip', ['netns', 'exec', this.name, ...words], options);
      return { code: 0, ...said };
    } catch (error) {
      const { code, stdout = '', stderr = '' } = error as Partial<Said>;
      return { code: typeof code === 'number' ? code : -1, stdout, stderr };
    }
  }

  /** The same for what must work, at once. */
  must(...words: string[]): string {
    return ip('netns', 'exec', this.name, ...words);
  }

  /** Starts a command that runs until the namespace is removed. */
  start(...words: string[]): ChildProcess {
    const child = spawn('ip', ['netns', 'exec', this.name, ...words], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.on('error', () => {});
    this.children.push(child);
    return child;
  }

  remove(): void {
    for (const child of this.children) child.kill('SIGKILL');
    spawnSync('ip', ['netns', 'del', this.name]);
  }
}

function ip(...words: string[]): string {
  const { status, stdout, stderr } = spawnSync('ip', words, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`ip ${words.join(' ')}: ${stderr}`);
  return stdout;
}

/** Namespaces that are removed after the tests of this file. */
export function namespaces(...roles: string[]): Namespace[] {
  return roles.map((role) => {
    const namespace = new Namespace(role);
    afterFile(() => namespace.remove());
    return namespace;
  });
}

/** Gives a namespace's interface its address and route, and puts it up. */
export function configure(
  host: Namespace,
  name: string,
  { address, gateway, mac }: { address: string; gateway?: string; mac?: string },
): void {
  if (mac !== undefined) host.ip('link', 'set', name, 'address', mac);
  host.ip('address', 'add', address, 'dev', name);
  host.ip('link', 'set', name, 'up');
  if (gateway !== undefined) host.ip('route', 'add', 'default', 'via', gateway);
}
