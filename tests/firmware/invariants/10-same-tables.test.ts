import { describe, expect, it } from 'vitest';
import { VECTOR_ROWS_MAX } from '../../../config/abi.ts';
import { bindingsOf } from '../../../firmware/boot/class-tables.ts';
import { ROW_NODE } from '../../../firmware/boot/table-layout.ts';
import { writeU48 } from '../../../netstack/byte-order.ts';
import { readColumns } from '../../../netstack/columns.ts';
import { compileMatch } from '../../../netstack/match/compile.ts';
import { parseMatch } from '../../../netstack/match/parse.ts';
import { pointOf } from '../../../netstack/match/point.ts';
import { classOf } from '../../../netstack/sets/points.ts';
import { OPEN, routerOf, routerYaml, scratchFolder } from '../configuration.ts';
import { startKernelUnderTest } from '../kernel-under-test.ts';
import { Random } from '../random.ts';
import { randomFrame } from '../random-frames.ts';
import { writeBelow } from '../write-below.ts';

const WORDS = [
  'ip',
  'arp',
  'vlan',
  'tcp',
  'udp',
  'icmp',
  'sctp',
  'ip proto 47',
  'to-router',
  'zone plant',
  'zone office',
  'src host 10.1.0.20',
  'dst host 10.2.0.7',
  'dst net 10.2.0.0/24',
  'net 10.0.0.0/8',
  'port 502',
  'dst port 53',
  'src portrange 4000-5000',
  'tcp dst port 502',
  'udp port 53',
  'ether proto 0x88b8',
  'src net 198.51.100.0/24',
  'host 0.0.0.0',
  'ether proto 0x8847',
];

function randomMatch(random: Random, depth = 0): string {
  const word = random.pick(WORDS);
  if (depth > 2 || random.oneIn(2)) return random.oneIn(4) ? `not (${word})` : word;
  const joint = random.pick(['and', 'or']);
  return `(${randomMatch(random, depth + 1)}) ${joint} (${randomMatch(random, depth + 1)})`;
}

const PLACES = ['p0', 'p1', 'p2', 'p3'];

/** A system whose wire hands packets to four places by the first of these matches. */
function systemOf(matches: readonly string[]): string {
  const folder = scratchFolder();
  for (const name of PLACES) {
    writeBelow(
      folder,
      `${name}/manifest.yaml`,
      `name: ${name}
version: 1.0.0
summary: Takes everything.
accepts: vlan or not vlan
reads: [eth.type]
outputs: { out: ip }
limits: { memory: 4 MiB, fuel-per-packet: 1000 }
`,
    );
  }
  const modules = PLACES.map((name) => `${name}: ${name}`).join(', ');
  const rules = matches.map((match, i) => `    ${match}: ${PLACES[i % PLACES.length]}`);
  return writeBelow(
    folder,
    'system.yaml',
    `modules: { ${modules} }\nlinks:\n  wire:\n${rules.join('\n')}\n`,
  );
}

describe('invariant 10: the kernel looks up the classes that netstack computed', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'invariant 10: random matches and frames, seed %d',
    async (seed) => {
      const random = new Random(0x5eed1000 + seed);
      const matches = [...new Set(Array.from({ length: 9 }, () => randomMatch(random)))];
      const { kernel, nics, tables, dropAll, takeReasons } = await startKernelUnderTest(
        routerYaml(OPEN),
        systemOf(matches),
      );
      const bindings = bindingsOf(routerOf(routerYaml(OPEN)));
      const rules = matches.map((text) => compileMatch(parseMatch(text), bindings));
      const nodes = new Uint8Array(
        kernel.memory.buffer,
        kernel.columnOf(ROW_NODE),
        VECTOR_ROWS_MAX,
      );
      const counts = new Map<string, number>();
      let arrivals = 0;
      for (let batch = 0; batch < 40; batch++) {
        kernel.beginBreath(0n);
        kernel.endBreath();
        const port = random.below(2);
        const frames = Array.from({ length: 50 }, () => {
          const frame = randomFrame(random);
          if (frame.length >= 6) writeU48(frame, 0, nics[port].mac);
          return frame;
        });
        for (const frame of frames) expect(nics[port].send(frame, batch + 1)).toBe(true);
        for (let done = 0; done < frames.length; ) {
          kernel.beginBreath(1n << 60n);
          for (
            let rows = kernel.receive(VECTOR_ROWS_MAX);
            rows > 0;
            rows = kernel.receive(VECTOR_ROWS_MAX)
          ) {
            const reasons = takeReasons();
            for (let row = 0; row < rows; row++) {
              const point = pointOf(readColumns(frames[done + row]), port);
              const rule = rules.findIndex((rule) => rule(point));
              const place = tables.pipeline.nameOf(nodes[row]);
              counts.set(place, (counts.get(place) ?? 0) + 1);
              const reason = PLACES.includes(place) ? undefined : reasons.get(arrivals);
              arrivals++;
              if (reason === 'unlinked') expect(rule).toBe(-1);
              // Dropped before, or linked nowhere: the row is at no place.
              if (!PLACES.includes(place)) continue;
              expect(place).toBe(PLACES[rule % PLACES.length]);
              expect(tables.classes.wire[classOf(tables.classes.classes, point)]).toBe(nodes[row]);
            }
            dropAll();
            done += rows;
          }
          kernel.endBreath();
        }
      }
      expect(PLACES.reduce((sum, name) => sum + (counts.get(name) ?? 0), 0)).toBeGreaterThan(50);
    },
  );
});
