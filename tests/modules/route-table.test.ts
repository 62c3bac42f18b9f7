/**
 * Module route against references that know nothing of its tables.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { findProjectRoot } from '../../scripts/toolchain/project-root.ts';
import { openModule } from './open-module.ts';
import { type Message, type Row, Sandbox } from './sandbox.ts';

/** A record of a message `routes`: an alias, since an interface would not be assignable to it. */
type Route = {
  prefix: number;
  length: number;
  port: number;
  nexthop: number;
};

const SHARED = join(findProjectRoot(), '..', 'shared', 'data');
const FULL_TABLE = join(SHARED, 'lpm', 'pyasn_ipasn_20140513.dat.gz');
const LOOKUPS = join(SHARED, 'forwarding', 'lookup');
const RECORDS_PER_CALL = 4096;

function maskOf(length: number): number {
  return length === 0 ? 0 : (0xffff_ffff << (32 - length)) >>> 0;
}

function give(sandbox: Sandbox, routes: readonly Route[]): void {
  for (let i = 0; i < routes.length; i += RECORDS_PER_CALL) {
    const records: Message[] = routes.slice(i, i + RECORDS_PER_CALL);
    expect(sandbox.receive('routes', records).messages).toEqual([]);
  }
}

/** The route of the longest prefix, by trying them all, or null. */
function linearSearch(routes: readonly Route[], dst: number): Route | null {
  let best: Route | null = null;
  for (const route of routes) {
    const covers = (dst & maskOf(route.length)) >>> 0 === route.prefix;
    if (covers && (best === null || route.length >= best.length)) best = route;
  }
  return best;
}

/** The same by cutting the address space where any prefix starts or ends, for many look-ups. */
function intervalSearch(routes: readonly Route[]): (dst: number) => Route | null {
  const starts: number[] = [0];
  const owners: (Route | null)[] = [null];
  const open: { route: Route; end: number }[] = [];
  const cut = (start: number, owner: Route | null) => {
    if (starts.at(-1) === start) owners[owners.length - 1] = owner;
    else owners[starts.push(start) - 1] = owner;
  };
  const close = (limit: number) => {
    while (open.length > 0 && (open.at(-1)?.end as number) <= limit) {
      const { end } = open.pop() as { end: number };
      cut(end, open.at(-1)?.route ?? null);
    }
  };
  const nested = [...routes].sort((x, y) => x.prefix - y.prefix || x.length - y.length);
  for (const route of nested) {
    close(route.prefix);
    cut(route.prefix, route);
    open.push({ route, end: route.prefix + 2 ** (32 - route.length) });
  }
  close(2 ** 32);
  return (dst) => {
    let low = 0;
    for (let high = starts.length; high - low > 1; ) {
      const middle = (low + high) >> 1;
      if ((starts[middle] as number) <= dst) low = middle;
      else high = middle;
    }
    return owners[low] as Route | null;
  };
}

/** xorshift32: the same look-ups in every run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

function outcomeOf(dst: number, route: Route | null): string {
  if (route === null) return 'unreachable';
  return `${route.port} ${route.nexthop === 0 ? dst : route.nexthop}`;
}

function lookUp(sandbox: Sandbox, addresses: readonly number[]): string[] {
  const rows = addresses.map((dst): Row => ({ 'ipv4.dst': dst }));
  return sandbox
    .process(rows)
    .rows.map(({ verdict, changed }) =>
      verdict === 'forward' ? `${changed['meta.egress']} ${changed['meta.nexthop']}` : verdict,
    );
}

/** How many rows a sandbox sends elsewhere than `search` does. */
function countWrong(
  sandbox: Sandbox,
  addresses: readonly number[],
  search: (dst: number) => Route | null,
): number {
  const { rows } = sandbox.process(addresses.map((dst): Row => ({ 'ipv4.dst': dst })));
  let wrong = 0;
  for (const [i, { verdict, changed }] of rows.entries()) {
    const dst = addresses[i] as number;
    const route = search(dst);
    const isRight =
      route === null
        ? verdict === 'unreachable'
        : verdict === 'forward' &&
          changed['meta.egress'] === route.port &&
          changed['meta.nexthop'] === (route.nexthop === 0 ? dst : route.nexthop);
    if (!isRight) wrong++;
  }
  return wrong;
}

function readFullTable(): Route[] {
  const text = gunzipSync(readFileSync(FULL_TABLE)).toString('latin1');
  const routes = text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith(';'))
    .map((line) => {
      const [a, b, c, d, length, asn] = line.split(/[./\t]/).map(Number) as number[];
      const prefix = (((a as number) * 256 + (b as number)) * 256 + (c as number)) * 256;
      const nexthop = 1 + ((asn as number) % 30_000);
      const port = nexthop % 32;
      return { prefix: prefix + (d as number), length: length as number, port, nexthop };
    });
  return routes.sort((x, y) => x.length - y.length);
}

const routeArbitrary = fc
  .record({
    address: fc.nat(0xffff_ffff),
    length: fc.nat(32),
    port: fc.nat(31),
    nexthop: fc.nat(40),
  })
  .map(({ address, length, port, nexthop }) => {
    // Few addresses, so that prefixes nest and overlap.
    const near = (0x0a010200 | (address & 0x3ff)) >>> 0;
    return { prefix: (near & maskOf(length)) >>> 0, length, port, nexthop };
  });

