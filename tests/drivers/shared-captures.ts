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

/** pcap or pcapng of Ethernet, of a version that we read. */
export function isReadable(facts: CaptureFacts): boolean {
  const isEthernet = facts.link_type?.length === 1 && facts.link_type[0] === 1;
  const isVersion = facts.version === (facts.format === 'pcap' ? '2.4' : '1.0');
  return (facts.format === 'pcap' || facts.format === 'pcapng') && isVersion && isEthernet;
}

/** What a file ends in, and how many records are read before. */
export interface ExpectedEnd {
  readonly records: number;
  readonly code: string | null;
}

/** Files that are not read to the end that tshark read to, each with its reason. */
const ENDS: Readonly<Record<string, readonly [number, string]>> = {
  // Link types 253, 104 and 127.
  'formats/pcappp_microsecs_big_endian.pcap': [0, 'CAPTURE_UNSUPPORTED_LINK_TYPE'],
  'formats/tcpdump_HDLC.pcap': [0, 'CAPTURE_UNSUPPORTED_LINK_TYPE'],
  'formats/zeek_arp-who-has-radiotap.pcap': [0, 'CAPTURE_UNSUPPORTED_LINK_TYPE'],
  'formats/pcappp_solaris.snoop': [0, 'CAPTURE_UNSUPPORTED_FORMAT'],
  'formats/rusticata_modified-format.pcap': [0, 'CAPTURE_UNSUPPORTED_FORMAT'],
  'malformed/emreekin_DNP3-Write.pcap': [0, 'CAPTURE_NOT_A_CAPTURE'],
  // Another major version in its third section.
  'malformed/gopacket_test901.pcapng': [1, 'CAPTURE_UNSUPPORTED_VERSION'],
  'malformed/libpcap_pcap-invalid-version-1.pcap': [0, 'CAPTURE_UNSUPPORTED_VERSION'],
  'malformed/libpcap_pcapng-invalid-vers-1.pcapng': [0, 'CAPTURE_UNSUPPORTED_VERSION'],
  'malformed/libpcap_shb-option-too-long.pcapng': [0, 'CAPTURE_BAD_BLOCK'],
  'malformed/markofu_http-fault-post.pcap': [25, 'CAPTURE_TRUNCATED_RECORD'],
  // Fuzzers' versions, with records of up to 1.9 GB that tshark counts though they are not there.
  'malformed/ndpi_fuzz-2021-10-13.pcap': [0, 'CAPTURE_UNSUPPORTED_VERSION'],
  'malformed/pcappp_clusterfuzz-6207688043397120.pcap': [0, 'CAPTURE_UNSUPPORTED_VERSION'],
  'malformed/pcappp_clusterfuzz-5188876846235648.pcap': [1, 'CAPTURE_RECORD_TOO_LONG'],
  'malformed/pcappp_clusterfuzz-5631583764873216.pcap': [0, 'CAPTURE_UNSUPPORTED_LINK_TYPE'],
  'malformed/pcappp_clusterfuzz-5766899836387328.pcap': [0, 'CAPTURE_UNSUPPORTED_VERSION'],
  'malformed/pcappp_crash-pcapng-epb-unbou.pcap': [0, 'CAPTURE_BAD_BLOCK'],
  'malformed/suricata_tls_DER-incomplete-header.pcap': [6, 'CAPTURE_RECORD_TOO_LONG'],
};

/** What has to come of a shared file: all that tshark found in it, or the end that is listed. */
export function expectedEnd({ path, packets }: CaptureFacts): ExpectedEnd {
  const [records, code] = ENDS[path] ?? [packets, null];
  return { records, code };
}
