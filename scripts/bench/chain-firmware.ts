/**
 * The router with more modules in its chain: between wire and route stand so many that look at
 * each packet's addresses and pass it on. Each has its own memory, place, staging block and fuel,
 * and the monitor judges what it does.
 */
import * as assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Firmware } from '../../firmware/boot/assemble.ts';
import { makeTemporaryFolder } from '../temporary-folder.ts';
import { defaultSystemPath, loadFirmware } from '../toolchain/load-firmware.ts';

const MANIFEST = `\
name: pass
version: 1.0.0
summary: Looks at the addresses of each packet and passes it on.
accepts: ip
reads: [ipv4.src, ipv4.dst]
outputs: { passed: ip }
drops: [to-itself]
limits:
  memory: 256 KiB
  fuel-per-packet: 100
`;

const PROGRAM = `\
import { begin, DROP_TO_ITSELF, rowCount, rows } from './manifest';

export function initialize(): void {}

export function process(): void {
  begin();
  const count = rowCount();
  for (let row: u32 = 0; row < count; row++) {
    const isToItself = rows.ipv4Src(row) == rows.ipv4Dst(row);
    rows.setVerdict(row, isToItself ? DROP_TO_ITSELF : rows.OUTPUT_PASSED);
  }
}
`;

/** The router's own system description, with the modules in it. */
function systemText(passes: number): string {
  let text = readFileSync(defaultSystemPath(), 'utf8');
  const replace = (from: RegExp, to: string) => {
    assert.match(text, from, 'firmware/system.yaml has changed');
    text = text.replace(from, to);
  };
  const names = Array.from({ length: passes }, (_, i) => `pass${i + 1}`);
  replace(/^( {2}\w+): modules\/(\w+)$/gm, '$1: $2');
  replace(/^modules:\n/m, `modules:\n${names.map((name) => `  ${name}: ./pass\n`).join('')}`);
  replace(/^ {4}ip: route$/m, `    ip: ${names[0]}`);
  const links = names.map((name, i) => `  ${name}.passed: ${names[i + 1] ?? 'route'}\n`);
  replace(/^messages:\n/m, `${links.join('')}messages:\n`);
  return text;
}

/** The router with so many modules more that each packet passes. */
export async function chainFirmware(passes: number): Promise<Firmware> {
  if (passes === 0) return loadFirmware();
  const folder = makeTemporaryFolder('sluice-chain-');
  try {
    mkdirSync(join(folder, 'pass'));
    writeFileSync(join(folder, 'pass', 'manifest.yaml'), MANIFEST);
    writeFileSync(join(folder, 'pass', 'index.ts'), PROGRAM);
    const system = join(folder, 'system.yaml');
    writeFileSync(system, systemText(passes));
    return await loadFirmware(system);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
