/** What is told of a binary that passed the loader. */
import { createHash } from 'node:crypto';
import type { LoadedModule } from '../../firmware/boot/load-module.ts';

export interface ModuleFacts {
  readonly name: string;
  readonly version: string;
  /** Bytes of the binary, and its SHA-256 in hex. */
  readonly size: number;
  readonly digest: string;
  /** Bytes of memory, and how many the manifest allows. */
  readonly memory: number;
  readonly memoryMax: number;
  readonly exports: readonly string[];
}

export function factsOf(loaded: LoadedModule, wasm: Uint8Array): ModuleFacts {
  const { manifest, memory, blocks, hasTick, hasReceive } = loaded;
  return {
    name: manifest.name,
    version: manifest.version,
    size: wasm.length,
    digest: createHash('sha256').update(wasm).digest('hex'),
    memory,
    memoryMax: manifest.limits.memory,
    exports: [
      'initialize',
      'process',
      ...(hasTick ? ['tick'] : []),
      ...(hasReceive ? ['receive'] : []),
      'memory',
      ...Object.keys(blocks),
    ],
  };
}
