/** The folder of `--tap-capture`: a pcapng a port, with what it received and sent. */
import { join } from 'node:path';
import { systemCodeOf } from '../../../drivers/capture-error.ts';
import { VirtualClock } from '../../../drivers/clock.ts';
import { LINK_TYPE_ETHERNET } from '../../../drivers/link-type.ts';
import { PcapngWriter } from '../../../drivers/pcapng-writer.ts';
import type { RingSink } from '../../../drivers/wires/frame-ring.ts';
import { type PortTap, tappedDirection, tappedPort } from '../../../drivers/wires/port-tap.ts';
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
  private readonly clock = new VirtualClock();
  private readonly notes = { comments: [] as string[], verdict: null, flags: 0 };

  /** Makes the folder, and creates or empties its files. @throws {WireError | CaptureError} */
  constructor({ folder, ports, epochMs }: TapPlan) {
    try {
      makeFolder(folder);
    } catch (error) {
      const what = `no folder can be made (${systemCodeOf(error)})`;
      throw new WireError('WIRE_FAILED', `--tap-capture ${folder}`, what, 'name another');
    }
    this.clock.setEpoch(Math.floor(epochMs / 1000), (epochMs % 1000) * 1_000_000);
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

  private readonly write: RingSink = (bytes, start, end, tag, seconds, nanoseconds) => {
    const { clock, notes } = this;
    const time = clock.captureSeconds(seconds, nanoseconds);
    const fraction = clock.captureNanoseconds(nanoseconds);
    notes.flags = tappedDirection(tag);
    const writer = this.writers[tappedPort(tag)];
    writer.writePacket(0, bytes, start, end, end - start, time, fraction, notes);
  };
}
