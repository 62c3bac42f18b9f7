/** The kernel alone, between NICs and a test that looks at its rows; no module runs. */
import { DROP_FAULT } from '../../config/abi.ts';
import { loadSystem } from '../../config/system.ts';
import { RING_PRIORITY, RING_RX, RING_TX } from '../../drivers/nic-ring.ts';
import { RawSocketSim } from '../../drivers/raw-socket-sim.ts';
import { type KernelExports, startKernel } from '../../firmware/board/kernel.ts';
import * as layout from '../../firmware/boot/table-layout.ts';
import { compileTables, type Tables } from '../../firmware/boot/tables.ts';
import { reasonName } from '../../firmware/report/counters.ts';
import { buildKernel } from '../../scripts/toolchain/build-firmware.ts';
import { routerOf } from './configuration.ts';

export interface KernelUnderTest {
  readonly kernel: KernelExports;
  readonly tables: Tables;
  readonly nics: readonly RawSocketSim[];
  /** Reasons by arrival, '' for none, since the last call. */
  takeReasons(): Map<number, string>;
  /** Drops whatever stands anywhere, as if every module faulted. */
  dropAll(): void;
}

/** Starts a kernel on the tables of a router and a system description. */
export async function startKernelUnderTest(yaml: string, system: string): Promise<KernelUnderTest> {
  const router = routerOf(yaml);
  const tables = compileTables(loadSystem(system), router);
  const code = new WebAssembly.Module(await buildKernel());
  const kernel = startKernel(code, tables.bytes, router.board);
  const { memory } = kernel;
  const nics = router.board.ports.map(
    ({ name, mac }, port) =>
      new RawSocketSim({
        ...{ name, mac, port, memory, mtu: 1500 },
        rx: kernel.ringAddress(port, RING_RX),
        tx: kernel.ringAddress(port, RING_TX),
        arrivals: kernel.arrivalsAddress(0),
        priority: {
          rx: kernel.ringAddress(port, RING_PRIORITY),
          arrivals: kernel.arrivalsAddress(1),
        },
      }),
  );
  const outcomes = new DataView(memory.buffer, kernel.outcomesAddress());
  outcomes.setUint32(0, 1, true);
  return {
    ...{ kernel, tables, nics },
    takeReasons() {
      const count = outcomes.getUint32(4, true);
      outcomes.setUint32(4, 0, true);
      const reasons = Array.from({ length: count }, (_, i): [number, string] => {
        const at = 64 + i * layout.OUTCOME_SIZE;
        const reason = outcomes.getUint8(at + layout.OUTCOME_REASON_OFFSET);
        const arrival = outcomes.getUint32(at + layout.OUTCOME_ARRIVAL_OFFSET, true);
        return [arrival, reason === 0 ? '' : reasonName(tables, reason)];
      });
      return new Map(reasons);
    },
    dropAll() {
      kernel.local();
      for (const place of tables.pipeline.places.keys()) {
        if (kernel.gatherStage(place) > 0) kernel.faultStage(place, DROP_FAULT);
      }
      kernel.policyStage();
      kernel.transmitStage();
    },
  };
}
