import { beforeAll, describe, expect, it } from 'vitest';
import type { BuiltModule } from '../../scripts/toolchain/build-firmware.ts';
import { ip, openModule } from './open-module.ts';
import { type Judged, type Message, Sandbox } from './sandbox.ts';
import { instantiate } from './webassembly.ts';

let route: BuiltModule;
beforeAll(async () => {
  route = await openModule('route');
});

function entry(cidr: string, port: number, nexthop = '0.0.0.0'): Message {
  const [prefix, length] = cidr.split('/') as [string, string];
  return { prefix: ip(prefix), length: Number(length), port, nexthop: ip(nexthop) };
}

function lookUp(sandbox: Sandbox, dst: string): Judged {
  return sandbox.process([{ 'ipv4.dst': ip(dst) }]).rows[0] as Judged;
}

function forward(port: number, nexthop: string): Judged {
  return { verdict: 'forward', changed: { 'meta.egress': port, 'meta.nexthop': ip(nexthop) } };
}

describe('route', () => {
  it('sends what nothing covers out by unreachable, unchanged', () => {
    const sandbox = new Sandbox(route);
    expect(lookUp(sandbox, '10.0.0.1')).toEqual({ verdict: 'unreachable', changed: {} });
  });

  it('takes the longest of the prefixes that cover a destination', () => {
    const sandbox = new Sandbox(route);
    sandbox.receive('routes', [
      entry('0.0.0.0/0', 1, '192.0.2.1'),
      entry('10.0.0.0/8', 2, '192.0.2.2'),
      entry('10.1.0.0/16', 3, '192.0.2.3'),
      entry('10.1.2.0/24', 4, '192.0.2.4'),
      entry('10.1.2.128/25', 5, '192.0.2.5'),
      entry('10.1.2.129/32', 6, '192.0.2.6'),
    ]);
    expect(lookUp(sandbox, '9.255.255.255')).toEqual(forward(1, '192.0.2.1'));
    expect(lookUp(sandbox, '10.255.0.1')).toEqual(forward(2, '192.0.2.2'));
    expect(lookUp(sandbox, '10.1.255.1')).toEqual(forward(3, '192.0.2.3'));
    expect(lookUp(sandbox, '10.1.2.127')).toEqual(forward(4, '192.0.2.4'));
    expect(lookUp(sandbox, '10.1.2.128')).toEqual(forward(5, '192.0.2.5'));
    expect(lookUp(sandbox, '10.1.2.129')).toEqual(forward(6, '192.0.2.6'));
  });

  it('takes routes in any order', () => {
    const sandbox = new Sandbox(route);
    sandbox.receive('routes', [
      entry('10.1.2.129/32', 6, '192.0.2.6'),
      entry('10.1.2.128/25', 5, '192.0.2.5'),
      entry('10.1.2.0/24', 4, '192.0.2.4'),
      entry('10.0.0.0/8', 2, '192.0.2.2'),
      entry('0.0.0.0/0', 1, '192.0.2.1'),
    ]);
    expect(lookUp(sandbox, '10.1.2.129')).toEqual(forward(6, '192.0.2.6'));
    expect(lookUp(sandbox, '10.1.2.130')).toEqual(forward(5, '192.0.2.5'));
    expect(lookUp(sandbox, '10.1.2.1')).toEqual(forward(4, '192.0.2.4'));
    expect(lookUp(sandbox, '10.1.3.1')).toEqual(forward(2, '192.0.2.2'));
    expect(lookUp(sandbox, '11.0.0.1')).toEqual(forward(1, '192.0.2.1'));
  });

  it('makes the destination the next hop where a route is on link', () => {
    const sandbox = new Sandbox(route);
    sandbox.receive('routes', [entry('10.2.0.0/24', 0)]);
    expect(lookUp(sandbox, '10.2.0.7')).toEqual(forward(0, '10.2.0.7'));
  });

  it('reaches the first and the last address there are', () => {
    const sandbox = new Sandbox(route);
    sandbox.receive('routes', [
      entry('0.0.0.0/32', 1, '192.0.2.1'),
      entry('128.0.0.0/1', 2, '192.0.2.2'),
      entry('255.255.255.255/32', 3, '192.0.2.3'),
    ]);
    expect(lookUp(sandbox, '0.0.0.0')).toEqual(forward(1, '192.0.2.1'));
    expect(lookUp(sandbox, '0.0.0.1').verdict).toBe('unreachable');
    expect(lookUp(sandbox, '127.255.255.255').verdict).toBe('unreachable');
    expect(lookUp(sandbox, '128.0.0.0')).toEqual(forward(2, '192.0.2.2'));
    expect(lookUp(sandbox, '255.255.255.255')).toEqual(forward(3, '192.0.2.3'));
  });

  it('replaces a route that is given again', () => {
    const sandbox = new Sandbox(route);
    sandbox.receive('routes', [entry('10.0.0.0/26', 1, '192.0.2.1')]);
    sandbox.receive('routes', [entry('10.0.0.0/26', 2, '192.0.2.2')]);
    expect(lookUp(sandbox, '10.0.0.1')).toEqual(forward(2, '192.0.2.2'));
  });

  it('judges every row of a full vector', () => {
    const sandbox = new Sandbox(route);
    sandbox.receive('routes', [entry('10.0.0.0/24', 1), entry('10.0.1.0/24', 2)]);
    const rows = Array.from({ length: 256 }, (_, i) => ({ 'ipv4.dst': ip('10.0.0.0') + i * 2 }));
    const judged = sandbox.process(rows).rows;
    expect(judged.map((row) => row.changed['meta.egress'])).toEqual(
      rows.map((_, i) => (i < 128 ? 1 : 2)),
    );
  });
});

