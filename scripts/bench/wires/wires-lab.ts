/** Namespaces for the benchmark: a generator's and a sink's, with the forwarder's between them. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';

const POLL_MS = 20;
const START_MS_MAX = 60_000;

export type WireKind = 'packet' | 'tap';

/**
 * As real-time programs, by turns: or what else the machine does is what is measured. Not more
 * than a second or two at a time; the rest of the machine waits.
 */
const UNDISTURBED = ['chrt', '--rr', '1'];

/** Interfaces of the forwarder; with TAP devices they are the hosts' own. */
const NEAR = ['slb0', 'slb1'] as const;
const FAR = ['slf0', 'slf1'] as const;
export const HOSTS = [
  { address: '10.1.0.20/24', gateway: '10.1.0.1', mac: '02:00:0a:01:00:14' },
  { address: '10.2.0.7/24', gateway: '10.2.0.1', mac: '02:00:0a:02:00:07' },
] as const;

function run(...words: string[]): string {
  const { status, stdout, stderr } = spawnSync('ip', words, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`ip ${words.join(' ')}: ${stderr.trim()}`);
  return stdout;
}

export class WiresLab {
  readonly near = NEAR;
  private readonly kind: WireKind;
  private readonly names: readonly [string, string, string];
  private readonly schedule: readonly string[];
  private child: ChildProcess | null = null;

  /** `isUndisturbed`: other work of the machine waits while a program of the lab runs. */
  constructor(kind: WireKind, options: { isUndisturbed: boolean }) {
    this.kind = kind;
    const isAllowed =
      options.isUndisturbed &&
      spawnSync(UNDISTURBED[0], [...UNDISTURBED.slice(1), 'true']).status === 0;
    this.schedule = isAllowed ? UNDISTURBED : [];
    const prefix = `slbench${process.pid}`;
    this.names = [`${prefix}-gen`, `${prefix}-sink`, `${prefix}-fwd`];
    for (const name of this.names) run('netns', 'add', name);
    if (kind === 'packet') {
      for (const [side, near] of NEAR.entries()) {
        const peer = ['peer', 'name', FAR[side], 'netns', this.names[side]];
        run('-n', this.names[2], 'link', 'add', near, 'type', 'veth', ...peer);
        run('-n', this.names[2], 'link', 'set', near, 'up');
        this.configure(side);
      }
    }
  }

  /** The interface of a host: 0 the generator's, 1 the sink's. */
  interfaceOf(side: number): string {
    return this.kind === 'packet' ? FAR[side] : NEAR[side];
  }

  /** Whether other work of the machine is kept from what is measured. */
  get isUndisturbed(): boolean {
    return this.schedule.length > 0;
  }

  /** The forwarder's process. */
  get pid(): number {
    return this.child?.pid ?? 0;
  }

  /** Runs a program to its end in a host's namespace: 0 the generator's, 1 the sink's. */
  exec(side: number, ...words: string[]): string {
    return run(...this.inside(side), ...words);
  }

  /** Words that run a program in a namespace: 0 generator, 1 sink, 2 forwarder. */
  private inside(index: number): string[] {
    return ['netns', 'exec', this.names[index], ...this.schedule];
  }

  /** Starts a forwarder, and waits until it says that it runs. */
  async start(words: readonly string[], ready: string): Promise<void> {
    const child = spawn('ip', [...this.inside(2), ...words], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.child = child;
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    for (const end = Date.now() + START_MS_MAX; !said.includes(ready); ) {
      if (child.exitCode !== null || Date.now() > end) throw new Error(`it did not start: ${said}`);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    if (this.kind === 'tap') {
      for (const [side, name] of NEAR.entries()) {
        run('-n', this.names[2], 'link', 'set', name, 'netns', this.names[side]);
        this.configure(side);
      }
    }
    // A look at the links, and the first questions of the hosts.
    await new Promise((resolve) => setTimeout(resolve, 500));
  }

  async stop(): Promise<void> {
    const { child } = this;
    this.child = null;
    if (child === null || child.exitCode !== null) return;
    const closed = new Promise((resolve) => child.once('close', resolve));
    child.kill('SIGKILL');
    await closed;
  }

  /** Whom the hosts take for their gateways: the generator's, then the sink's. */
  setGateways(macs: readonly string[]): void {
    for (const [side, mac] of macs.entries()) {
      const words = ['neigh', 'replace', HOSTS[side].gateway, 'lladdr', mac, 'nud', 'permanent'];
      run('-n', this.names[side], ...words, 'dev', this.interfaceOf(side));
    }
  }

  /** The sink drops what the generator sends, at little cost and without a word; or no longer. */
  setSilent(isSilent: boolean): void {
    const subnet = '10.1.0.0/24';
    const words = isSilent ? ['replace', 'blackhole', subnet] : ['del', 'blackhole', subnet];
    run('-n', this.names[1], 'route', ...words);
  }

  /** Frames that the sink has received so far. */
  received(): number {
    const words = ['-n', this.names[1], '-s', '-j', 'link', 'show', this.interfaceOf(1)];
    return JSON.parse(run(...words))[0].stats64.rx.packets;
  }

  remove(): void {
    this.child?.kill('SIGKILL');
    for (const name of this.names) spawnSync('ip', ['netns', 'del', name]);
  }

  private configure(side: number): void {
    const { address, gateway, mac } = HOSTS[side];
    const link = (...words: string[]) => run('-n', this.names[side], ...words);
    const name = this.interfaceOf(side);
    link('link', 'set', name, 'address', mac);
    link('address', 'add', address, 'dev', name);
    link('link', 'set', name, 'up');
    link('route', 'add', 'default', 'via', gateway);
  }
}
