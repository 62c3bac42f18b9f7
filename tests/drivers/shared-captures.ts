import * as fs from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../../../shared/pcaps/', import.meta.url));

/** What the facts of a shared capture say, as far as the drivers' tests need it. */
export interface CaptureFacts {
  path: string;
  category: string;
  format: string;
  endianness: string | null;
  ts_precision: string | string[];
  version: string | null;
  link_type: number[] | null;
  packets: number;
  captured_bytes: number;
  wire_bytes: number;
  truncated_packets: number;
  l3: { ipv4: number };
  tshark: { rc: number; error: string | null };
  capinfos: { first_time: number | null; last_time: number | null };
}

export const hasSharedCaptures = fs.existsSync(`${folder}facts.json`);
export const NO_SHARED_CAPTURES = 'the shared captures are not beside the project';

export function sharedFacts(): CaptureFacts[] {
  if (!hasSharedCaptures) return [];
  return JSON.parse(fs.readFileSync(`${folder}facts.json`, 'utf8'));
}

export function sharedCapture(facts: CaptureFacts): string {
  return folder + facts.path;
}

/** pcap or pcapng of the version and link type that we read. */
export function isReadable(facts: CaptureFacts): boolean {
  const isEthernet = facts.link_type?.length === 1 && facts.link_type[0] === 1;
  const isVersion = facts.version === (facts.format === 'pcap' ? '2.4' : '1.0');
  return (facts.format === 'pcap' || facts.format === 'pcapng') && isVersion && isEthernet;
}
