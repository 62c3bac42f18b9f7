import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readArp } from '../../netstack/arp.ts';
import { readEthernet } from '../../netstack/ethernet.ts';
import type { BuiltModule } from '../../scripts/toolchain/build-firmware.ts';
import { ip, openModule } from './open-module.ts';
import { type MadeFrame, Sandbox } from './sandbox.ts';

const ROUTER_MAC = 0x02_00_00_00_00_01;
const HOST_MAC = 0x02_00_00_00_00_02;
const HOST_MAC_FIRST = 0x02;

let arp: BuiltModule;
let sandbox: Sandbox;
beforeAll(async () => {
  arp = await openModule('arp');
});

function read(frame: MadeFrame | undefined) {
  if (frame === undefined) throw new Error('no frame was made');
  const ethernet = readEthernet(frame.bytes);
  if (typeof ethernet === 'string') throw new Error(ethernet);
  return { arp: readArp(ethernet.payload) };
}

describe('arp asks for many hosts of a wide subnet', () => {
  const questions = (from: number, count: number, mac: number) =>
    Array.from({ length: count }, (_, i) => ({ port: 4, address: ip('10.9.1.0') + from + i, mac }));
  const resolve = (from: number, count: number, seconds = 0, mac = 0) =>
    sandbox.receive('resolve', questions(from, count, mac), seconds).frames;
  beforeEach(() => {
    const wide = { port: 4, address: ip('10.9.0.1'), length: 16, mac: ROUTER_MAC, mtu: 1500 };
    sandbox = new Sandbox(arp);
    sandbox.receive('interfaces', [wide]);
    const hosts = { first: ip('10.9.0.2'), last: ip('10.9.255.254'), port: 4 };
    sandbox.receive('neighbors', [hosts]);
  });

  it('no more than 1,000 times in any second, and the rest when that has passed', () => {
    for (let part = 0; part < 10; part++) {
      expect(resolve(part * 100, 100, part / 20, HOST_MAC)).toHaveLength(100);
    }
    expect(resolve(1000, 100, 0.5, HOST_MAC)).toHaveLength(0);
    expect(sandbox.tick(0.9).frames).toHaveLength(0);
    expect(sandbox.tick(1).frames).toHaveLength(100);
    expect(sandbox.tick(1.04).frames).toHaveLength(0);
    expect(sandbox.tick(1.05).frames).toHaveLength(100);
  });

  it('no more than 750 times a second where nobody is known, and finds neighbours again', () => {
    for (let part = 0; part < 10; part++) {
      expect(resolve(part * 70, 70, part / 20)).toHaveLength(70);
    }
    expect(resolve(700, 70, 0.7)).toHaveLength(50);
    expect(resolve(2000, 120, 0.8, HOST_MAC)).toHaveLength(120);
    expect(resolve(2200, 120, 0.85, HOST_MAC)).toHaveLength(120);
    expect(resolve(2400, 120, 0.9, HOST_MAC)).toHaveLength(10);
  });

  it('and is never out of room for a neighbour that it knows', () => {
    for (let from = 0; from < 60_000; from += 4000) resolve(from, 4000);
    for (let known = 0; known < 200; known++) {
      expect(resolve(60_000 + known, 1, 0.1 + known / 1000, HOST_MAC)).toHaveLength(1);
    }
  });

  it('no more of them at an instant than may wait to leave, and has room for neighbours', () => {
    expect(resolve(0, 1000)).toHaveLength(80);
    expect(sandbox.tick(0).frames).toHaveLength(0);
    expect(resolve(2000, 100, 0, HOST_MAC)).toHaveLength(40);
    // The first question goes to the neighbour itself.
    const frames = [...sandbox.tick(0.1).frames, ...sandbox.tick(0.2).frames];
    expect(frames.filter(({ bytes }) => bytes[0] === HOST_MAC_FIRST)).toHaveLength(60);
  });

  it('for no more than questionsMax addresses at a time', () => {
    for (let from = 0; from < 60_000; from += 4000) resolve(from, 4000);
    const asked = new Set<number>();
    for (let tenth = 1; tenth <= 200; tenth++) {
      for (const frame of sandbox.tick(tenth / 10).frames) {
        const { arp: made } = read(frame);
        if (typeof made !== 'string') asked.add(made.targetAddress);
      }
    }
    expect(asked.size).toBeLessThanOrEqual(4096);
    expect(asked.size).toBeGreaterThan(3000);
  });
});