it('agrees with a linear search, whatever the routes and their order', async () => {
  const module = await openModule('route');
  fc.assert(
    fc.property(fc.array(routeArbitrary, { maxLength: 30 }), (routes) => {
      const sandbox = new Sandbox(module);
      give(sandbox, routes);
      const addresses = Array.from({ length: 256 }, (_, i) => 0x0a010200 - 16 + i * 4 + (i % 4));
      const expected = addresses.map((dst) => outcomeOf(dst, linearSearch(routes, dst)));
      expect(lookUp(sandbox, addresses)).toEqual(expected);
    }),
    { numRuns: 60 },
  );
});

/** What is left of the routes with these links down: none, where an address is on a dead wire. */
function withLinksDown(routes: readonly Route[], down: ReadonlySet<number>, dst: number) {
  const left = [...routes];
  for (;;) {
    const best = linearSearch(left, dst);
    if (best === null || !down.has(best.port)) return best;
    if (best.nexthop === 0) return null;
    left.splice(left.lastIndexOf(best), 1);
  }
}

it('falls back as a linear search does, whatever the routes and the links that are down', async () => {
  const module = await openModule('route');
  const ports = fc.uniqueArray(fc.nat(3), { maxLength: 3 });
  // Few ports, so that many ways lead nowhere; one route a prefix, short ones first.
  const some = fc.uniqueArray(
    routeArbitrary.map((route) => ({ ...route, port: route.port % 4 })),
    { maxLength: 30, selector: ({ prefix, length }) => `${prefix}/${length}` },
  );
  fc.assert(
    fc.property(some, ports, (unsorted, down) => {
      const routes = unsorted.toSorted((x, y) => x.length - y.length);
      const sandbox = new Sandbox(module);
      give(sandbox, routes);
      for (const port of down) sandbox.receive('links', [{ port, up: 0 }]);
      const addresses = Array.from({ length: 256 }, (_, i) => 0x0a010200 - 16 + i * 4 + (i % 4));
      const expected = addresses.map((dst) =>
        outcomeOf(dst, withLinksDown(routes, new Set(down), dst)),
      );
      expect(lookUp(sandbox, addresses)).toEqual(expected);
    }),
    { numRuns: 30 },
  );
});

it.skipIf(!existsSync(FULL_TABLE))(
  'agrees on a full Internet table and 10^6 look-ups (skipped where the shared table is absent)',
  async () => {
    const routes = readFullTable();
    expect(routes).toHaveLength(512_621);
    const sandbox = new Sandbox(await openModule('route'));
    give(sandbox, routes);
    const search = intervalSearch(routes);
    const random = seeded(20140513);
    let wrong = 0;
    for (let round = 0; round < 1_000_000 / 250; round++) {
      const addresses = Array.from({ length: 250 }, (_, i) => {
        if (i % 2 === 0) return random();
        const near = routes[random() % routes.length] as Route;
        return (near.prefix + (random() % 2 ** (32 - near.length))) >>> 0;
      });
      wrong += countWrong(sandbox, addresses, search);
    }
    expect(wrong).toBe(0);
    const sample = Array.from({ length: 4 }, random);
    const linear = sample.map((dst) => outcomeOf(dst, linearSearch(routes, dst)));
    expect(lookUp(sandbox, sample)).toEqual(linear);
  },
  60_000,
);

/** Addresses in these files are little endian. */
function swapped(hex: string): number {
  const value = Number(hex);
  const high = ((value & 0xff) << 24) | ((value & 0xff00) << 8);
  return (high | ((value >>> 8) & 0xff00) | (value >>> 24)) >>> 0;
}

async function answersTo(file: string): Promise<string[]> {
  const module = await openModule('route');
  let routes: (Route & { text: string })[] = [];
  return readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => {
      const [kind, address, length, port, nexthop] = line.split(',') as string[];
      const prefix = swapped(address as string);
      if (kind === 'Q') {
        // The module is not told of deletions: configuration is replayed into a fresh one.
        const sandbox = new Sandbox(module);
        give(sandbox, routes);
        const [found] = lookUp(sandbox, [prefix]) as [string];
        return routes.find((r) => `${r.port} ${r.nexthop}` === found)?.text ?? 'Not Found';
      }
      const same = (r: Route) => r.prefix === prefix && r.length === Number(length);
      routes = routes.filter((r) => !same(r));
      if (kind === 'I') {
        const hop = { port: Number(port), nexthop: swapped(nexthop as string) };
        const text = `${nexthop} ${port}`;
        routes.push({ prefix, length: Number(length), ...hop, text });
      }
      return 'Valid';
    });
}

it.skipIf(!existsSync(LOOKUPS))(
  'answers the shared insert, delete and query files (skipped where they are absent)',
  async () => {
    for (const n of [1, 2]) {
      const expected = readFileSync(join(LOOKUPS, `lookup_output${n}.out`), 'utf8').trim();
      const answers = await answersTo(join(LOOKUPS, `lookup_input${n}.in`));
      expect(answers).toEqual(expected.split('\n'));
    }
  },
);
