/**
 * The most hostile module there can be: it does what the packet tells it. A UDP payload is a
 * script of verdict, changed bits, bytes for the write block, and raw contents for outbox and
 * frames. A packet without a script leaves by output 1.
 */
import { VERDICT_DROP } from '../../config/abi.ts';
import { writeLayout } from '../../config/block-layout.ts';
import type { ColumnName } from '../../config/columns.ts';
import { loadManifest } from '../../config/manifest.ts';
import type { Firmware } from '../../firmware/boot/assemble.ts';
import { buildModule } from '../../scripts/toolchain/build-firmware.ts';
import { firmwareOf, scratchFolder } from './configuration.ts';
import { type Links, writeSystem } from './router-system.ts';
import { writeBelow } from './write-below.ts';

/*
 *   script, in the payload window
 *    0 u8 MAGIC  1 u8 verdict  2 u8 changed  3 u8 pokes  4 u8 traps  5 u8 0
 *    6 u16 outbox bytes  8 u16 frames bytes  10 u16 0  12 u32 outbox used  16 u32 frames used
 *   20 pokes of 12: u16 offset in the write block, u8 width, u8 0, u64 value; then the bytes
 */
const MAGIC = 0x5a;
const HEADER_SIZE = 20;
const POKE_SIZE = 12;
const WINDOW = 128;

const SOURCE = `
import { begin, frames, outbox, read_block, rowCount, write_block } from './manifest';

export function initialize(): void {}

export function process(): void {
  begin();
  const count = rowCount();
  for (let row: u32 = 0; row < count; row++) act(row, read_block + 64 + <usize>row * ${WINDOW});
}

function act(row: u32, script: usize): void {
  if (load<u8>(script) != ${MAGIC}) {
    store<u8>(write_block + row, 1);
    return;
  }
  if (load<u8>(script, 4)) unreachable();
  store<u8>(write_block + row, load<u8>(script, 1));
  store<u8>(write_block + row, load<u8>(script, 2), 256);
  let at = script + ${HEADER_SIZE};
  for (let n: u32 = load<u8>(script, 3); n > 0; n--, at += ${POKE_SIZE}) {
    const width = <u32>load<u8>(at, 2);
    memory.copy(write_block + load<u16>(at) + <usize>(row * width), at + 4, width);
  }
  const sent = <u32>load<u16>(script, 6), made = <u32>load<u16>(script, 8);
  memory.copy(outbox + 8, at, sent);
  memory.copy(frames + 8, at + sent, made);
  store<u32>(outbox, load<u32>(script, 12));
  store<u32>(frames, load<u32>(script, 16));
}
`;

/** As large as any place's blocks in the tests. */
const WIDEST = `
accepts: ip
reads: ["payload[${WINDOW}]", "frame[128]"]
writes:
  eth.dst: any
  ipv4.src: any
  ipv4.dst: any
  meta.nexthop: any
  l4.sport: any
  l4.dport: any
  vlan.id: any
  meta.egress: any
outputs: { out: ip }
`;

function manifestText(keys: string): string {
  const head = 'name: puppet\nversion: 1.0.0\nsummary: Does what the packet tells it.\n';
  return `${head}${keys}\nlimits: { memory: 512 KiB, fuel-per-packet: 1000 }\n`;
}

let program: Promise<Uint8Array> | null = null;

async function compilePuppet(): Promise<Uint8Array> {
  const folder = scratchFolder();
  writeBelow(folder, 'index.ts', SOURCE);
  writeBelow(folder, 'manifest.yaml', manifestText(WIDEST));
  return (await buildModule(folder)).wasm;
}

/** The puppet's program; the blocks of its memory have room for every manifest of the tests. */
export function puppetProgram(): Promise<Uint8Array> {
  program ??= compilePuppet();
  return program;
}

const THROUGH_PUPPET: Links = {
  wire: '{ arp: arp, ip and to-router: local, ip: puppet }',
  'puppet.out': 'route',
};

export interface PuppetSystem {
  readonly firmware: Firmware;
  /** Where a declared column lies in the write block. */
  offsetOf(column: ColumnName): number;
}

/**
 * The router with the puppet in it, with the powers that `keys` gives it in manifest syntax. A
 * link of `links` that is '' is left out.
 */
export async function puppetSystem(
  keys: string,
  links: Links = {},
  program?: Uint8Array,
): Promise<PuppetSystem> {
  const folder = scratchFolder();
  const manifest = writeBelow(folder, 'puppet/manifest.yaml', manifestText(keys));
  writeBelow(folder, 'puppet/module.wasm', program ?? (await puppetProgram()));
  const system = writeSystem(folder, ['puppet'], { ...THROUGH_PUPPET, ...links });
  const firmware = await firmwareOf(system);
  const [place] = loadManifest(manifest).places;
  return {
    firmware,
    offsetOf(column) {
      const found = writeLayout(place).columns.find((entry) => entry.column === column);
      if (found === undefined) throw new RangeError(`${column} is not declared`);
      return found.offset;
    },
  };
}

export interface Script {
  verdict?: number;
  changed?: number;
  /** Bytes for the write block: offset, width and value. */
  pokes?: readonly (readonly [offset: number, width: number, value: number | bigint])[];
  traps?: boolean;
  outbox?: Uint8Array;
  frames?: Uint8Array;
  /** What the regions say of their sizes, if not the truth. */
  outboxUsed?: number;
  framesUsed?: number;
}

/** The payload that makes the puppet do this. */
export function scriptOf(script: Script): Uint8Array {
  const { pokes = [], outbox = new Uint8Array(0), frames = new Uint8Array(0) } = script;
  const bytes = new Uint8Array(
    HEADER_SIZE + pokes.length * POKE_SIZE + outbox.length + frames.length,
  );
  if (bytes.length > WINDOW) throw new RangeError(`a script of ${bytes.length} bytes`);
  const view = new DataView(bytes.buffer);
  const verdict = script.verdict ?? VERDICT_DROP;
  bytes.set([MAGIC, verdict, script.changed ?? 0, pokes.length, script.traps ? 1 : 0]);
  view.setUint16(6, outbox.length, true);
  view.setUint16(8, frames.length, true);
  view.setUint32(12, script.outboxUsed ?? outbox.length, true);
  view.setUint32(16, script.framesUsed ?? frames.length, true);
  for (const [i, [offset, width, value]] of pokes.entries()) {
    const at = HEADER_SIZE + i * POKE_SIZE;
    view.setUint16(at, offset, true);
    bytes[at + 2] = width;
    view.setBigUint64(at + 4, BigInt(value), true);
  }
  const rest = HEADER_SIZE + pokes.length * POKE_SIZE;
  bytes.set(outbox, rest);
  bytes.set(frames, rest + outbox.length);
  return bytes;
}

/** An entry of the frames region; `row` null is an origination. */
export function frameEntry(
  frame: Uint8Array,
  options: {
    output?: number;
    egress?: number;
    row?: number | null;
    quote?: number;
    length?: number;
  },
): Uint8Array {
  const entry = new Uint8Array(Math.ceil((16 + frame.length) / 8) * 8);
  const view = new DataView(entry.buffer);
  view.setUint16(0, options.length ?? frame.length, true);
  entry[2] = options.output ?? 1;
  entry[3] = options.egress ?? 0;
  view.setUint16(4, options.row === null ? 0xffff : (options.row ?? 0), true);
  view.setUint16(6, options.quote ?? 0, true);
  entry.set(frame, 16);
  return entry;
}
