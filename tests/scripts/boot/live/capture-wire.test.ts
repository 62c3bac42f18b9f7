import { appendFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { FRAME_OVERSIZE, FRAME_TRUNCATED } from '../../../../drivers/nic-ring.ts';
import { DOORBELL_SIZE, Doorbell } from '../../../../drivers/wires/doorbell.ts';
import {
  allocateRingWire,
  RingWire,
  RingWireEnd,
  WIRE_RING_CAPACITY,
} from '../../../../drivers/wires/ring-wire.ts';
import { WIRE_BATCH } from '../../../../drivers/wires/wire.ts';
import { buildPacket } from '../../../../netstack/build-packet.ts';
import { describeFrame } from '../../../../netstack/describe.ts';
import { parsePacketText } from '../../../../netstack/packet-text.ts';
import { CapturePace } from '../../../../scripts/boot/live/capture-pace.ts';
import { CaptureWire } from '../../../../scripts/boot/live/capture-wire.ts';
import { KernelSide, type TakenFrame } from '../../../drivers/kernel-side.ts';
import {
  type PcapRecord,
  pcapBytes,
  someBytes,
  temporaryPath,
} from '../../../drivers/pcap-bytes.ts';
import { framesOf } from '../../sluice.ts';

const MAC = 0x0253_4c00_0001;
const BEGIN = 1_600_000_000;
const HOSTS = [{ first: 0x0a02_0001, last: 0x0a02_00fe }];
/** Of a router's clock when its port takes in the first frame. */
const BOOT_NS = 7_000_000_000n;

const open: CaptureWire[] = [];
afterEach(() => {
  for (const wire of open.splice(0)) wire.close();
});

function record(text: string | Uint8Array, ms = 0, wireLength?: number): PcapRecord {
  const bytes = typeof text === 'string' ? buildPacket(parsePacketText(text)) : text;
  const time = { seconds: BEGIN + Math.floor(ms / 1000), fraction: (ms % 1000) * 1000 };
  return { ...time, bytes, ...(wireLength === undefined ? {} : { wireLength }) };
}

function captureOf(...records: readonly PcapRecord[]): string {
  const file = temporaryPath();
  writeFileSync(file, pcapBytes(records));
  return file;
}

/** A port plugged into captures, and the clock that paces them, which stands still. */
function plugged(file: string, out?: string, shared?: CapturePace) {
  const time = { now: BOOT_NS };
  const pace = shared ?? new CapturePace(() => time.now);
  const kernel = new KernelSide();
  const memory = allocateRingWire();
  const bell = () => new Doorbell(new SharedArrayBuffer(DOORBELL_SIZE));
  const port = new RingWire(kernel.nic, memory, bell());
  const complaints: string[] = [];
  const end = new RingWireEnd(memory, bell());
  const parts = { end, pace, complain: (why: string) => complaints.push(why) };
  const plan = { in: file, out, port: { name: 'eth0', mac: MAC }, hosts: HOSTS };
  const wire = new CaptureWire('eth0: capture', plan, parts);
  open.push(wire);
  /** What has arrived at the port by now. */
  const arrived = (): TakenFrame[] => {
    const frames: TakenFrame[] = [];
    while (port.receive(1, 0) > 0) {
      for (let taken = kernel.take(); taken !== null; taken = kernel.take()) frames.push(taken);
      for (let i = 0; i < frames.length; i++) kernel.post(i);
    }
    return frames;
  };
  return { wire, port, kernel, time, pace, complaints, arrived };
}

const PING = 'icmp 10.2.0.7 > 10.1.0.20';

it('begins when its port takes in frames, with the port as their next hop', async () => {
  const { wire, port, arrived } = plugged(captureOf(record(PING)));
  await wire.open();
  expect(port.isUp()).toBe(true);
  wire.pump();
  expect(arrived()).toEqual([]);
  port.linkChanged(true);
  wire.pump();
  const [frame, ...more] = arrived();
  expect(more).toEqual([]);
  expect(describeFrame(frame.bytes)).toContain('10.2.0.7 > 10.1.0.20');
  expect([...frame.bytes.subarray(0, 6)]).toEqual([0x02, 0x53, 0x4c, 0, 0, 1]);
});

it('brings each frame when it is due, and then is silent', async () => {
  const records = [0, 20, 3_600_000].map((ms) => record(PING, ms));
  const { wire, port, time, arrived } = plugged(captureOf(...records));
  await wire.open();
  port.linkChanged(true);
  wire.pump();
  expect(arrived()).toHaveLength(1);
  await wait(40);
  expect(arrived()).toHaveLength(0);
  time.now += 20_000_000n;
  await wait(40);
  expect(arrived()).toHaveLength(1);
  expect(port.isUp()).toBe(true);
});

it('keeps the time between captures, whichever begins first', async () => {
  const late = plugged(captureOf(record(PING, 50)));
  const early = plugged(captureOf(record(PING)), undefined, late.pace);
  for (const { wire, port } of [late, early]) {
    await wire.open();
    port.linkChanged(true);
  }
  for (const { wire } of [late, early]) wire.pump();
  expect(early.arrived()).toHaveLength(1);
  expect(late.arrived()).toHaveLength(0);
  late.time.now += 50_000_000n;
  await wait(70);
  expect(late.arrived()).toHaveLength(1);
});

it('tells what was cut of a frame, and what is too long for any slot', async () => {
  const cut = record(someBytes(64), 0, 1000);
  const { wire, port, arrived } = plugged(captureOf(cut, record(someBytes(100_000))));
  await wire.open();
  port.linkChanged(true);
  wire.pump();
  const [short, long] = arrived();
  expect(short).toMatchObject({ length: 64, flags: FRAME_TRUNCATED });
  expect(long.flags).toBe(FRAME_OVERSIZE | FRAME_TRUNCATED);
});

it('waits where there is no room, and loses nothing', async () => {
  const size = 1400;
  const count = Math.ceil((1.5 * WIRE_RING_CAPACITY) / size);
  const records = Array.from({ length: count }, () => record(someBytes(size)));
  const { wire, port, kernel } = plugged(captureOf(...records));
  await wire.open();
  port.linkChanged(true);
  wire.pump();
  let found = 0;
  for (const end = Date.now() + 5000; found < count && Date.now() < end; await wait(1)) {
    for (let moved = WIRE_BATCH; moved === WIRE_BATCH; found += moved) {
      moved = port.receive(1, 0);
      for (let i = 0; i < moved; i++) {
        kernel.take();
        kernel.post(found + i);
      }
    }
  }
  expect(found).toBe(count);
  expect(port.counters).toEqual({ rxDropped: 0, txDropped: 0 });
});

it('writes what the port sends in the time of what it reads, and answers ARP', async () => {
  const out = temporaryPath();
  const { wire, port, kernel, arrived } = plugged(captureOf(record(PING)), out);
  await wire.open();
  expect(existsSync(out)).toBe(false);
  wire.record();
  port.linkChanged(true);
  wire.pump();
  arrived();
  kernel.transmit(buildPacket(parsePacketText('arp who-has 10.2.0.9 tell 10.2.0.1')), 7, 0);
  kernel.transmit(buildPacket(parsePacketText('icmp 10.1.0.20 > 10.2.0.9')), 8, 250_000_000);
  kernel.nic.drain(port.transmit);
  wire.pump();
  expect(describeFrame(arrived()[0].bytes)).toContain('02:00:0a:02:00:09');
  wire.close();
  expect(framesOf(out)).toMatchObject([
    { seconds: BEGIN, nanoseconds: 0 },
    { seconds: BEGIN + 1, nanoseconds: 250_000_000 },
  ]);
});

it('delivers every whole frame of a file that is cut, and says where it ends', async () => {
  const file = captureOf(record(PING), record(PING));
  appendFileSync(file, new Uint8Array(8));
  const { wire, port, complaints, arrived } = plugged(file);
  await wire.open();
  port.linkChanged(true);
  wire.pump();
  expect(arrived()).toHaveLength(2);
  expect(complaints).toEqual([expect.stringContaining('; nothing more arrives from it')]);
});

it.each([
  ['no file', () => ({ file: '/nowhere/x.pcap' }), 'WIRE_MISSING', 'there is no such file'],
  ['no capture', () => ({ file: nonsense() }), 'WIRE_FAILED', 'byte 0: '],
  ['no name', () => ({ file: `/${'x'.repeat(5000)}` }), 'WIRE_FAILED', '(ENAMETOOLONG)'],
  ['a device', () => ({ file: '/dev/null' }), 'WIRE_UNSUPPORTED', 'is no regular file'],
  ['a folder', () => ({ file: folder() }), 'WIRE_UNSUPPORTED', 'is no regular file'],
  [
    'nowhere to write',
    () => ({ file: captureOf(record(PING)), out: '/nowhere/out.pcapng' }),
    'WIRE_FAILED',
    '/nowhere/out.pcapng',
  ],
] as [string, () => { file: string; out?: string }, string, string][])(
  'is refused for %s, in one line',
  async (_, files, code, message) => {
    const { file, out } = files();
    const { wire } = plugged(file, out);
    const begin = async () => {
      await wire.open();
      wire.record();
    };
    const refusal = await begin().catch((error) => error);
    expect(refusal).toMatchObject({ code, message: expect.stringContaining(message) });
    expect(`${refusal.message}${refusal.hint}`).not.toContain('\n');
  },
);

it('is refused where it would begin more than an hour after another', async () => {
  const first = plugged(captureOf(record(PING)));
  await first.wire.open();
  const later = plugged(captureOf(record(PING, 3_601_000)), undefined, first.pace);
  await expect(later.wire.open()).rejects.toMatchObject({
    message: expect.stringContaining('begins more than an hour from another capture'),
  });
});

function nonsense(): string {
  const file = temporaryPath();
  writeFileSync(file, 'no capture at all');
  return file;
}

function folder(): string {
  const path = temporaryPath();
  mkdirSync(path);
  return path;
}
