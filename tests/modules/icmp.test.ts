import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import * as abi from '../../config/abi.ts';
import { checksum } from '../../netstack/checksum.ts';
import { readIcmp } from '../../netstack/icmp.ts';
import { readIpv4 } from '../../netstack/ipv4.ts';
import type { BuiltModule } from '../../scripts/toolchain/build-firmware.ts';
import { ip, openModule } from './open-module.ts';
import { type MadeFrame, type Outcome, type Row, Sandbox } from './sandbox.ts';

const ROUTER = ip('10.1.0.1');
const PORT = 1;

let icmp: BuiltModule;
let sandbox: Sandbox;
beforeAll(async () => {
  icmp = await openModule('icmp');
});
beforeEach(() => {
  sandbox = new Sandbox(icmp);
  const mac = 0x020000000001;
  sandbox.receive('interfaces', [
    { port: PORT, address: ROUTER, length: 24, mac, mtu: 1500 },
    { port: 2, address: ip('10.2.0.1'), length: 24, mac, mtu: 1400 },
  ]);
});

describe('icmp.local', () => {
  function echo(change: Row = {}): Row {
    return { 'ipv4.src': ip('10.1.0.20'), 'ipv4.dst': ROUTER, 'icmp.type': 8, ...change };
  }
  const judge = (row: Row) => sandbox.process([row], { place: 'local' }).rows[0];

  it('turns an echo request into its reply, from the address it was sent to (I8)', () => {
    expect(judge(echo())).toEqual({
      verdict: 'reply',
      changed: {
        'ipv4.src': ROUTER,
        'ipv4.dst': ip('10.1.0.20'),
        'ipv4.ttl': 64,
        'icmp.type': 0,
      },
    });
  });

  it.each([
    ['an echo reply', 0],
    ['destination unreachable', 3],
    ['time exceeded', 11],
    ['parameter problem', 12],
  ])('takes in %s', (_, type) => {
    expect(judge(echo({ 'icmp.type': type }))).toEqual({ verdict: 'consume', changed: {} });
  });

  it.each([
    ['source quench', 4],
    ['redirect', 5],
    ['timestamp', 13],
    ['address mask', 17],
    ['an unknown type', 200],
  ])('does not answer %s', (_, type) => {
    expect(judge(echo({ 'icmp.type': type }))).toEqual({
      verdict: 'icmp-not-answered',
      changed: {},
    });
  });

  it('does not answer a part of an echo request', () => {
    expect(judge(echo({ 'ipv4.fragment': 0x2000 }))?.verdict).toBe('echo-fragment');
    expect(judge(echo({ 'ipv4.fragment': 0x0010 }))?.verdict).toBe('echo-fragment');
    expect(judge(echo({ 'ipv4.fragment': 0x4000 }))?.verdict).toBe('reply');
  });

  it.each(['224.0.0.1', '255.255.255.255', '127.0.0.1', '0.1.2.3'])(
    'does not answer the source %s',
    (src) => {
      expect(judge(echo({ 'ipv4.src': ip(src) }))?.verdict).toBe('icmp-not-answered');
    },
  );
});

function stopped(change: Row = {}): Row {
  return {
    'meta.ingress': PORT,
    'meta.reason': abi.DROP_TTL_EXPIRED,
    'meta.length': 114,
    'meta.mtu': 1400,
    'eth.dst': 0x020000000001,
    'ipv4.src': ip('10.1.0.20'),
    'ipv4.dst': ip('192.0.2.9'),
    'ipv4.proto': 17,
    'ipv4.fragment': 0x4000,
    ...change,
  };
}

function answers(rows: Row[], seconds = 0): Outcome {
  return sandbox.process(rows, { place: 'errors', seconds });
}

/** The datagram as it leaves: what the kernel adds is the checksums and the quote. */
function read(frame: MadeFrame | undefined) {
  if (frame === undefined) throw new Error('no frame was made');
  const header = frame.bytes.slice(14, 34);
  const sum = checksum(header);
  header[10] = sum >>> 8;
  header[11] = sum & 0xff;
  const datagram = new Uint8Array(20 + 8 + frame.quote);
  datagram.set(header);
  datagram.set(frame.bytes.subarray(34), 20);
  const packet = readIpv4(datagram);
  if (typeof packet === 'string') throw new Error(packet);
  const message = readIcmp(packet.payload);
  if (typeof message === 'string') throw new Error(message);
  return { packet, message };
}

