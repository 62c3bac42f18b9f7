/** The files of a new module: a small guard that stands behind the policy. */
import * as assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { defaultSystemPath } from '../toolchain/load-firmware.ts';

const manifest = (name: string) => `\
# All that this module may see and do. Nothing else that it tries has any effect.
name: ${name}
version: 0.1.0
summary: Passes on what the policy permits, but for pings that are too long.
accepts: ip # what it is handed, in pcap-filter syntax; never anything else
reads: [ipv4.proto, meta.length] # the columns that its memory holds
# writes: { ipv4.dscp: 0-63 } # columns that it may change, and to what
outputs: { passed: ip } # ways out, and what may leave by them
drops: [ping-too-long] # its own reasons to drop, as reports name them
limits:
  memory: 256 KiB # a multiple of 64 KiB; three regions for messages and frames take 192
  fuel-per-packet: 100 # instructions
`;

const PROGRAM = `\
/** Drops pings that are longer than they need to be, and passes on everything else. */
import { begin, DROP_PING_TOO_LONG, rowCount, rows } from './manifest';

const ICMP: u32 = 1;
/** Bytes of the whole frame. */
const pingSizeMax: u32 = 128;

export function initialize(): void {}

export function process(): void {
  begin();
  const count = rowCount();
  for (let row: u32 = 0; row < count; row++) {
    const isTooLong = rows.ipv4Proto(row) == ICMP && rows.metaLength(row) > pingSizeMax;
    rows.setVerdict(row, isTooLong ? DROP_PING_TOO_LONG : rows.OUTPUT_PASSED);
  }
}
`;

const TESTS = `\
# sluice module test: packets in, and what the module must make of them.
# What is not named must not happen: no other write, message or frame.
tests:
  - name: a ping is passed on
    steps:
      - rows:
          - packet: icmp 10.1.0.20 > 10.2.0.7
            verdict: passed
  - name: a ping of 129 bytes is dropped, another packet is not
    steps:
      - rows:
          - packet: icmp 10.1.0.20 > 10.2.0.7 size 128
            verdict: passed
          - packet: icmp 10.1.0.20 > 10.2.0.7 size 129
            verdict: ping-too-long
          - packet: udp 10.1.0.20:4000 > 10.2.0.7:53 size 129
            verdict: passed
`;

const readme = (name: string) => `\
# Module ${name}

Passes on what the policy permits, but for pings that are too long.

| file | holds |
|---|---|
| \`manifest.yaml\` | what the module may see and do |
| \`index.ts\` | its program, in AssemblyScript |
| \`tests.yaml\` | packets, and what it must make of them |
| \`system.yaml\` | the router with this module in it, behind the policy |

**Accepts** IP that the policy has permitted. **Reads** \`ipv4.proto\`, \`meta.length\`.
**Writes** nothing. **Outputs** \`passed\`.
**Drops** \`ping-too-long\`: a ping whose frame has more than 128 bytes.
`;

/** The router's own system description, with the module between policy and neighbour. */
function systemText(name: string): string {
  let text = readFileSync(defaultSystemPath(), 'utf8');
  const replace = (from: RegExp, to: string) => {
    assert.match(text, from, 'firmware/system.yaml has changed');
    text = text.replace(from, to);
  };
  replace(
    /^(#.*\n)*/,
    `# The router on one page, with ${name} in it. First match, in file order.\n`,
  );
  replace(/^( {2}\w+): modules\/(\w+)$/gm, '$1: $2');
  replace(/^modules:\n/m, `modules:\n  ${name}: . # this folder; the others come with Sluice\n`);
  replace(
    /^ {2}policy\.permitted: neighbor$/m,
    `  policy.permitted: ${name}\n  ${name}.passed: neighbor`,
  );
  return text;
}

/** Names and texts, in the order in which they are read. */
export function newModuleFiles(name: string): Readonly<Record<string, string>> {
  return {
    'manifest.yaml': manifest(name),
    'index.ts': PROGRAM,
    'tests.yaml': TESTS,
    'system.yaml': systemText(name),
    'README.md': readme(name),
  };
}
