import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { DeniedGroup } from '../../../scripts/report/denied-groups.ts';
import { permitFlow, permitYaml } from '../../../scripts/report/permit-flow.ts';

const group: DeniedGroup = {
  from: 'office',
  to: 'plant',
  protocol: 'tcp',
  port: 502,
  sources: ['10.1.0.20'],
  destinations: ['10.2.0.7', '10.2.0.8'],
  packets: 1,
  answers: 0,
};
const hosts = (count: number) => Array.from({ length: count }, (_, host) => `10.1.0.${host}`);

describe('the flow that permits a group', () => {
  it('names the service and the hosts that were seen', () => {
    expect(permitFlow(group, new Set())).toEqual({
      name: 'tcp 502 from office to plant',
      from: 'office',
      to: 'plant',
      match: 'tcp dst port 502 and src host 10.1.0.20 and (dst host 10.2.0.7 or 10.2.0.8)',
    });
  });

  it.each([
    ['icmp', 0, 'icmp'],
    ['icmp6', 0, 'ip proto 58'],
    ['ip proto 47', 0, 'ip proto 47'],
    ['sctp', 3868, 'sctp dst port 3868'],
  ])('matches %s as %3$s', (protocol, port, match) => {
    const flow = permitFlow({ ...group, protocol, port, sources: hosts(5) }, new Set());
    expect(flow?.match).toBe(`${match} and (dst host 10.2.0.7 or 10.2.0.8)`);
  });

  it('names four hosts, and none where there are more', () => {
    const match = (count: number) =>
      permitFlow({ ...group, sources: hosts(count), destinations: hosts(5) }, new Set())?.match;
    expect(match(4)).toContain('(src host 10.1.0.0 or 10.1.0.1 or 10.1.0.2 or 10.1.0.3)');
    expect(match(5)).toBe('tcp dst port 502');
  });

  it('has a name that no flow has, of 64 characters at most', () => {
    const zones = { from: 'a'.repeat(31), to: 'b'.repeat(31) };
    const taken = new Set<string>();
    const names = Array.from({ length: 12 }, () => permitFlow({ ...group, ...zones }, taken)?.name);
    expect(new Set(names).size).toBe(12);
    for (const name of names) expect(name?.length).toBeLessThanOrEqual(64);
  });

  it('is none where no zone is known', () => {
    expect(permitFlow({ ...group, to: 'none' }, new Set())).toBeNull();
  });

  it.each([96, 40])('reads back from YAML of %i columns', (width) => {
    for (const zone of ['plant', 'true', 'null', 'z'.repeat(31)]) {
      const flow = permitFlow({ ...group, from: zone, sources: hosts(4) }, new Set());
      const lines = flow === null ? [] : permitYaml(flow, width);
      for (const line of lines) expect(line.length).toBeLessThanOrEqual(width);
      expect(parse(`flows:\n${lines.join('\n')}\n`)).toEqual({ flows: [flow] });
    }
  });
});
