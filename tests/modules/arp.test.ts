import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ARP_REPLY, ARP_REQUEST, type ArpPacket, buildArp, readArp } from '../../netstack/arp.ts';
import { readEthernet } from '../../netstack/ethernet.ts';
import type { BuiltModule } from '../../scripts/toolchain/build-firmware.ts';
import { ip, openModule } from './open-module.ts';
import { type MadeFrame, type Row, Sandbox } from './sandbox.ts';

const ROUTER_MAC = 0x02_00_00_00_00_01;
const HOST_MAC = 0x02_00_0a_02_00_07;
const BROADCAST = 0xff_ff_ff_ff_ff_ff;
const ROUTER = ip('10.2.0.1');
const HOST = ip('10.2.0.7');
const OFFICE = ip('10.1.0.1');
const PORT = 2;
const MOVED = ip('10.2.0.20');
const ROW_NONE = 65535;

let arp: BuiltModule;
let sandbox: Sandbox;
beforeAll(async () => {
  arp = await openModule('arp');
});
beforeEach(() => {
  sandbox = new Sandbox(arp);
  const plant = { port: PORT, address: ROUTER, length: 24, mac: ROUTER_MAC, mtu: 1500 };
  const office = { port: 3, address: OFFICE, length: 24, mac: 0x020000000002, mtu: 1500 };
  sandbox.receive('interfaces', [plant, office]);
  // Port 3 has a subnet of its own, and one host of the other's.
  sandbox.receive('neighbors', [
    { first: ip('10.1.0.2'), last: ip('10.1.0.254'), port: 3 },
    { first: ip('10.2.0.2'), last: ip('10.2.0.19'), port: PORT },
    { first: MOVED, last: MOVED, port: 3 },
    { first: ip('10.2.0.21'), last: ip('10.2.0.254'), port: PORT },
  ]);
});

function packet(change: Partial<ArpPacket> = {}): ArpPacket {
  return {
    operation: ARP_REQUEST,
    senderMac: HOST_MAC,
    senderAddress: HOST,
    targetMac: 0,
    targetAddress: ROUTER,
    ...change,
  };
}

function row(arpPacket: ArpPacket, { port = PORT, src = arpPacket.senderMac } = {}): Row {
  return { 'meta.ingress': port, 'eth.src': src, payload: buildArp(arpPacket) };
}

function verdictOf(given: Row): string {
  const { rows } = sandbox.process([given]);
  return rows[0]?.verdict as string;
}

function read(frame: MadeFrame | undefined) {
  if (frame === undefined) throw new Error('no frame was made');
  const ethernet = readEthernet(frame.bytes);
  if (typeof ethernet === 'string') throw new Error(ethernet);
  const { destination, source, type, payload } = ethernet;
  return { destination, source, type, arp: readArp(payload) };
}

const told = (solicited: number, mac = HOST_MAC, address = HOST) => ({
  name: 'learned',
  record: { port: PORT, address, mac, solicited },
});

describe('arp answers', () => {
  it("a request for the port's own address, and takes it in (RFC 826)", () => {
    const { rows, frames } = sandbox.process([row(packet())]);
    expect(rows).toEqual([{ verdict: 'consume', changed: {} }]);
    expect(frames).toMatchObject([{ output: 'answer', egress: PORT, row: 0, quote: 0 }]);
    expect(frames[0]?.bytes).toHaveLength(60);
    expect(read(frames[0])).toEqual({
      destination: HOST_MAC,
      source: ROUTER_MAC,
      type: 0x0806,
      arp: {
        operation: ARP_REPLY,
        senderMac: ROUTER_MAC,
        senderAddress: ROUTER,
        targetMac: HOST_MAC,
        targetAddress: HOST,
      },
    });
  });

  it('a probe, from which there is nothing to learn (RFC 5227)', () => {
    const { rows, frames, messages } = sandbox.process([row(packet({ senderAddress: 0 }))]);
    expect(rows[0]?.verdict).toBe('consume');
    expect(frames).toHaveLength(1);
    expect(messages).toEqual([]);
  });

  it("no request for another host's address", () => {
    const { rows, frames } = sandbox.process([row(packet({ targetAddress: ip('10.2.0.9') }))]);
    expect(rows[0]?.verdict).toBe('not-for-router');
    expect(frames).toEqual([]);
  });

  it("no request for the address of another of the router's ports", () => {
    const { rows, frames } = sandbox.process([row(packet({ targetAddress: ip('10.1.0.1') }))]);
    expect(rows[0]?.verdict).toBe('not-for-router');
    expect(frames).toEqual([]);
  });

  it('nothing on a port without an address', () => {
    expect(verdictOf(row(packet(), { port: 9 }))).toBe('not-for-router');
    expect(verdictOf(row(packet(), { port: 255 }))).toBe('not-for-router');
  });

  it('each row with a frame of its own, half of a full vector at an instant', () => {
    const requests = Array.from({ length: 256 }, () => row(packet()));
    for (const seconds of [1, 2]) {
      const { frames, rows } = sandbox.process(requests, { seconds });
      expect(frames.map((frame) => frame.row)).toEqual(Array.from({ length: 128 }, (_, i) => i));
      expect(rows.every(({ verdict }) => verdict === 'consume')).toBe(true);
    }
  });
});

