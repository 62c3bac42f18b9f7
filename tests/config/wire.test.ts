import { describe, expect, it } from 'vitest';
import { loadRouter } from '../../config/router.ts';
import { describeWire, parseWire, WireTextError } from '../../config/wire.ts';
import { complaints, scratchFolder } from './scratch-files.ts';

describe('the text of a wire', () => {
  it.each([
    ['none', { kind: 'none' }],
    ['capture:in.pcap', { kind: 'capture', in: 'in.pcap', out: undefined }],
    ['host:10.1.0.20', { kind: 'host', address: 0x0a010014 }],
    [
      'udp:127.0.0.1:10000,[::1]:10001',
      {
        kind: 'udp',
        local: { host: '127.0.0.1', port: 10000 },
        remote: { host: '::1', port: 10001 },
      },
    ],
    ['qemu:unix:/run/x.sock', { kind: 'qemu', role: 'listen', address: { path: '/run/x.sock' } }],
    ['qemu:unix:x,connect', { kind: 'qemu', role: 'connect', address: { path: 'x' } }],
    [
      'qemu:localhost:5000,listen',
      { kind: 'qemu', role: 'listen', address: { host: 'localhost', port: 5000 } },
    ],
    ['tap:tap0', { kind: 'tap', name: 'tap0' }],
    ['packet:enp3s0.7', { kind: 'packet', name: 'enp3s0.7' }],
  ])('%s is read', (text, spec) => {
    expect(parseWire(text)).toEqual(spec);
  });

  it.each([
    '',
    'none:',
    'tap',
    'tap:',
    'tap:a/b',
    'tap:..',
    'tap:a b',
    'tap:sixteen-letters0',
    'packet:',
    'host:10.1.0',
    'host:10.1.0.20/24',
    'udp:127.0.0.1:1',
    'udp:127.0.0.1:0,127.0.0.1:1',
    'udp:127.0.0.1:65536,127.0.0.1:1',
    'udp:a:1,b:2,c:3',
    'qemu:unix:',
    `qemu:unix:/${'x'.repeat(103)}`,
    'qemu:5000',
    'toString:x',
  ])('"%s" is refused, with what to write instead', (text) => {
    expect(() => parseWire(text)).toThrow(WireTextError);
  });

  it('is told back in words', () => {
    expect(describeWire(parseWire('qemu:[::1]:5000,connect'))).toBe(
      "QEMU's stream format, connecting to [::1]:5000",
    );
    expect(describeWire(parseWire('host:10.1.0.20'))).toBe('a simulated host, 10.1.0.20');
  });
});

describe('wires of a router file', () => {
  const scratch = scratchFolder();
  const head = `board: two-port
interfaces:
  lan0: { port: eth0, zone: office, address: 10.1.0.1/24 }
  lan1: { port: eth1, zone: plant, address: 10.2.0.1/24 }
wires:
`;
  let count = 0;
  const write = (wires: string) => scratch.write(`r${count++}.yaml`, head + wires);

  it('belong to a port or its interface', () => {
    const router = loadRouter(write('  eth1: tap:tap1\n  lan0: host:10.1.0.20\n'));
    expect(router.wires).toEqual([
      { port: 1, spec: { kind: 'tap', name: 'tap1' } },
      { port: 0, spec: { kind: 'host', address: 0x0a010014 } },
    ]);
  });

  it('change nothing of what the router means', () => {
    const bare = loadRouter(write('  lan0: none\n'));
    expect(loadRouter(write('  lan0: tap:tap0\n')).digest).toBe(bare.digest);
  });

  it.each([
    [
      'lan2: none',
      'CONFIG_UNKNOWN_PORT there is no port or interface "lan2"; did you mean "lan0"?',
    ],
    ['lan0: tab:tap0', 'CONFIG_WIRE "tab" is no kind of wire; did you mean "tap"?'],
    [
      'lan0: "tap:"',
      'CONFIG_WIRE "tap:" is no tap wire; write tap:NAME; a NAME has 15 characters at most',
    ],
    [
      'lan0: host:10.2.0.7',
      'CONFIG_WIRE 10.2.0.7 is no neighbour of that port; choose a free address on the wire of lan0',
    ],
    [
      'lan0: host:10.1.0.1',
      'CONFIG_WIRE 10.1.0.1 is no neighbour of that port; choose a free address on the wire of lan0',
    ],
    ['lan0: none\n  eth0: none', 'CONFIG_DUPLICATE port eth0 has two wires; give it one'],
  ])('%s is told with its place', (wires, expected) => {
    const [first] = complaints(scratch.folder, () => loadRouter(write(`  ${wires}\n`)));
    expect(first).toMatch(/^r\d+\.yaml:[67]:\d+: /);
    expect(first).toContain(expected);
  });
});
