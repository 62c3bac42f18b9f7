/** The command line as a user has it, in this process. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { openCapture } from '../../drivers/capture-reader.ts';
import type { CaptureRecord } from '../../drivers/capture-source.ts';
import type { Firmware } from '../../firmware/boot/assemble.ts';
import { runCommandLine } from '../../scripts/command-line.ts';
import { type Report, reportSchema } from '../../scripts/report/report.ts';
import { loadFirmware } from '../../scripts/toolchain/load-firmware.ts';
import { findProjectRoot } from '../../scripts/toolchain/project-root.ts';

/** A file of the project, by its path in it. */
export function inProject(...path: string[]): string {
  return join(findProjectRoot(), ...path);
}

export const plantRouter = inProject('config', 'routers', 'plant.yaml');
export const plantCapture = inProject('config', 'captures', 'plant.pcap');
export const plantBoard = inProject('config', 'boards', 'three-port.yaml');

export interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

let ownFirmware: Promise<Firmware> | undefined;

/** The router's own firmware is read once; that of a test's system description every time. */
export function firmwareForCommands(systemPath?: string): Promise<Firmware> {
  if (systemPath !== undefined) return loadFirmware(systemPath);
  ownFirmware ??= loadFirmware();
  return ownFirmware;
}

/** `sluice` with these words. */
export async function sluice(...words: string[]): Promise<Run> {
  let stdout = '';
  let stderr = '';
  const code = await runCommandLine(words, {
    stdout: { write: (text: string) => (stdout += text) },
    stderr: { write: (text: string) => (stderr += text) },
    environment: {},
    loadFirmware: firmwareForCommands,
  });
  return { code, stdout, stderr };
}

/** The JSON report of a replay that has to succeed or fail with `code`. */
export async function replayJson(words: readonly string[], code = 0): Promise<Report> {
  const run = await sluice('replay', ...words, '--json');
  if (run.code !== code) throw new Error(`exit code ${run.code}: ${run.stderr}`);
  return reportSchema.parse(JSON.parse(run.stdout));
}

/** A report without what differs between runs. */
export function timeless({ seconds: _, packetsPerSecond: __, ...rest }: Report): object {
  return rest;
}

/** A folder that is gone after the tests of this file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-scripts-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Copies of all frames of a capture. */
export function framesOf(file: string): (Pick<CaptureRecord, 'seconds' | 'nanoseconds'> & {
  frame: Uint8Array;
})[] {
  const reader = openCapture(file);
  const frames = [];
  while (reader.next()) {
    const { seconds, nanoseconds, data, start, end } = reader;
    frames.push({ seconds, nanoseconds, frame: data.slice(start, end) });
  }
  reader.close();
  return frames;
}
