/** The folder of `--tap-capture`: a pcapng a port, with what it received and sent. */
import { join } from 'node:path';
import { systemCodeOf } from '../../../drivers/capture-error.ts';
import { LINK_TYPE_ETHERNET } from '../../../drivers/link-type.ts';
import { PcapngWriter } from '../../../drivers/pcapng-writer.ts';
import type { PortTap, TapSink } from '../../../drivers/wires/port-tap.ts';
import { WireError } from '../../../drivers/wires/wire-error.ts';
import { makeFolder } from '../../make-folder.ts';

/** What is recorded, and where. */
export interface TapPlan {
  readonly folder: string;
  readonly ports: readonly { readonly name: string; readonly mac: number }[];
  /** The boot instant, in ms since 1970. */
  readonly epochMs: number;
}

export class TapCaptures {
  private readonly writers: readonly PcapngWriter[];
  private readonly epochMs: number;
  private readonly notes = { comments: [] as string[], verdict: null, flags: 0 };

  /** Makes the folder, and creates or empties its files. @throws {WireError | CaptureError} */
  constructor({ folder, ports, epochMs }: TapPlan) {
    try {
      makeFolder(folder);
    } catch (error) {
      const what = `no folder can be made (${systemCodeOf(error)})`;
      throw new WireError('WIRE_FAILED', `--tap-capture ${folder}`, what, 'name another');
    }
    this.epochMs = epochMs;
    this.writers = ports.map(
      ({ name, mac }) =>
        new PcapngWriter(join(folder, `${name}.pcapng`), {
          nanosecond: true,
          interfaces: [{ name, mac, linkType: LINK_TYPE_ETHERNET }],
        }),
    );
  }

  /** Takes what the tap has. @throws {CaptureError} when the disk refuses */
  take(tap: PortTap): void {
    tap.drain(this.write);
  }

  /** Hands what is buffered to the operating system: whoever reads along sees it. */
  flush(): void {
    for (const writer of this.writers) writer.flush();
  }

  close(): void {
    for (const writer of this.writers) writer.close();
  }

  private readonly write: TapSink = (port, direction, bytes, start, end, seconds, nanoseconds) => {
    const { epochMs, notes } = this;
    const fraction = nanoseconds + (epochMs % 1000) * 1_000_000;
    const carry = fraction >= 1_000_000_000 ? 1 : 0;
    const time = Math.floor(epochMs / 1000) + seconds + carry;
    notes.flags = direction;
    const rest = fraction - carry * 1_000_000_000;
    this.writers[port].writePacket(0, bytes, start, end, end - start, time, rest, notes);
  };
}
