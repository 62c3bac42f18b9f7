/**
 * A packet in a configuration file, its errors at the character that is wrong.
 */
import { PacketTextError, parsePacketText } from '../netstack/packet-text.ts';
import type { ConfigurationFile } from './configuration-file.ts';
import type { Path } from './yaml-document.ts';

/** Reports CONFIG_PACKET where the packet at `path` cannot be read. */
export function checkPacketText(file: ConfigurationFile<unknown>, path: Path, text: string): void {
  try {
    parsePacketText(text);
  } catch (error) {
    if (!(error instanceof PacketTextError)) throw error;
    const hint = 'write e.g. tcp 10.1.0.20:4000 > 10.2.0.7:502';
    file.report('CONFIG_PACKET', path, error.message, hint, { offset: error.offset });
  }
}