describe('arp refuses', () => {
  const bytes = buildArp(packet());
  const changed = (offset: number, value: number) => {
    const copy = bytes.slice();
    copy[offset] = value;
    return { 'meta.ingress': PORT, 'eth.src': HOST_MAC, payload: copy };
  };

  it.each([
    ['hardware that is not Ethernet', 1, 6],
    ['a protocol that is not IPv4', 2, 0x86],
    ['hardware addresses that are not 6 bytes', 4, 8],
    ['protocol addresses that are not 4 bytes', 5, 16],
    ['an operation that is neither request nor reply', 7, 3],
  ])('%s', (_, offset, value) => {
    expect(verdictOf(changed(offset, value))).toBe('malformed-arp');
  });

  it('a packet that was cut off: its window is zero-filled', () => {
    const cut = { 'meta.ingress': PORT, 'eth.src': HOST_MAC, payload: bytes.subarray(0, 6) };
    expect(verdictOf(cut)).toBe('malformed-arp');
  });

  it.each([
    ['broadcast', BROADCAST],
    ['multicast', 0x01005e000001],
    ['zero', 0],
  ])('a sender whose MAC address is %s (A7)', (_, senderMac) => {
    const { rows, messages, frames } = sandbox.process([row(packet({ senderMac }))]);
    expect(rows[0]?.verdict).toBe('bad-arp-sender');
    expect([...messages, ...frames]).toEqual([]);
  });

  it('a sender that is not who sent the frame', () => {
    expect(verdictOf(row(packet(), { src: 0x020000000099 }))).toBe('bad-arp-sender');
  });

  it.each([
    ["outside the port's subnet", '10.3.0.7'],
    ["on another port's subnet", '10.1.0.7'],
    ['that is on another port', '10.2.0.20'],
    ["that is the subnet's broadcast address", '10.2.0.255'],
    ['that is the network address', '10.2.0.0'],
    ["that is the router's own", '10.2.0.1'],
  ])('a sender with an address %s', (_, sender) => {
    const claim = packet({ senderAddress: ip(sender) });
    const { rows, messages, frames } = sandbox.process([row(claim)]);
    expect(rows[0]?.verdict).toBe('bad-arp-sender');
    expect([...messages, ...frames]).toEqual([]);
  });

  it('a reply without a sender, and a reply to another host', () => {
    const reply = packet({ operation: ARP_REPLY });
    expect(verdictOf(row({ ...reply, senderAddress: 0 }))).toBe('bad-arp-sender');
    const { rows, messages } = sandbox.process([row({ ...reply, targetAddress: ip('10.2.0.9') })]);
    expect(rows[0]?.verdict).toBe('not-for-router');
    expect(messages).toEqual([]);
  });
});

describe('arp learns', () => {
  it('an answer to its own question as solicited, once', () => {
    sandbox.receive('resolve', [{ port: PORT, address: HOST }]);
    const reply = row(packet({ operation: ARP_REPLY }));
    const { rows, messages } = sandbox.process([reply, reply]);
    expect(rows.map((r) => r.verdict)).toEqual(['consume', 'consume']);
    expect(messages).toEqual([told(1), told(0)]);
  });

  it('an answer that nobody asked for as unsolicited', () => {
    expect(sandbox.process([row(packet({ operation: ARP_REPLY }))]).messages).toEqual([told(0)]);
  });

  it('the sender of a request as unsolicited (RFC 826 merges)', () => {
    expect(sandbox.process([row(packet())]).messages).toEqual([told(0)]);
  });

  it('an announcement, which is taken in', () => {
    const { rows, messages, frames } = sandbox.process([row(packet({ targetAddress: HOST }))]);
    expect(rows[0]?.verdict).toBe('consume');
    expect(messages).toEqual([told(0)]);
    expect(frames).toEqual([]);
  });
});

