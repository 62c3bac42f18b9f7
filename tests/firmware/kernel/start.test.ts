/** The kernel starts on tables of its own layout, and on no others. */
import { expect, it } from 'vitest';
import { startKernel } from '../../../firmware/board/kernel.ts';
import { TABLE_MAGIC } from '../../../firmware/boot/table-layout.ts';
import { compileTables } from '../../../firmware/boot/tables.ts';
import { buildKernel } from '../../../scripts/toolchain/build-firmware.ts';
import { firmwareOf, OPEN, routerOf, routerYaml } from '../configuration.ts';

it('tables of another layout are not taken', async () => {
  const { system } = await firmwareOf();
  const router = routerOf(routerYaml(OPEN));
  const { bytes } = compileTables(system, router);
  const code = new WebAssembly.Module(await buildKernel());
  expect(startKernel(code, bytes, router.board).held()).toBe(0);
  const others = bytes.slice();
  others[TABLE_MAGIC * 4] = (others[TABLE_MAGIC * 4] as number) + 1;
  expect(() => startKernel(code, others, router.board)).toThrow(WebAssembly.RuntimeError);
});
