/** Memory is bounded, and what is beyond a limit is counted. */
import { describe, expect, it } from 'vitest';
import {
  CONNECTIONS_MAX,
  type Connection,
  Connections,
} from '../../../scripts/init/connections.ts';
import { CONVERSATIONS_MAX, Conversations } from '../../../scripts/init/conversations.ts';
import { FLOWS_LISTED_MAX, planFlows } from '../../../scripts/init/flow-plan.ts';
import { HOSTS_MAX, Hosts } from '../../../scripts/init/hosts.ts';

const SYN = 2;
const FIRST = 0x0a00_0001;

function connection(source: number, destination: number, dport: number): Connection {
  return {
    protocol: 6,
    source,
    destination,
    sport: 4000,
    dport,
    opener: 'source',
    isPickedUp: false,
    isClosing: false,
    forward: 2,
    backward: 1,
    first: 5,
    last: 9,
  };
}

describe('the survey of a capture', () => {
  it('tells each connection once, however many are under way', () => {
    const told: string[] = [];
    const connections = new Connections(({ source, forward }) => told.push(`${source} ${forward}`));
    const count = 2 * CONNECTIONS_MAX + 10;
    for (let round = 0; round < 2; round++) {
      for (let i = 0; i < (round === 0 ? count : 5); i++) {
        connections.add({
          protocol: 6,
          // The second round is of connections that are still under way.
          source: FIRST + (round === 0 ? i : count - 1 - i),
          destination: 1,
          sport: 4000,
          dport: 502,
          tcpFlags: SYN,
          isReply: false,
          time: i,
        });
      }
    }
    expect(told.length).toBe(CONNECTIONS_MAX);
    connections.finish();
    expect(told.length).toBe(count);
    expect(new Set(told).size).toBe(count);
    expect(told.filter((line) => line.endsWith(' 2')).length).toBe(5);
  });

  it('counts the packets of conversations that it has no room for', () => {
    const conversations = new Conversations();
    for (let i = 0; i <= CONVERSATIONS_MAX; i++) conversations.add(connection(FIRST + i, 1, 502));
    expect(conversations.all.size).toBe(CONVERSATIONS_MAX);
    expect(conversations.leftOut).toBe(3);
  });

  it('has room for so many hosts, and says so', () => {
    const hosts = new Hosts();
    for (let i = 0; i < HOSTS_MAX; i++) expect(hosts.sent(FIRST + i, 0)).toBe(true);
    expect(hosts.sent(FIRST + HOSTS_MAX, 0)).toBe(false);
    expect(hosts.received(FIRST, 0, 60)).toBe(true);
  });
});

describe('the flows of a capture', () => {
  it('are no more than a person reads; those used least are left out, and counted', () => {
    const conversations = new Conversations();
    // A service of its own for each server: nothing of it can be one flow.
    for (let i = 0; i < FLOWS_LISTED_MAX + 7; i++) {
      const packets = i < 7 ? 1 : 2;
      for (let n = 0; n < packets; n++) {
        conversations.add(connection(FIRST + i, FIRST + 0x1_0000 + i, 2000 + i));
      }
    }
    const zoneOf = (address: number) => (address < FIRST + 0x1_0000 ? 'office' : 'plant');
    const plans = planFlows([...conversations.all.values()], zoneOf, []);
    expect(plans.flows.length).toBe(FLOWS_LISTED_MAX);
    expect(plans.leftOut).toEqual({ flows: 7, packets: 7 * 3 });
    expect(plans.flows.every(({ packets }) => packets === 6)).toBe(true);
  });
});
