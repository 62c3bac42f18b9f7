import { describe, expect, test } from 'vitest';
import { PacketTextError, parsePacketText } from '../../netstack/packet-text.ts';

const source = 0x0a010014;
const destination = 0x0a020007;
const base = { source, destination, ttl: 64, size: null };

test.each([
  [
    'tcp 10.1.0.20:4000 > 10.2.0.7:502',
    { kind: 'tcp', ...base, sport: 4000, dport: 502, flags: 0x02 },
  ],
  [
    'tcp 10.1.0.20:4000>10.2.0.7:502 size 1514 flags syn-ack ttl 1',
    { kind: 'tcp', ...base, sport: 4000, dport: 502, flags: 0x12, ttl: 1, size: 1514 },
  ],
  [
    'tcp 10.1.0.20:0 > 10.2.0.7:65535 flags none',
    { kind: 'tcp', ...base, sport: 0, dport: 65_535, flags: 0 },
  ],
  [
    'udp 10.1.0.20:53 > 10.2.0.7:53 ttl 255',
    { kind: 'udp', ...base, sport: 53, dport: 53, ttl: 255 },
  ],
  ['icmp 10.1.0.20 > 10.2.0.7', { kind: 'icmp', ...base, type: 8, code: 0 }],
  ['icmp 10.1.0.20 > 10.2.0.7 echo-reply', { kind: 'icmp', ...base, type: 0, code: 0 }],
  [
    'icmp 10.1.0.20 > 10.2.0.7 3/4 ttl 2 size 100',
    { kind: 'icmp', ...base, type: 3, code: 4, ttl: 2, size: 100 },
  ],
  ['arp who-has 10.2.0.7 tell 10.1.0.20', { kind: 'arp', source, destination, size: null }],
  ['ip proto 47 10.1.0.20 > 10.2.0.7', { kind: 'ip', ...base, protocol: 47 }],
])('%s is read', (text, spec) => {
  expect(parsePacketText(text)).toEqual(spec);
});

describe('a wrong text', () => {
  test.each([
    ['', 0, 'expected "tcp", "udp", "icmp", "arp" or "ip", the text ends'],
    ['sctp 1.2.3.4:1 > 5.6.7.8:2', 0, 'found "sctp"'],
    ['tcp 10.1.0.20 > 10.2.0.7:502', 4, 'expected an IPv4 address and a port, ADDRESS:PORT'],
    ['tcp 10.1.0.300:1 > 10.2.0.7:502', 4, 'expected an IPv4 address, found "10.1.0.300"'],
    ['tcp 10.1.0.20:70000 > 10.2.0.7:502', 14, 'expected a port 0..65535, found "70000"'],
    ['tcp 10.1.0.20:1 10.2.0.7:502', 16, 'expected ">"'],
    ['tcp 10.1.0.20:1 > ', 17, 'the text ends'],
    ['tcp 10.1.0.20:1 > 10.2.0.7:502 flags sin', 37, 'expected TCP flags joined by "-"'],
    ['tcp 10.1.0.20:1 > 10.2.0.7:502 flags', 36, 'the text ends'],
    ['tcp 10.1.0.20:1 > 10.2.0.7:502 ttl 256', 35, 'expected a TTL 0..255'],
    ['tcp 10.1.0.20:1 > 10.2.0.7:502 size 53', 36, 'expected a frame size 54..65549'],
    ['tcp 10.1.0.20:1 > 10.2.0.7:502 ttl 1 ttl 2', 37, 'expected "flags" or "size" or the end'],
    ['udp 10.1.0.20:1 > 10.2.0.7:502 flags syn', 31, 'expected "size" or "ttl" or the end'],
    ['icmp 10.1.0.20 > 10.2.0.7 ping', 26, 'expected "echo-request", "echo-reply" or TYPE/CODE'],
    ['icmp 10.1.0.20 > 10.2.0.7 3/256', 26, 'TYPE/CODE'],
    ['icmp 10.1.0.20:1 > 10.2.0.7', 5, 'expected an IPv4 address'],
    ['ip 10.1.0.20 > 10.2.0.7', 3, 'expected "proto"'],
    ['ip proto 256 10.1.0.20 > 10.2.0.7', 9, 'expected an IP protocol 0..255'],
    ['arp who-has 10.2.0.7 tell 10.1.0.20 ttl 3', 36, 'expected "size" or the end'],
    ['arp 10.2.0.7', 4, 'expected "who-has"'],
  ])('%j is refused at %i', (text, offset, message) => {
    const read = () => parsePacketText(text);
    expect(read).toThrow(PacketTextError);
    expect(read).toThrow(expect.objectContaining({ offset }));
    expect(read).toThrow(message);
  });
});