describe('icmp.errors', () => {
  it.each([
    ['no-route', abi.DROP_NO_ROUTE, 3, 0, 0],
    ['host-unreachable', abi.DROP_HOST_UNREACHABLE, 3, 1, 0],
    ['too-big', abi.DROP_TOO_BIG, 3, 4, 1400],
    ['ttl-expired', abi.DROP_TTL_EXPIRED, 11, 0, 0],
  ])('says %s with its type and code (I1, F3, T5)', (_, reason, type, code, rest) => {
    const { rows, frames } = answers([stopped({ 'meta.reason': reason })]);
    expect(rows).toEqual([{ verdict: 'drop', changed: {} }]);
    expect(frames).toMatchObject([{ output: 'error', egress: PORT, row: 0 }]);
    expect(frames[0]?.bytes).toHaveLength(14 + 20 + 8);
    expect(read(frames[0]).message).toMatchObject({ type, code, rest });
  });

  it('comes from the address of the interface it leaves by (I3), with precedence 6 (I5)', () => {
    const { packet } = read(answers([stopped()]).frames[0]);
    expect(packet).toMatchObject({
      source: ROUTER,
      destination: ip('10.1.0.20'),
      protocol: 1,
      ttl: 64,
      dscp: 0xc0 >> 2,
      totalLength: 28 + 100,
    });
  });

  it('has a TTL of its own, and quotes at most what fits in 576 bytes (I2, I4)', () => {
    const { frames } = answers([stopped({ 'meta.length': 1514 })]);
    expect(frames[0]?.quote).toBe(548);
    expect(read(frames[0]).packet).toMatchObject({ ttl: 64, totalLength: 576 });
  });

  it('answers nothing else', () => {
    for (let reason = 0; reason < 256; reason++) {
      const isTheirs = [
        abi.DROP_NO_ROUTE,
        abi.DROP_HOST_UNREACHABLE,
        abi.DROP_TOO_BIG,
        abi.DROP_TTL_EXPIRED,
      ].includes(reason);
      const { frames } = answers([stopped({ 'meta.reason': reason })]);
      expect(frames).toHaveLength(isTheirs ? 1 : 0);
    }
  });
});

describe('icmp.errors sends nothing (RFC 1812 4.3.2.7, I6)', () => {
  const silent = (change: Row) => expect(answers([stopped(change)]).frames).toEqual([]);

  it.each([3, 4, 5, 11, 12, 1, 9, 200])('a: about ICMP errors and unknown types (%i)', (type) => {
    silent({ 'ipv4.proto': 1, 'icmp.type': type });
  });

  it.each([0, 8, 13, 14, 15, 16, 17, 18])('but does about ICMP queries (%i)', (type) => {
    expect(answers([stopped({ 'ipv4.proto': 1, 'icmp.type': type })]).frames).toHaveLength(1);
  });

  it.each(['224.0.0.1', '239.255.255.255', '255.255.255.255', '10.2.0.255', '10.2.0.0'])(
    'c: about a packet to the group %s',
    (dst) => silent({ 'ipv4.dst': ip(dst) }),
  );

  it.each([0xffffffffffff, 0x01005e000001])('d: about a frame to the group %i', (mac) => {
    silent({ 'eth.dst': mac });
  });

  it.each([
    '0.0.0.0',
    '0.1.2.3',
    '127.0.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '10.1.0.255',
    '10.2.0.1',
  ])('e: to the source %s, which is no single host', (src) => silent({ 'ipv4.src': ip(src) }));

  it('f: about a fragment other than the first', () => {
    silent({ 'ipv4.fragment': 0x0001 });
    silent({ 'ipv4.fragment': 0x3fff });
    expect(answers([stopped({ 'ipv4.fragment': 0x2000 })]).frames).toHaveLength(1);
  });

  it('by a port that has no address', () => {
    silent({ 'meta.ingress': 7 });
    silent({ 'meta.ingress': 255 });
  });
});

describe('icmp.errors is limited (I7)', () => {
  const many = Array.from({ length: 256 }, () => stopped());

  it('to 50 at once', () => {
    expect(answers(many).frames).toHaveLength(50);
    expect(answers(many).frames).toHaveLength(0);
  });

  it('to 1,000 a second', () => {
    answers(many);
    let sent = 0;
    for (let tick = 1; tick <= 100; tick++) sent += answers(many, tick / 100).frames.length;
    expect(sent).toBe(1000);
  });

  it('and a long quiet time earns no more than 50', () => {
    answers(many);
    expect(answers(many, 1e9).frames).toHaveLength(50);
  });

  it('and costs nothing where nothing is sent', () => {
    answers(Array.from({ length: 256 }, () => stopped({ 'ipv4.dst': ip('224.0.0.1') })));
    expect(answers(many).frames).toHaveLength(50);
  });
});