describe('arp asks', () => {
  const question = { port: PORT, address: HOST };

  it('at once, by broadcast, from the address of the port', () => {
    const { frames } = sandbox.receive('resolve', [question]);
    expect(frames).toMatchObject([{ output: 'request', egress: PORT, row: ROW_NONE }]);
    expect(frames[0]?.bytes).toHaveLength(60);
    expect(read(frames[0])).toEqual({
      destination: BROADCAST,
      source: ROUTER_MAC,
      type: 0x0806,
      arp: packet({
        senderMac: ROUTER_MAC,
        senderAddress: ROUTER,
        targetAddress: HOST,
      }),
    });
  });

  it('first whoever is believed to have it, then everybody', () => {
    const destinations = [sandbox.receive('resolve', [{ ...question, mac: HOST_MAC }]).frames];
    for (const second of [1, 2]) destinations.push(sandbox.tick(second).frames);
    const asked = destinations.map(([frame]) => read(frame).destination);
    expect(asked).toEqual([HOST_MAC, BROADCAST, BROADCAST]);
  });

  it('everybody where the believed address is a group', () => {
    const { frames } = sandbox.receive('resolve', [{ ...question, mac: 0x01005e000001 }]);
    expect(read(frames[0]).destination).toBe(BROADCAST);
  });

  it('three times, a second apart, and then no more', () => {
    const asked = [sandbox.receive('resolve', [question]).frames.length];
    for (let tenth = 1; tenth <= 60; tenth++) asked.push(sandbox.tick(tenth / 10).frames.length);
    const times = asked.flatMap((count, i) => (count > 0 ? [i] : []));
    expect(times).toEqual([0, 10, 20]);
  });

  it('at most once a second for an address, over questions (RFC 1122 2.3.2.1)', () => {
    sandbox.receive('resolve', [question]);
    sandbox.process([row(packet({ operation: ARP_REPLY }))], { seconds: 0.1 });
    expect(sandbox.receive('resolve', [question], 0.2).frames).toEqual([]);
    expect(sandbox.tick(0.9).frames).toEqual([]);
    expect(sandbox.tick(1).frames).toHaveLength(1);
  });

  it('once for a question that is asked twice', () => {
    expect(sandbox.receive('resolve', [question, question]).frames).toHaveLength(1);
  });

  it('no longer for a question that is repeated while it is open', () => {
    let asked = 0;
    for (let second = 0; second < 10; second++) {
      asked += sandbox.tick(second).frames.length;
      if (second < 3) asked += sandbox.receive('resolve', [question], second).frames.length;
    }
    expect(asked).toBe(3);
  });

  it('no more when it has the answer', () => {
    sandbox.receive('resolve', [question]);
    sandbox.process([row(packet({ operation: ARP_REPLY }))], { seconds: 0.5 });
    expect(sandbox.tick(1.5).frames).toEqual([]);
  });

  it.each([
    ["outside the port's subnet", PORT, '10.3.0.7'],
    ['of its own', PORT, '10.2.0.1'],
    ['that is a broadcast', PORT, '10.2.0.255'],
    ['that is on another port', PORT, '10.2.0.20'],
    ['on a port without an address', 9, '10.2.0.7'],
    ['on a port that there is not', 200, '10.2.0.7'],
  ])('for no address %s', (_, port, address) => {
    expect(sandbox.receive('resolve', [{ port, address: ip(address) }]).frames).toEqual([]);
  });

  it('for a neighbour that a route has put on this wire, and believes it', () => {
    const moved = { port: 3, address: MOVED };
    expect(sandbox.receive('resolve', [moved]).frames).toHaveLength(1);
    const answer = packet({ operation: ARP_REPLY, senderAddress: MOVED, targetAddress: OFFICE });
    const { rows, messages } = sandbox.process([row(answer, { port: 3 })]);
    expect(rows[0]?.verdict).toBe('consume');
    expect(messages).toEqual([
      { name: 'learned', record: { ...moved, mac: HOST_MAC, solicited: 1 } },
    ]);
  });
});
