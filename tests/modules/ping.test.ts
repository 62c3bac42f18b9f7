import { beforeAll, beforeEach, expect, it } from 'vitest';
import { writeU16 } from '../../netstack/byte-order.ts';
import { checksum } from '../../netstack/checksum.ts';
import { readIpv4 } from '../../netstack/ipv4.ts';
import type { BuiltModule } from '../../scripts/toolchain/build-firmware.ts';
import { ip, openModule } from './open-module.ts';
import { type Row, Sandbox } from './sandbox.ts';

const ETHERNET_SIZE = 14;
const ECHO_REPLY = 0;
const HOST = ip('10.2.0.7');
const TOKEN = 0x8182_8384;

let ping: BuiltModule;
let sandbox: Sandbox;
beforeAll(async () => {
  ping = await openModule('ping');
});
beforeEach(() => {
  sandbox = new Sandbox(ping);
  sandbox.receive('interfaces', [
    { port: 0, address: ip('10.2.0.1'), length: 24, mac: 0x020000000001, mtu: 1500 },
  ]);
});

function request(change: Readonly<Record<string, number>> = {}, seconds = 0) {
  const record = { port: 0, address: HOST, token: TOKEN, sequence: 3, ...change };
  return sandbox.receive('requests', [record], seconds).frames;
}

/** What a packet for the router becomes: with the token of the request, unless it says else. */
function judge(change: Row = {}) {
  const row = { 'ipv4.src': HOST, 'icmp.type': ECHO_REPLY, payload: TOKEN, ...change };
  const { rows, messages } = sandbox.process([row], { place: 'replies' });
  return { verdict: rows[0]?.verdict, messages };
}

const taken = { verdict: 'consume', messages: [{ name: 'replied', record: { token: TOKEN } }] };
const passed = { verdict: 'other', messages: [] };

it('asks from the address of the port, with the token first in its data', () => {
  const [frame] = request();
  expect(frame).toMatchObject({ output: 'request', egress: 0, row: 0xffff, quote: 0 });
  const datagram = frame.bytes.subarray(ETHERNET_SIZE);
  // As the kernel does before it looks.
  writeU16(datagram, 2, datagram.length);
  writeU16(datagram, 10, checksum(datagram.subarray(0, 20)));
  const packet = readIpv4(datagram);
  if (typeof packet === 'string') throw new Error(packet);
  expect(packet).toMatchObject({ source: ip('10.2.0.1'), destination: HOST, ttl: 64, protocol: 1 });
  // Type, code, checksum (the kernel's), identifier, sequence; 56 bytes of data.
  const header = [8, 0, 0, 0, 0x83, 0x84, 0, 3];
  const data = [0x84, 0x83, 0x82, 0x81, ...Array.from({ length: 52 }, () => 0)];
  expect([...packet.payload]).toEqual([...header, ...data]);
});

it('takes in the reply that it waits for, once', () => {
  request();
  expect(judge()).toEqual(taken);
  expect(judge()).toEqual(passed);
});

it.each<[string, Row]>([
  ['from another host', { 'ipv4.src': ip('10.2.0.8') }],
  ['without the token', { payload: TOKEN - 1 }],
  ['that is a request', { 'icmp.type': 8 }],
])('passes a reply on %s', (_, change) => {
  request();
  expect(judge(change)).toEqual(passed);
  expect(judge()).toEqual(taken);
});

it('asks nothing by a port without an address', () => {
  expect(request({ port: 1 })).toEqual([]);
  expect(judge()).toEqual(passed);
});

it('asks at most 50 times in a second, as its manifest says', () => {
  const asked = Array.from({ length: 60 }, (_, token) => request({ token }, 7.5).length);
  expect(asked.filter((frames) => frames === 1)).toHaveLength(50);
  expect(request({}, 8)).toHaveLength(1);
});

it('forgets the oldest of more than 64 requests', () => {
  for (let i = 0; i <= 64; i++) request({ token: i + 1 }, i);
  expect(judge({ payload: 1 })).toEqual(passed);
  expect(judge({ payload: 2 }).verdict).toBe('consume');
  expect(judge({ payload: 65 }).verdict).toBe('consume');
});
