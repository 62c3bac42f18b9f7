/**
 * However full its tables, and whatever it is handed at once, a module of the router uses no more
 * than half of the fuel that its manifest asks for: nobody makes it run out.
 */
import { describe, expect, it } from 'vitest';
import { DROP_TTL_EXPIRED, PORTS_MAX, VECTOR_ROWS_MAX } from '../../config/abi.ts';
import { FUEL_PER_CALL_MAX } from '../../config/limits.ts';
import { fuelFor, type ProcedureName } from '../../firmware/board/fuel.ts';
import { loadModule } from '../../firmware/boot/load-module.ts';
import { ARP_REQUEST, buildArp } from '../../netstack/arp.ts';
import { ip, openModule } from './open-module.ts';
import { type Message, type Outcome, type Row, Sandbox } from './sandbox.ts';
import type { ModuleExports } from './webassembly.ts';

const SHARE_MAX = 0.5;
const MAC = 0x02_00_0a_02_00_07;
/** An inbox has room for as many of any message. */
const RECORDS = 2000;

type Metered = ModuleExports & { readonly fuel: { value: number } };

/** A module as the board runs it, and what its calls use. */
class Gauge {
  readonly sandbox: Sandbox;
  readonly #fuel: { value: number };
  /** The share that the last call has used of its fuel. */
  share: number;

  private constructor(sandbox: Sandbox, { fuel }: Metered) {
    this.sandbox = sandbox;
    this.#fuel = fuel;
    this.share = this.#shareOf('initialize', 0);
  }

  static async open(name: string): Promise<Gauge> {
    const module = await openModule(name);
    const { code } = loadModule(name, module.manifest, module.wasm);
    const exports = new WebAssembly.Instance(code).exports as unknown as Metered;
    exports.fuel.value = FUEL_PER_CALL_MAX;
    return new Gauge(new Sandbox(module, exports), exports);
  }

  process(rows: Row[], { place = '', seconds = 0 } = {}): Outcome {
    return this.#call('process', rows.length, () => this.sandbox.process(rows, { place, seconds }));
  }

  /** Messages of one type, in as many calls as it takes. */
  receive(name: string, records: readonly Message[], seconds = 0): Outcome[] {
    const starts = records.flatMap((_, i) => (i % RECORDS === 0 ? [i] : []));
    return starts.map((start) => {
      const some = records.slice(start, start + RECORDS);
      const receive = () => this.sandbox.receive(name, some, seconds);
      return this.#call('receive', some.length, receive);
    });
  }

  tick(seconds: number): Outcome {
    return this.#call('tick', 0, () => this.sandbox.tick(seconds));
  }

  #call(procedure: ProcedureName, count: number, call: () => Outcome): Outcome {
    this.#fuel.value = FUEL_PER_CALL_MAX;
    const outcome = call();
    this.share = this.#shareOf(procedure, count);
    return outcome;
  }

  #shareOf(procedure: ProcedureName, count: number): number {
    const used = FUEL_PER_CALL_MAX - this.#fuel.value;
    return used / fuelFor(this.sandbox.module.manifest.limits, procedure, count);
  }
}

const many = <T>(count: number, make: (i: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i));
const vectorOf = (make: (i: number) => Row) => many(VECTOR_ROWS_MAX, make);

/** An interface on every port that there may be, each of a subnet that has edges. */
const INTERFACES = many(PORTS_MAX, (port) => {
  return { port, address: ip(`10.${port}.0.1`), length: 24, mac: MAC, mtu: 1500 };
});

it.each(['route', 'neighbor', 'arp', 'icmp', 'ping'])('%s as it begins', async (name) => {
  expect((await Gauge.open(name)).share).toBeLessThan(SHARE_MAX);
});

describe('route', () => {
  const route = (prefix: number, length: number, port = 1) => ({
    prefix,
    length,
    port,
    nexthop: 9,
  });

  it('for packets to a host that has a route of its own', async () => {
    const gauge = await Gauge.open('route');
    gauge.receive('routes', [route(ip('10.1.2.3'), 32)]);
    const { rows } = gauge.process(vectorOf(() => ({ 'ipv4.dst': ip('10.1.2.3') })));
    expect(rows.every(({ verdict }) => verdict === 'forward')).toBe(true);
    expect(gauge.share).toBeLessThan(SHARE_MAX);
  });

  it('for the widest prefix, after as many longer ones as its table has room for', async () => {
    const gauge = await Gauge.open('route');
    gauge.receive(
      'routes',
      many(32_768, (i) => route(i * 65_536, 24)),
    );
    gauge.receive(
      'routes',
      many(8192, (i) => route(i * 256, 32)),
    );
    gauge.receive('routes', [route(0, 1, 2)]);
    expect(gauge.share).toBeLessThan(SHARE_MAX);
  });

  it('for a link that goes down with as many next hops as there may be', async () => {
    const gauge = await Gauge.open('route');
    const nexthop = (i: number) => ({ prefix: i * 65_536, length: 16, port: 1, nexthop: i + 1 });
    gauge.receive('routes', many(32_767, nexthop));
    gauge.receive('links', [{ port: 1, up: 0 }]);
    expect(gauge.share).toBeLessThan(SHARE_MAX);
  });
});

