/**
 * Assembling: from named components to one firmware, its bytes and its digest.
 */
import { createHash } from 'node:crypto';
import {
  type Firmware,
  type FirmwareComponents,
  loadComponents,
} from '../../firmware/boot/assemble.ts';
import { type Member, writeArchive } from './archive.ts';

/** The kernel's name in an image. */
export const KERNEL_MEMBER = 'kernel.wasm';

/** @throws BootError when a module is refused */
export function assembleFirmware(parts: FirmwareComponents): Firmware {
  const text = new TextEncoder();
  const members: Member[] = [
    { name: KERNEL_MEMBER, bytes: parts.kernel },
    { name: 'system.yaml', bytes: text.encode(parts.systemText) },
    ...parts.modules.flatMap(({ name, manifestText, wasm }) => [
      { name: `modules/${name}/manifest.yaml`, bytes: text.encode(manifestText) },
      { name: `modules/${name}/module.wasm`, bytes: wasm },
    ]),
  ];
  const image = writeArchive(members);
  return {
    image,
    digest: sha256(image),
    components: members.map(({ name, bytes }) => ({
      name,
      size: bytes.length,
      digest: sha256(bytes),
    })),
    ...loadComponents(parts),
  };
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
