/**
 * Policy alone: a packet comes in by a port and is sent towards another by a module that is told
 * where to; nothing is linked behind policy. What flow admitted it, or why none did, is the answer.
 */
import { buildEthernet } from '../../../netstack/ethernet.ts';
import { buildIcmp } from '../../../netstack/icmp.ts';
import { buildIpv4 } from '../../../netstack/ipv4.ts';
import { buildTcp } from '../../../netstack/tcp.ts';
import { buildUdp } from '../../../netstack/udp.ts';
import { type BoardUnderTest, boot } from '../board-under-test.ts';
import { type PuppetSystem, puppetSystem, scriptOf } from '../puppet.ts';

const NOTHING = new Uint8Array(0);
const SYN = 2;

export interface Header {
  readonly src: number;
  readonly dst: number;
  readonly proto: number;
  readonly sport: number;
  readonly dport: number;
}

export interface Question extends Header {
  readonly ingress: string;
  /** Index of the port. */
  readonly egress: number;
  readonly isTagged?: boolean;
}

let shared: Promise<PuppetSystem> | null = null;

function sharedSystem(): Promise<PuppetSystem> {
  const keys =
    'accepts: ip\nreads: ["payload[128]"]\nwrites: { meta.egress: any }\noutputs: { out: ip }';
  const none = [
    'local',
    'icmp.local.reply',
    'route.forward',
    'route.unreachable',
    'policy.expired',
  ];
  const more = ['policy.too-big', 'policy.permitted', 'neighbor.resolved', 'neighbor.unresolved'];
  const made = ['icmp.errors.error', 'arp.answer', 'arp.request'];
  const links = Object.fromEntries([...none, ...more, ...made].map((from) => [from, '']));
  shared ??= puppetSystem(keys, { ...links, wire: '{ ip: puppet }', 'puppet.out': 'policy' });
  return shared;
}

export class PolicyBench {
  readonly board: BoardUnderTest;
  readonly #system: PuppetSystem;

  private constructor(board: BoardUnderTest, system: PuppetSystem) {
    this.board = board;
    this.#system = system;
  }

  static async boot(yaml: string): Promise<PolicyBench> {
    const system = await sharedSystem();
    return new PolicyBench(await boot(yaml, { firmware: system.firmware, isTraced: true }), system);
  }

  /** The frame of a question: a TCP packet opens its connection. */
  frameOf({ src, dst, proto, sport, dport, egress, isTagged }: Question): Uint8Array {
    const pokes = [[this.#system.offsetOf('meta.egress'), 1, egress]] as const;
    const script = scriptOf({ verdict: 1, changed: 1, pokes });
    const payload = layer4({ src, dst, proto, sport, dport }, script);
    const packet = buildIpv4({
      ...{ dscp: 0, ecn: 0, identification: 0, fragment: 0, ttl: 64, options: NOTHING },
      ...{ source: src, destination: dst, protocol: proto, payload },
    });
    const tag = { tpid: 0x8100, priority: 0, isDropEligible: false, id: 7 };
    const tags = isTagged ? [tag] : [];
    const macs = { destination: 0x020000000001, source: 0x020000000002 };
    return buildEthernet({ ...macs, tags, type: 0x0800, payload: packet });
  }

  /** The flow's name, or the drop reason, of each question. */
  ask(questions: readonly Question[]): string[] {
    const { board } = this;
    const answers: string[] = [];
    for (let at = 0; at < questions.length; at += 200) {
      const part = questions.slice(at, at + 200);
      for (const question of part) {
        board.put(board.addressed(this.frameOf(question), question.ingress), question.ingress);
      }
      const { outcomes } = board.run();
      const found = outcomes.toSorted((a, b) => (a.arrival ?? 0) - (b.arrival ?? 0));
      answers.push(...found.map(({ flow, reason }) => flow ?? reason ?? ''));
      board.board.kernel.beginBreath(0n);
      board.board.kernel.endBreath();
    }
    return answers;
  }
}

function layer4(header: Header, script: Uint8Array): Uint8Array {
  const { proto, sport: sourcePort, dport: destinationPort } = header;
  const sum = () => 0;
  if (proto === 17) return buildUdp({ sourcePort, destinationPort, payload: script }, sum);
  if (proto === 1) return buildIcmp({ type: 8, code: 0, rest: 0x00010001, payload: script });
  if (proto !== 6) return script;
  const rest = { sequence: 0, acknowledgement: 0, window: 0, urgentPointer: 0, options: NOTHING };
  return buildTcp({ ...rest, sourcePort, destinationPort, flags: SYN, payload: script }, sum);
}
