import { describe, expect, it } from 'vitest';
import { loadBoard } from '../../config/board.ts';
import { complaints, scratchFolder } from './scratch-files.ts';

const scratch = scratchFolder();

function complaintsAbout(text: string): string[] {
  return complaints(scratch.folder, () => loadBoard(scratch.write('b.yaml', text)));
}

describe('a board file', () => {
  it('gives ports in file order, MAC addresses and sizes where it names none', () => {
    const path = scratch.write(
      'b.yaml',
      'name: b\nports: { eth1: {}, eth0: { mac: 0a-00-00-00-00-07 } }\n',
    );
    expect(loadBoard(path)).toEqual({
      file: path,
      name: 'b',
      ports: [
        { name: 'eth1', mac: 0x0253_4c00_0001 },
        { name: 'eth0', mac: 0x0a00_0000_0007 },
      ],
      frameSlots: 8192,
      flowCapacity: 262_144,
    });
  });

  const mac = '02:53:4c:00:00:01';
  it.each([
    [
      'no port',
      'name: b\nports: {}\n',
      'b.yaml:2:8: CONFIG_REQUIRED the board has no port; add one, e.g. eth0: {}',
    ],
    [
      'a MAC address that is none',
      'name: b\nports: { eth0: { mac: 02:53:4c:00:00 } }\n',
      'b.yaml:2:23: CONFIG_VALUE ports.eth0.mac: "02:53:4c:00:00" is not a MAC address such as 02:53:4c:00:00:01',
    ],
    [
      'one MAC address for two ports',
      `name: b\nports: { eth0: { mac: ${mac} }, eth1: { mac: ${mac} } }\n`,
      `b.yaml:2:57: CONFIG_DUPLICATE ${mac} is the MAC address of eth0 too; give each port its own`,
    ],
    [
      'a flow capacity that is no power of two',
      'name: b\nports: { eth0: {} }\nflow-capacity: 100000\n',
      'b.yaml:3:16: CONFIG_RANGE flow-capacity: 100000 is not a power of two; the next is 131072',
    ],
    [
      'too many frame slots',
      'name: b\nports: { eth0: {} }\nframe-slots: 1e6\n',
      'b.yaml:3:14: CONFIG_RANGE frame-slots: must be at most 65536',
    ],
    [
      "wires, which are the router file's",
      'name: b\nports: { eth0: {} }\nwires: {}\n',
      'b.yaml:3:1: CONFIG_UNKNOWN_KEY "wires"; known here: name, ports, frame-slots, flow-capacity',
    ],
  ])('refuses %s', (_, text, expected) => {
    expect(complaintsAbout(text)).toEqual([expected]);
  });

  it('refuses a 33rd port', () => {
    const ports = Array.from({ length: 33 }, (_, index) => `p${index}: {}`).join(', ');
    expect(complaintsAbout(`name: b\nports: { ${ports} }\n`)).toEqual([
      'b.yaml:2:8: CONFIG_LIMIT 33 ports; a board has at most 32; use a second board',
    ]);
  });
});
