/** A rig under load whose firmware was built without some of its protections. */
import type { Firmware } from '../../../firmware/boot/assemble.ts';
import { compileTables } from '../../../firmware/boot/tables.ts';
import { buildModule } from '../../toolchain/build-firmware.ts';
import { loadFirmware } from '../../toolchain/load-firmware.ts';
import { ForwardingRig } from '../forwarding-rig.ts';
import { type WorkloadSize, workloadOf } from '../workload.ts';
import type { Protection } from './protection.ts';
import { SharedMemory } from './shared-memory.ts';
import { unmeteredModule } from './unmetered-module.ts';
import { buildRewrittenKernel, rewritesWithout } from './variant-kernel.ts';

async function unmetered({ modules, system }: Firmware): Promise<Firmware['modules']> {
  const built = await Promise.all(system.modules.map(({ path }) => buildModule(path)));
  return modules.map((loaded, index) => ({
    ...loaded,
    code: new WebAssembly.Module(unmeteredModule(built[index].wasm)),
  }));
}

/**
 * Starts the rig. Without `copies` this process is changed for good: nothing else may run in it
 * until the function returned is called.
 */
export async function startVariant(
  without: readonly Protection[],
  size: WorkloadSize,
): Promise<{ rig: ForwardingRig; undo: () => void }> {
  const full = await loadFirmware();
  const workload = workloadOf(size);
  const rewrites = rewritesWithout(without);
  const isMetered = !without.includes('fuel');
  const kernel =
    rewrites.length === 0
      ? full.kernel
      : new WebAssembly.Module(await buildRewrittenKernel(rewrites));
  if (!without.includes('copies')) {
    const modules = isMetered ? full.modules : await unmetered(full);
    return {
      rig: await ForwardingRig.start({ ...full, kernel, modules }, workload),
      undo: () => {},
    };
  }
  const { router } = workload;
  const { system } = full;
  const tables = compileTables(system, router);
  const shared = await SharedMemory.build({ system, kernel, tables, router, isMetered });
  const undo = shared.takeOver();
  const { modules } = shared;
  const onKernel = shared.plug.bind(shared);
  const rig = await ForwardingRig.start({ ...full, kernel, modules }, workload, onKernel);
  return { rig, undo };
}