/**
 * The module with another memory than its 74 MiB: sizes of which the number of pages has 14 bits.
 */
function withMemory(wasm: Uint8Array, mib: number): Uint8Array<ArrayBuffer> {
  const section = (pages: number) => {
    const size = [(pages & 0x7f) | 0x80, pages >> 7];
    return Buffer.from([5, 6, 1, 1, ...size, ...size]); // one memory, initial = maximum
  };
  const copy = new Uint8Array(wasm);
  const at = Buffer.from(copy.buffer).indexOf(section(74 * 16));
  copy.set(section(mib * 16), at); // throws where it has not been found
  return copy;
}

describe('route refuses, says why, and does not trap', () => {
  const refusal = (cidr: string, why: number) => {
    const { prefix, length } = entry(cidr, 0);
    return { name: 'refused', record: { prefix, length, why } };
  };

  it('a length beyond 32 and bits beyond the prefix (4)', () => {
    const sandbox = new Sandbox(route);
    const outcome = sandbox.receive('routes', [entry('10.0.0.0/33', 1), entry('10.0.0.1/24', 1)]);
    expect(outcome.messages).toEqual([refusal('10.0.0.0/33', 4), refusal('10.0.0.1/24', 4)]);
    expect(lookUp(sandbox, '10.0.0.1').verdict).toBe('unreachable');
  });

  it('next hops beyond nextHopsMax (2), and takes those it knows', () => {
    const sandbox = new Sandbox(route);
    const nextHopsMax = 32_767;
    for (let first = 0; first < nextHopsMax; first += 4096) {
      const count = Math.min(4096, nextHopsMax - first);
      const records = Array.from({ length: count }, (_, i) => ({
        prefix: (first + i) * 256,
        length: 24,
        port: 1,
        nexthop: first + i + 1,
      }));
      expect(sandbox.receive('routes', records).messages).toEqual([]);
    }
    const beyond = { ...entry('99.0.0.0/24', 1), nexthop: nextHopsMax + 1 };
    expect(sandbox.receive('routes', [beyond]).messages).toEqual([refusal('99.0.0.0/24', 2)]);
    const known = { ...entry('99.0.1.0/24', 1), nexthop: nextHopsMax };
    expect(sandbox.receive('routes', [known]).messages).toEqual([]);
    expect(lookUp(sandbox, '99.0.0.1').verdict).toBe('unreachable');
    expect(lookUp(sandbox, '99.0.1.1').changed['meta.nexthop']).toBe(nextHopsMax);
  });

  it.each([
    ['that its memory has no room for', 74, 73_728, 75_000],
    ['beyond those that a cell can lead to', 136, 130_816, 130_816],
  ])('prefixes that need a group %s (3)', (_, memoryMib, least, most) => {
    const sandbox = new Sandbox(route, instantiate(withMemory(route.wasm, memoryMib)));
    // A group for each /24, and one for each /16 that they are in.
    const long = (i: number) => ({ prefix: i * 256, length: 30, port: 1, nexthop: 1 });
    let count = 0;
    let refused: Message[] = [];
    while (refused.length === 0) {
      const records = Array.from({ length: 4096 }, (_, i) => long(count + i));
      const { messages } = sandbox.receive('routes', records);
      refused = messages.map(({ record }) => record);
      count += records.length;
    }
    const first = Number(refused[0]?.['prefix']);
    const groups = first / 256 + Math.ceil(first / 65_536);
    expect(groups).toBeGreaterThanOrEqual(least);
    expect(groups).toBeLessThanOrEqual(most);
    expect(refused.every((record) => record['why'] === 3)).toBe(true);
    expect(sandbox.receive('routes', [long(0)]).messages).toEqual([]);
    expect(sandbox.process([{ 'ipv4.dst': first }]).rows[0]?.verdict).toBe('unreachable');
    expect(sandbox.process([{ 'ipv4.dst': first - 256 }]).rows[0]?.verdict).toBe('forward');
  });

  it('routes beyond routesMax (1)', () => {
    const sandbox = new Sandbox(route);
    const records = Array.from({ length: 4096 }, () => entry('10.0.0.0/32', 1));
    for (let i = 0; i < 256; i++) sandbox.receive('routes', records);
    const { messages } = sandbox.receive('routes', [entry('10.0.0.2/32', 1)]);
    expect(messages).toEqual([refusal('10.0.0.2/32', 1)]);
  });

  it('with at most 256 messages a call', () => {
    const sandbox = new Sandbox(route);
    const records = Array.from({ length: 1000 }, () => entry('10.0.0.0/40', 1));
    expect(sandbox.receive('routes', records).messages).toHaveLength(256);
  });

  it('falls back on the next shorter prefix whose link is up', () => {
    const sandbox = new Sandbox(route);
    sandbox.receive('routes', [
      entry('0.0.0.0/0', 1, '192.0.2.1'),
      entry('10.0.0.0/8', 2, '192.0.2.2'),
      entry('10.1.0.0/16', 3, '192.0.2.3'),
      entry('10.1.2.0/24', 3, '192.0.2.4'),
    ]);
    sandbox.receive('links', [{ port: 3, up: 0 }]);
    expect(lookUp(sandbox, '10.1.2.9')).toEqual(forward(2, '192.0.2.2'));
    expect(lookUp(sandbox, '10.1.9.9')).toEqual(forward(2, '192.0.2.2'));
    sandbox.receive('links', [{ port: 2, up: 0 }]);
    expect(lookUp(sandbox, '10.1.2.9')).toEqual(forward(1, '192.0.2.1'));
    sandbox.receive('links', [{ port: 3, up: 1 }]);
    expect(lookUp(sandbox, '10.1.2.9')).toEqual(forward(3, '192.0.2.4'));
  });

  it('withdraws the routes of a port whose link is down, and has them back with it', () => {
    const sandbox = new Sandbox(route);
    sandbox.receive('routes', [
      entry('0.0.0.0/0', 1, '192.0.2.1'),
      entry('10.0.0.0/8', 2, '192.0.2.2'),
      entry('10.1.0.0/16', 2),
      entry('10.2.0.0/16', 3, '192.0.2.3'),
    ]);
    sandbox.receive('links', [{ port: 2, up: 0 }]);
    // By the default route; but never to another wire what is on this one.
    expect(lookUp(sandbox, '10.9.0.1')).toEqual(forward(1, '192.0.2.1'));
    expect(lookUp(sandbox, '10.1.0.1')).toEqual({ verdict: 'unreachable', changed: {} });
    expect(lookUp(sandbox, '10.2.0.1')).toEqual(forward(3, '192.0.2.3'));
    sandbox.receive('links', [{ port: 1, up: 0 }]);
    expect(lookUp(sandbox, '10.9.0.1')).toEqual({ verdict: 'unreachable', changed: {} });
    expect(lookUp(sandbox, '8.8.8.8')).toEqual({ verdict: 'unreachable', changed: {} });
    sandbox.receive('links', [
      { port: 1, up: 1 },
      { port: 2, up: 1 },
    ]);
    expect(lookUp(sandbox, '10.9.0.1')).toEqual(forward(2, '192.0.2.2'));
    expect(lookUp(sandbox, '10.1.0.1')).toEqual(forward(2, '10.1.0.1'));
    expect(lookUp(sandbox, '8.8.8.8')).toEqual(forward(1, '192.0.2.1'));
  });
});
