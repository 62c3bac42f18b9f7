import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildPacket } from '../../../netstack/build-packet.ts';
import { parsePacketText } from '../../../netstack/packet-text.ts';
import { pcapBytes } from '../../drivers/pcap-bytes.ts';
import { PcapngBytes } from '../../drivers/pcapng-bytes.ts';
import { plantRouter, replayJson, sluice, temporaryFolder } from '../sluice.ts';

const folder = temporaryFolder();
const ng = new PcapngBytes();
const frame = buildPacket(parsePacketText('tcp 10.1.0.20:4000 > 10.2.0.7:502'));
const name = (value: string) => [{ code: 2, value }];

/** Three interfaces and a frame of the second and the third; then a section with one of "lan". */
const file = join(folder, 'three.pcapng');
writeFileSync(
  file,
  Buffer.concat([
    ng.section(),
    ng.face(1, 0, name('wan')),
    ng.face(1, 0, name('lan')),
    ng.face(1),
    ng.packet(frame, { face: 1 }),
    ng.packet(frame, { face: 2, units: 1n }),
    ng.section(),
    ng.face(1, 0, name('lan')),
    ng.packet(frame, { units: 2n }),
  ]),
);

/** How many frames arrived on each port, of those that any arrived on. */
async function arrivals(...words: string[]): Promise<Record<string, number>> {
  const { ports } = await replayJson([...words, '--config', plantRouter]);
  const counts = Object.entries(ports).map(([port, { received }]) => [port, received] as const);
  return Object.fromEntries(counts.filter(([, received]) => received > 0));
}

describe('--map', () => {
  it('gives interfaces by name, in every section, and by number a port', async () => {
    // By its source all of it arrives on the office's port.
    expect(await arrivals(file)).toEqual({ eth1: 3 });
    expect(await arrivals(file, '--map', 'lan=eth2')).toEqual({ eth1: 1, eth2: 2 });
    expect(await arrivals(file, '--map', '2=eth0')).toEqual({ eth0: 1, eth1: 2 });
    const both = ['--map', 'lan=eth2', '--map', '2=eth0'];
    expect(await arrivals(file, ...both)).toEqual({ eth0: 1, eth2: 2 });
    expect(await arrivals(...both, file)).toEqual({ eth0: 1, eth2: 2 });
  });

  it('wins over --in, and PORT=FILE over both', async () => {
    expect(await arrivals(file, '--map', 'lan=eth2', '--in', 'eth0')).toEqual({ eth0: 1, eth2: 2 });
    expect(await arrivals(`eth1=${file}`, '--map', 'lan=eth2', '--in', 'eth0')).toEqual({
      eth1: 3,
    });
  });

  it('takes a classic capture as the one interface that it is', async () => {
    const classic = join(folder, 'classic.pcap');
    writeFileSync(classic, pcapBytes([{ seconds: 1, fraction: 0, bytes: frame }]));
    expect(await arrivals(classic, '--map', '0=eth2')).toEqual({ eth2: 1 });
  });

  it.each([
    ['eth9=eth0', 'no capture has an interface "eth9"; there are: 0 (wan), 1 (lan), 2'],
    ['lan=eth9', 'has no port "eth9"'],
    ['lan', 'is not IF=PORT'],
    ['=eth0', 'is not IF=PORT'],
    ['lan=', 'is not IF=PORT'],
  ])('is refused in one line that says what there is: %s', async (mapping, what) => {
    const run = await sluice('replay', file, '--config', plantRouter, '--map', mapping);
    expect(run).toMatchObject({ code: 2, stdout: '' });
    expect(run.stderr).toContain(what);
    expect(run.stderr.trimEnd()).not.toContain('\n');
  });

  it('is refused where an interface has two ports', async () => {
    const twice = ['--map', 'lan=eth0', '--map', 'lan=eth1'];
    const run = await sluice('replay', file, '--config', plantRouter, ...twice);
    expect(run).toMatchObject({ code: 2, stdout: '' });
    expect(run.stderr).toContain('an interface has two ports');
  });
});
