/** The kernel alone: columns that it works out when somebody asks for them. */
import { expect, it } from 'vitest';
import { COLUMN_META_EGRESS, COLUMN_META_MTU } from '../../../config/abi.ts';
import { ROW_FLAGS, ROW_STAMP } from '../../../firmware/boot/table-layout.ts';
import { defaultSystemPath } from '../../../scripts/toolchain/load-firmware.ts';
import { routerYaml } from '../configuration.ts';
import { startKernelUnderTest } from '../kernel-under-test.ts';

const GENERATION = 1;
/** The board's third port has no interface. */
const TWO_PORTS = `board: board.yaml
interfaces:
  plant0: { port: eth0, zone: plant, address: 10.2.0.1/24 }
  office0: { port: eth1, zone: office, address: 10.1.0.1/24, mtu: 700 }
`;

it('the MTU of a port without an interface, or that is not there, is none', async () => {
  const { kernel } = await startKernelUnderTest(
    routerYaml('routes: []', TWO_PORTS),
    defaultSystemPath(),
  );
  const view = new DataView(kernel.memory.buffer);
  const mtuOf = (egress: number) => {
    view.setUint8(kernel.columnOf(ROW_FLAGS), 0);
    view.setUint32(kernel.columnOf(ROW_STAMP), GENERATION, true);
    view.setUint8(kernel.columnOf(COLUMN_META_EGRESS), egress);
    kernel.completeRow(0);
    return view.getUint16(kernel.columnOf(COLUMN_META_MTU), true);
  };
  const ports = Array.from({ length: 256 }, (_, port) => port);
  expect(ports.map(mtuOf)).toEqual(ports.map((port) => [1500, 700][port] ?? 0));
});
