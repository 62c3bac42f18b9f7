/** The kernel alone: a port that has no interface, or is not there, takes no packet. */
import { beforeEach, expect, it } from 'vitest';
import { COLUMN_META_EGRESS, COLUMN_META_MTU } from '../../../config/abi.ts';
import * as layout from '../../../firmware/boot/table-layout.ts';
import { buildPacket } from '../../../netstack/build-packet.ts';
import { parsePacketText } from '../../../netstack/packet-text.ts';
import { defaultSystemPath } from '../../../scripts/toolchain/load-firmware.ts';
import { routerYaml } from '../configuration.ts';
import { type KernelUnderTest, startKernelUnderTest } from '../kernel-under-test.ts';

const GENERATION = 1;
/** The board's third port has no interface. */
const TWO_PORTS = `board: board.yaml
interfaces:
  plant0: { port: eth0, zone: plant, address: 10.2.0.1/24 }
  office0: { port: eth1, zone: office, address: 10.1.0.1/24, mtu: 700 }
`;
const ALL = Array.from({ length: 256 }, (_, port) => port);

let under: KernelUnderTest;
beforeEach(async () => {
  under = await startKernelUnderTest(routerYaml('routes: []', TWO_PORTS), defaultSystemPath());
});

/** Has the kernel take in a packet, and the policy's stamp stand on it, for a port. */
function permit(egress: number): void {
  const { kernel, nics } = under;
  const frame = buildPacket(parsePacketText('udp 10.1.0.20:4000 > 10.2.0.7:502'), {
    destination: nics[1]?.mac as number,
  });
  nics[1]?.receive(frame, 0, frame.length, frame.length, 0, 1, 0);
  kernel.beginBreath(2n ** 62n);
  expect(kernel.receive(256)).toBe(1);
  const view = new DataView(kernel.memory.buffer);
  view.setUint32(kernel.columnOf(layout.ROW_STAMP), GENERATION, true);
  view.setUint8(kernel.columnOf(COLUMN_META_EGRESS), egress);
}

it('not though what lies behind the table of ports says that it is one', () => {
  const { kernel, tables } = under;
  const memory = Buffer.from(kernel.memory.buffer);
  const base = memory.indexOf(tables.bytes.subarray(0, 64));
  const ports = base + memory.readUInt32LE(base + layout.TABLE_PORTS * 4);
  memory.writeUInt16LE(1500, ports + 2 * layout.PORT_SIZE + layout.PORT_MTU_OFFSET);
  memory.fill(0xff, ports + 3 * layout.PORT_SIZE, ports + 256 * layout.PORT_SIZE);
  permit(0);
  const mtuOf = (egress: number) => {
    memory.writeUInt8(egress, kernel.columnOf(COLUMN_META_EGRESS));
    kernel.completeRow(0);
    return memory.readUInt16LE(kernel.columnOf(COLUMN_META_MTU));
  };
  expect(ALL.map(mtuOf)).toEqual(ALL.map((port) => [1500, 700][port] ?? 0));
});

it.each([2, 3, 31, 32, 255])('not though the policy has permitted port %d', (port) => {
  permit(port);
  const { kernel } = under;
  new DataView(kernel.memory.buffer).setUint8(kernel.columnOf(layout.ROW_NODE), layout.NODE_TX);
  kernel.transmitStage();
  kernel.endBreath();
  expect([...under.takeReasons().values()]).toEqual(['port-down']);
});
