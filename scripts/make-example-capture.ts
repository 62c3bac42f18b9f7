/**
 * Writes the example captures, the same bytes every time. config/captures/plant.pcap: four seconds
 * at the old gateway of the example plant, with what its router carries and what it refuses.
 * config/captures/flat.pcap: a plant with no router yet, on one subnet.
 */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CaptureWriter } from '../drivers/capture-writer.ts';
import { MAC_BROADCAST, macOfIpv4 } from '../netstack/address.ts';
import { ICMP_ECHO_REPLY, ICMP_ECHO_REQUEST } from '../netstack/icmp.ts';
import { TCP_FLAGS } from '../netstack/tcp.ts';
import { poll } from './example-modbus.ts';
import { Story, type TimedFrame } from './example-story.ts';

/** 2026-01-12 06:00:00 UTC: the early shift begins. */
const START_SECONDS = 1_768_197_600;

const HISTORIAN = '10.1.0.20';
const WORKSTATION = '10.1.0.21';
const OFFICE_HOST = '10.1.0.30';
const PLCS = ['10.2.0.7', '10.2.0.8', '10.2.0.9', '10.2.0.10'];
const NAME_SERVER = '198.51.100.53';
const TIME_SERVER = '198.51.100.123';
const SCANNER = '192.0.2.66';
const OFFICE_ROUTER = '10.1.0.1';
const PLANT_ROUTER = '10.2.0.1';

/** A question for `plc1.example.` and its answer of one address. */
function dnsMessage(id: number, isAnswer: boolean): Uint8Array {
  const name = [4, ...Buffer.from('plc1'), 7, ...Buffer.from('example'), 0];
  const flags = isAnswer ? [0x81, 0x80] : [0x01, 0x00];
  const header = [id >> 8, id & 255, ...flags, 0, 1, 0, isAnswer ? 1 : 0, 0, 0, 0, 0];
  const answer = [0xc0, 12, 0, 1, 0, 1, 0, 0, 1, 0x2c, 0, 4, 192, 0, 2, 10];
  return Uint8Array.from([...header, ...name, 0, 1, 0, 1, ...(isAnswer ? answer : [])]);
}

function carried(story: Story): void {
  story.whoHas(1_000, OFFICE_ROUTER, HISTORIAN);
  story.whoHas(2_000, PLANT_ROUTER, PLCS[0]!);
  PLCS.forEach((plc, index) => {
    const client = { host: HISTORIAN, port: 40_001 + index };
    poll(story, 10_000 + index * 7_000, { client, plc, requests: 15 });
  });
  for (let sequence = 1; sequence <= 4; sequence++) {
    const echo = { identifier: 77, sequence };
    const timeUs = sequence * 900_000;
    const ends = { from: HISTORIAN, to: PLCS[1]! };
    story.echo(timeUs, ends, { ...echo, type: ICMP_ECHO_REQUEST });
    story.echo(timeUs + 700, { from: ends.to, to: ends.from }, { ...echo, type: ICMP_ECHO_REPLY });
    const toRouter = { type: ICMP_ECHO_REQUEST, identifier: 78, sequence };
    story.echo(timeUs + 50_000, { from: OFFICE_HOST, to: OFFICE_ROUTER }, toRouter);
    const resolver = { host: WORKSTATION, port: 50_000 + sequence };
    const nameServer = { host: NAME_SERVER, port: 53 };
    story.udp(timeUs + 100_000, resolver, nameServer, dnsMessage(sequence, false));
    story.udp(timeUs + 112_000, nameServer, resolver, dnsMessage(sequence, true));
    const clock = { host: PLCS[sequence - 1]!, port: 123 };
    const timeServer = { host: TIME_SERVER, port: 123 };
    // RFC 5905 figure 8: leap 0, version 4, mode 3 (client) or 4 (server).
    story.udp(timeUs + 150_000, clock, timeServer, Uint8Array.of(0x23, ...Array(47).fill(0)));
    story.udp(timeUs + 165_000, timeServer, clock, Uint8Array.of(0x24, 2, ...Array(46).fill(0)));
  }
}

