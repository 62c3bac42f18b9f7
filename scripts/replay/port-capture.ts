/** The capture of what a port sends: a pcapng with the port as its one interface. */
import { LINK_TYPE_ETHERNET } from '../../drivers/link-type.ts';
import type { OutputThread } from '../../drivers/output-thread.ts';
import { PcapngWriter } from '../../drivers/pcapng-writer.ts';

/** As a board file has it; `mac` is below 2^48. */
export interface CapturedPort {
  readonly name: string;
  readonly mac: number;
}

/** Creates or empties the file. @throws {CaptureError} when the disk refuses */
export function createPortCapture(
  file: string,
  { name, mac }: CapturedPort,
  options: { nanosecond: boolean; thread?: OutputThread | null },
): PcapngWriter {
  const { nanosecond, thread = null } = options;
  return new PcapngWriter(file, {
    nanosecond,
    thread,
    interfaces: [{ name, mac, linkType: LINK_TYPE_ETHERNET }],
  });
}
