/** No row carries another packet's past, nor what is left of a packet of its own. */
import { describe, expect, it } from 'vitest';
import { columns } from '../../../config/columns.ts';
import { writeU48 } from '../../../netstack/byte-order.ts';
import { defaultSystemPath } from '../../../scripts/toolchain/load-firmware.ts';
import { OPEN, routerYaml } from '../configuration.ts';
import { udpFrame } from '../frames.ts';
import { startKernelUnderTest } from '../kernel-under-test.ts';

describe('a frame that is not whole', () => {
  it.each([
    ['cut short by its capture', 60, 61, 'capture-truncated'],
    ['longer than a slot', 2049, 2049, 'frame-too-long'],
  ])('leaves nothing in its row: %s', async (_, size, wireLength, reason) => {
    const target = await startKernelUnderTest(routerYaml(OPEN), defaultSystemPath());
    const { kernel, nics, takeReasons, dropAll } = target;
    const frame = new Uint8Array(size);
    frame.set(udpFrame('udp 10.2.0.7:1 > 10.1.0.20:2', new Uint8Array(0)));
    writeU48(frame, 0, nics[0].mac);
    const receive = (end: number, length: number) => {
      kernel.beginBreath(1n << 60n); // posts slots
      kernel.endBreath();
      nics[0].receive(frame, 0, end, length, 0, 1, 0);
      kernel.beginBreath(1n << 60n);
      expect(kernel.receive(1)).toBe(1);
      const { buffer } = kernel.memory;
      return new Uint32Array(buffer, kernel.columnOf(columns['ipv4.src'].id), 1)[0];
    };
    expect(receive(60, 60)).toBe(0x0a020007);
    dropAll();
    kernel.endBreath();
    expect(receive(size, wireLength)).toBe(0);
    expect([...takeReasons().values()]).toContain(reason);
  });
});