function refused(story: Story): void {
  const syn = { flags: TCP_FLAGS.syn, sequence: 1, acknowledgement: 0 };
  for (let index = 0; index < 24; index++) {
    const target = { host: PLCS[index % 4]!, port: [22, 23, 80, 102, 443, 502][index >> 2]! };
    story.tcp(500_000 + index * 3_000, { host: SCANNER, port: 61_000 }, target, syn);
  }
  for (let attempt = 0; attempt < 6; attempt++) {
    const timeUs = 1_200_000 + attempt * 300_000;
    const modbus = { host: PLCS[attempt % 4]!, port: 502 };
    story.tcp(timeUs, { host: WORKSTATION, port: 42_000 + attempt }, modbus, syn);
    const outside = { host: '198.51.100.200', port: 443 };
    story.tcp(timeUs + 9_000, { host: PLCS[2]!, port: 49_152 + attempt }, outside, syn);
  }
  const echo = { type: ICMP_ECHO_REQUEST, identifier: 79, sequence: 1 };
  // Nobody on a wire has these sources: loopback, and the router's own address.
  story.echo(2_000_000, { from: '127.0.0.1', to: PLCS[0]! }, echo);
  story.echo(2_010_000, { from: PLANT_ROUTER, to: HISTORIAN }, echo);
  // A traceroute of the historian: permitted, but its time runs out here.
  for (let sequence = 1; sequence <= 3; sequence++) {
    const ends = { from: HISTORIAN, to: PLCS[3]!, ttl: 1 };
    story.echo(2_100_000 + sequence * 5_000, ends, { ...echo, identifier: 80, sequence });
  }
  const middle = { flags: TCP_FLAGS.ack, sequence: 9_000, acknowledgement: 8_000 };
  story.tcp(2_200_000, { host: HISTORIAN, port: 39_999 }, { host: PLCS[0]!, port: 502 }, middle);
  story.echo(2_300_000, { from: PLCS[0]!, to: PLCS[1]! }, echo);
  story.whoHas(2_400_000, PLCS[1]!, PLCS[0]!);
  const finder = { host: OFFICE_HOST, port: 30_718 };
  const everybody = { host: '10.1.0.255', port: 30_718 };
  story.udp(2_500_000, finder, everybody, Uint8Array.of(0, 0, 0, 0xf6), MAC_BROADCAST);
  const group = { host: '224.0.0.251', port: 5353 };
  const groupMac = 0x0100_5e00_00fb; // RFC 1112 §6.4
  story.udp(2_600_000, { host: OFFICE_HOST, port: 5353 }, group, dnsMessage(0, false), groupMac);
}

/** The frames of the example capture, by time. */
export function exampleFrames(): TimedFrame[] {
  const story = new Story();
  carried(story);
  refused(story);
  return story.frames.sort((a, b) => a.timeUs - b.timeUs);
}

/** An HMI that polls three controllers, and an engineer at one of them, all on one subnet. */
export function flatFrames(): TimedFrame[] {
  const story = new Story(macOfIpv4);
  const hmi = '192.168.1.10';
  const engineer = '192.168.1.50';
  const controllers = ['192.168.1.21', '192.168.1.22', '192.168.1.23'];
  controllers.forEach((plc, index) => {
    story.whoHas(1_000 * (index + 1), plc, hmi);
    const client = { host: hmi, port: 50_001 + index };
    poll(story, 10_000 + index * 7_000, { client, plc, requests: 12 });
  });
  const client = { host: engineer, port: 51_000 };
  poll(story, 900_000, { client, plc: controllers[0]!, requests: 3 });
  const announce = { host: controllers[2]!, port: 17_754 };
  const everybody = { host: '192.168.1.255', port: 17_754 };
  story.udp(1_500_000, announce, everybody, Uint8Array.of(1, 0), MAC_BROADCAST);
  return story.frames.sort((a, b) => a.timeUs - b.timeUs);
}

/** Writes frames to a file. */
export function writeExampleCapture(path: string, frames: readonly TimedFrame[]): void {
  const writer = new CaptureWriter(path, { nanosecond: false });
  for (const { timeUs, frame } of frames) {
    const seconds = START_SECONDS + Math.floor(timeUs / 1_000_000);
    writer.write(frame, 0, frame.length, seconds, (timeUs % 1_000_000) * 1000);
  }
  writer.close();
}

/** The nearest folder above this file that has the project's package.json. */
function projectFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) {
    const above = dirname(folder);
    if (above === folder) throw new Error('package.json is nowhere above this file');
    folder = above;
  }
  return folder;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = join(projectFolder(), 'config/captures');
  writeExampleCapture(join(folder, 'plant.pcap'), exampleFrames());
  writeExampleCapture(join(folder, 'flat.pcap'), flatFrames());
}
