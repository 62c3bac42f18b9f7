/** What a host of a capture is: by what it serves, and what it asks of others. */
import type { Conversation } from './conversations.ts';
import { serviceAt } from './services.ts';

/** Kinds of hosts, in the order in which their zones stand in a router file. */
export const KINDS = ['plant', 'control', 'servers', 'office', 'internet'] as const;

/**
 * `plant` serves an industrial protocol, `control` asks by one, `servers` serve anything else,
 * `office` only asks, `internet` is outside.
 */
export type Kind = (typeof KINDS)[number];

/** What counts of a conversation that nobody answered, as of a scan: almost nothing. */
const UNANSWERED_WEIGHT = 0.001;
/** The part of a host's packets that makes it industrial. */
const INDUSTRIAL_SHARE_MIN = 0.01;

interface Doings {
  industrialServed: number;
  industrialAsked: number;
  served: number;
  asked: number;
}

/** The kinds of hosts, by address, from all their conversations. */
export function kindsOf(conversations: Iterable<Conversation>): Map<number, Kind> {
  const hosts = new Map<number, Doings>();
  const of = (address: number): Doings => {
    const known = hosts.get(address);
    if (known !== undefined) return known;
    const fresh = { industrialServed: 0, industrialAsked: 0, served: 0, asked: 0 };
    hosts.set(address, fresh);
    return fresh;
  };
  for (const one of conversations) {
    const { protocol, port, client, server } = one;
    const weight = weightOf(one);
    const isIndustrial = serviceAt(protocol, port)?.isIndustrial === true;
    of(server)[isIndustrial ? 'industrialServed' : 'served'] += weight;
    of(client)[isIndustrial ? 'industrialAsked' : 'asked'] += weight;
  }
  return new Map([...hosts].map(([address, doings]) => [address, kindOf(doings)]));
}

/** How much a conversation says about its hosts: its packets, if it was one. */
export function weightOf({ packets, answered }: Conversation): number {
  return answered + (packets - answered) * UNANSWERED_WEIGHT;
}

function kindOf({ industrialServed, industrialAsked, served, asked }: Doings): Kind {
  const industrial = industrialServed + industrialAsked;
  if (industrial > 0 && industrial >= INDUSTRIAL_SHARE_MIN * (industrial + served + asked)) {
    return industrialServed >= industrialAsked ? 'plant' : 'control';
  }
  return served > asked ? 'servers' : 'office';
}
