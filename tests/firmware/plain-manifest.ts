/** A manifest for binaries that are made by hand. */
import { loadManifest, type Manifest } from '../../config/manifest.ts';
import { scratchFolder } from './configuration.ts';
import { writeBelow } from './write-below.ts';

/** A manifest of these keys; 512 KiB of memory unless they say otherwise. */
export function manifestOf(keys = 'accepts: ip', memory = '512 KiB'): Manifest {
  const head = 'name: plain\nversion: 1.0.0\nsummary: A module for tests.\n';
  const text = `${head}${keys}\nlimits: { memory: ${memory}, fuel-per-packet: 1000, fuel-per-message: 1000 }\n`;
  return loadManifest(writeBelow(scratchFolder(), 'manifest.yaml', text));
}
