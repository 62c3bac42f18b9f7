import { describe, expect, it } from 'vitest';
import { SimulatedHost } from '../../../drivers/wires/simulated-host.ts';
import { WIRE_BATCH } from '../../../drivers/wires/wire.ts';
import { buildPacket } from '../../../netstack/build-packet.ts';
import { describeFrame } from '../../../netstack/describe.ts';
import { parsePacketText } from '../../../netstack/packet-text.ts';
import { KernelSide } from '../kernel-side.ts';

const HOST = 0x0a020007;
const ASKER = '10.2.0.1';

function hosted() {
  const kernel = new KernelSide();
  const host = new SimulatedHost(kernel.nic, HOST);
  /** Sends frames to the host; what it answers, in words. */
  const answers = (...frames: Uint8Array[]) => {
    for (const frame of frames) kernel.transmit(frame);
    kernel.nic.drain(host.transmit);
    host.receive(1, 0);
    const found: string[] = [];
    for (let taken = kernel.take(); taken !== null; taken = kernel.take()) {
      found.push(describeFrame(taken.bytes));
    }
    return found;
  };
  return { host, answers };
}

const frameOf = (text: string) => buildPacket(parsePacketText(text));

describe('a simulated host', () => {
  it('answers ARP for its own address only', () => {
    const { answers } = hosted();
    const [answer, ...more] = answers(
      frameOf(`arp who-has 10.2.0.7 tell ${ASKER}`),
      frameOf(`arp who-has 10.2.0.8 tell ${ASKER}`),
    );
    expect(answer).toContain('02:00:0a:02:00:07');
    expect(more).toEqual([]);
  });

  it('answers echo requests to it, and nothing else', () => {
    const { answers } = hosted();
    const broken = frameOf(`icmp ${ASKER} > 10.2.0.7`);
    broken[broken.length - 1] ^= 0xff;
    const found = answers(
      frameOf(`icmp ${ASKER} > 10.2.0.7`),
      frameOf(`icmp ${ASKER} > 10.2.0.8`),
      frameOf(`udp ${ASKER}:4000 > 10.2.0.7:53`),
      broken,
    );
    expect(found).toHaveLength(1);
    expect(found[0]).toContain('echo-reply');
    expect(found[0]).toContain(`10.2.0.7 > ${ASKER}`);
  });

  it('keeps a bounded number of answers, and counts those that it lost', () => {
    const { host, answers } = hosted();
    const request = frameOf(`icmp ${ASKER} > 10.2.0.7`);
    expect(answers(...Array.from({ length: 300 }, () => request))).toHaveLength(WIRE_BATCH);
    expect(host.counters.rxDropped).toBe(300 - 256);
  });
});