describe('neighbor, where it knows as many as it can', () => {
  const learned = (address: number) => ({ port: 1, address, mac: MAC, solicited: 1 });

  async function open(): Promise<Gauge> {
    const gauge = await Gauge.open('neighbor');
    gauge.receive('learned', many(20_000, learned));
    return gauge;
  }

  it('for packets to others', async () => {
    const gauge = await open();
    const row = (i: number) => ({ 'meta.egress': 1, 'meta.nexthop': 1_000_000 + i });
    expect(gauge.process(vectorOf(row)).messages).toHaveLength(VECTOR_ROWS_MAX);
    expect(gauge.share).toBeLessThan(SHARE_MAX);
  });

  it('for others that take their place', async () => {
    const gauge = await open();
    gauge.receive(
      'learned',
      many(RECORDS, (i) => learned(1_000_000 + i)),
    );
    expect(gauge.share).toBeLessThan(SHARE_MAX);
  });
});

describe('arp, where it knows of as many ranges and asks for as many neighbors as it can', () => {
  const question = (address: number) => ({ port: 1, address, mac: MAC });

  async function open(): Promise<Gauge> {
    const gauge = await Gauge.open('arp');
    gauge.receive('interfaces', INTERFACES);
    const range = (i: number) => ({ first: i * 256, last: i * 256 + 255, port: 1 });
    gauge.receive('neighbors', many(8192, range));
    gauge.receive('resolve', many(10_000, question), 1);
    return gauge;
  }

  it('for requests that it answers', async () => {
    const gauge = await open();
    const row = (i: number): Row => {
      const request = { operation: ARP_REQUEST, senderMac: MAC, senderAddress: 1 + i };
      const payload = buildArp({ ...request, targetMac: 0, targetAddress: ip('10.1.0.1') });
      return { 'meta.ingress': 1, 'eth.src': MAC, payload };
    };
    const { messages, frames } = gauge.process(vectorOf(row), { seconds: 2 });
    expect([messages.length, frames.length]).toEqual([VECTOR_ROWS_MAX, 128]);
    expect(gauge.share).toBeLessThan(SHARE_MAX);
  });

  it('for questions that find no room', async () => {
    const gauge = await open();
    const others = many(RECORDS, (i) => question(100_000 + i));
    expect(gauge.receive('resolve', others, 2)[0]?.frames).toEqual([]);
    expect(gauge.share).toBeLessThan(SHARE_MAX);
  });

  it('for all of its questions at its tick', async () => {
    const gauge = await open();
    expect(gauge.tick(2.1).frames).toHaveLength(120);
    expect(gauge.share).toBeLessThan(SHARE_MAX);
  });
});

it('icmp for errors, where every port has an address', async () => {
  const gauge = await Gauge.open('icmp');
  gauge.receive('interfaces', INTERFACES);
  const row = (): Row => ({
    ...{ 'meta.ingress': 1, 'meta.reason': DROP_TTL_EXPIRED, 'meta.length': 1514 },
    ...{ 'ipv4.src': ip('198.51.100.1'), 'ipv4.dst': ip('203.0.113.1'), 'ipv4.proto': 17 },
  });
  expect(gauge.process(vectorOf(row), { place: 'errors', seconds: 1 }).frames).toHaveLength(50);
  expect(gauge.share).toBeLessThan(SHARE_MAX);
});

describe('ping', () => {
  it('for replies to none of its questions', async () => {
    const gauge = await Gauge.open('ping');
    const row = () => ({ 'ipv4.src': 9, 'icmp.type': 0, payload: Uint8Array.of(1, 2, 3, 4) });
    const { rows } = gauge.process(vectorOf(row), { place: 'replies' });
    expect(rows.every(({ verdict }) => verdict === 'other')).toBe(true);
    expect(gauge.share).toBeLessThan(SHARE_MAX);
  });

  it('for as many questions as it may ask in a second', async () => {
    const gauge = await Gauge.open('ping');
    gauge.receive('interfaces', INTERFACES);
    const question = (i: number) => ({ port: 1, address: i, token: i, sequence: 0 });
    expect(gauge.receive('requests', many(50, question), 1)[0]?.frames).toHaveLength(50);
    expect(gauge.share).toBeLessThan(SHARE_MAX);
  });
});
