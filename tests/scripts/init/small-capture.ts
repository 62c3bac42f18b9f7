/** Captures of a few packets, written as texts. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadRouter, type Router } from '../../../config/router.ts';
import { CaptureWriter } from '../../../drivers/capture-writer.ts';
import { buildPacket, type FrameMacs } from '../../../netstack/build-packet.ts';
import { parsePacketText } from '../../../netstack/packet-text.ts';
import { folderOfRun } from '../../project/run-folder.ts';
import { sluice } from '../sluice.ts';

/** 2026-01-12 06:00:00 UTC. */
const START_SECONDS = 1_768_197_600;

/** A packet text, with other MAC addresses than those spelled from its IPv4 ones; or raw bytes. */
export type SmallPacket = string | readonly [text: string, macs: FrameMacs] | Uint8Array;

const folder = folderOfRun('init-');

/** Writes packets, one a second or `everySeconds`; the path of the capture. */
export function smallCapture(
  name: string,
  packets: readonly SmallPacket[],
  everySeconds = 1,
): string {
  const path = join(folder, name);
  const writer = new CaptureWriter(path, { nanosecond: false });
  for (const [index, packet] of packets.entries()) {
    const frame = frameOf(packet);
    writer.write(frame, 0, frame.length, START_SECONDS + index * everySeconds, 0);
  }
  writer.close();
  return path;
}

function frameOf(packet: SmallPacket): Uint8Array {
  if (packet instanceof Uint8Array) return packet;
  const [text, macs] = typeof packet === 'string' ? [packet, {}] : packet;
  return buildPacket(parsePacketText(text), macs);
}

/** A TCP connection of a client at port 4000: handshake, data both ways, and an end. */
export function tcp(client: string, server: string, port: number, sport = 4000): string[] {
  const out = `tcp ${client}:${sport} > ${server}:${port}`;
  const back = `tcp ${server}:${port} > ${client}:${sport}`;
  const middle = [`${out} flags psh-ack`, `${back} flags psh-ack`];
  return [out, `${back} flags syn-ack`, `${out} flags ack`, ...middle, `${out} flags fin-ack`];
}

/** What `sluice init` proposes for packets, loaded. */
export async function proposed(
  packets: readonly SmallPacket[],
  ...words: string[]
): Promise<{ text: string; router: Router; file: string; capture: string }> {
  const capture = smallCapture('small.pcap', packets);
  const { code, stdout, stderr } = await sluice('init', capture, '--permit', ...words);
  if (code !== 0) throw new Error(stderr);
  const file = join(folder, 'router.yaml');
  writeFileSync(file, stdout);
  return { text: stdout, router: loadRouter(file), file, capture };
}

/** Each interface as `zone address`, each route as `to > via or interface`. */
export function layoutOf({ text }: { text: string }): string[] {
  return text.split('\n').flatMap((line) => {
    const face = /^ {2}\w+: \{ port: \w+, zone: ([\w-]+), address: ([\d./]+)(.*) \}/.exec(line);
    if (face !== null) return [`${face[1]} ${face[2]}${face[3]}`];
    const route = /^ {2}- \{ to: ([\d./]+), (?:via|interface): ([\w.]+) \}/.exec(line);
    return route === null ? [] : [`${route[1]} > ${route[2]}`];
  });
}

/** Each flow as `from > to: match`. */
export function flowsOf({ router }: { router: Router }): string[] {
  return router.flows.map(({ from, to, matchText }) => `${from} > ${to}: ${matchText}`);
}
