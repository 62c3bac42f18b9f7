import { expect, test } from 'vitest';
import { FarSide } from '../../drivers/far-side.ts';
import { FRAME_UNCOUNTED } from '../../drivers/nic-ring.ts';
import { KernelSide } from './kernel-side.ts';

const ROUTER_MAC = [0x02, 0x00, 0x00, 0x00, 0x00, 0x01];
const ROUTER = [10, 1, 0, 1];
const HOSTS = [
  { first: 0x0a010002, last: 0x0a0100fe }, // 10.1.0.2 to 10.1.0.254
  { first: 0xc000020a, last: 0xc000020a }, // 192.0.2.10
];

/** The router's request for an address, as the wire has it. */
function request(target: readonly number[]): Uint8Array {
  return Uint8Array.from([
    ...[0xff, 0xff, 0xff, 0xff, 0xff, 0xff], // to everybody
    ...ROUTER_MAC,
    ...[0x08, 0x06], // ARP
    ...[0x00, 0x01, 0x08, 0x00, 6, 4], // Ethernet, IPv4, their sizes
    ...[0x00, 0x01], // request
    ...ROUTER_MAC,
    ...ROUTER,
    ...[0, 0, 0, 0, 0, 0],
    ...target,
  ]);
}

function setUp(hosts = HOSTS) {
  const kernel = new KernelSide({}, 0, true);
  const farSide = new FarSide(kernel.nic, hosts);
  const ask = (frame: Uint8Array) => {
    kernel.transmit(frame, 7, 8);
    kernel.nic.drain(farSide.watch);
    return kernel.take();
  };
  return { kernel, farSide, ask };
}

test('a host of the subnet answers at once with 02:00 and its address', () => {
  const { kernel, farSide, ask } = setUp();
  const reply = ask(request([10, 1, 0, 77]))!;
  const hostMac = [0x02, 0x00, 10, 1, 0, 77];
  expect([...reply.bytes]).toEqual([
    ...ROUTER_MAC,
    ...hostMac,
    ...[0x08, 0x06],
    ...[0x00, 0x01, 0x08, 0x00, 6, 4],
    ...[0x00, 0x02], // reply
    ...hostMac,
    ...[10, 1, 0, 77],
    ...ROUTER_MAC,
    ...ROUTER,
    ...new Array(18).fill(0), // padded to 60
  ]);
  expect(reply).toMatchObject({ flags: FRAME_UNCOUNTED, seconds: 7, nanoseconds: 8, port: 5 });
  expect(farSide).toMatchObject({ answered: 1, refused: 0 });
  expect(kernel.nic.counters).toMatchObject({ rxFrames: 0, rxBytes: 0, txFrames: 1 });
});

test('the hosts of every range answer, and no others', () => {
  const { ask } = setUp();
  const answers = (target: number[]) => ask(request(target)) !== null;
  expect(answers([10, 1, 0, 2])).toBe(true);
  expect(answers([10, 1, 0, 254])).toBe(true);
  expect(answers([192, 0, 2, 10])).toBe(true);
  expect(answers([10, 1, 0, 1])).toBe(false);
  expect(answers([10, 1, 0, 255])).toBe(false);
  expect(answers([10, 1, 1, 2])).toBe(false);
  expect(answers([192, 0, 2, 9])).toBe(false);
  expect(answers([192, 0, 2, 11])).toBe(false);
  expect(answers([8, 8, 8, 8])).toBe(false);
});

test('where there are no hosts, nobody answers', () => {
  expect(setUp([]).ask(request([10, 1, 0, 2]))).toBeNull();
});

test('frames that are no ARP request for an IPv4 address go unanswered', () => {
  const { ask } = setUp();
  const good = request([10, 1, 0, 77]);
  for (let at = 12; at < 22; at++) {
    const other = good.slice();
    other[at]! ^= 0x02;
    expect(ask(other), `byte ${at}`).toBeNull();
  }
  for (let size = 0; size < good.length; size++) {
    expect(ask(good.subarray(0, size)), `${size} bytes`).toBeNull();
  }
  expect(ask(good)).not.toBeNull();
});

test('an answer that the NIC refuses is counted', () => {
  const { kernel, farSide, ask } = setUp();
  kernel.post(0, 0);
  expect(ask(request([10, 1, 0, 77]))).toBeNull();
  expect(farSide).toMatchObject({ answered: 0, refused: 1 });
});
