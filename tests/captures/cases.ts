/** Captures, and the routers that they are replayed through. */

export interface Case {
  readonly capture: string;
  /** The router file, and beside it the display filters that say its policy to tshark. */
  readonly router: string;
  readonly args: readonly string[];
  /** What the case is about. */
  readonly about: string;
  /** Whether nothing at all is to be forwarded. */
  readonly isSilent?: true;
}

const FIX = '--fix-checksums';
const PICKUP = '--pickup';

function one(capture: string, router: string, about: string, ...args: string[]): Case {
  return { capture, router, args, about };
}

export const CASES: readonly Case[] = [
  one('ics/zeek_modbus-and-non-modbus-p502.pcap', 'modbus-decoys', 'Modbus, most of it denied'),
  one('ics/iti_modbus_test_data_part1.pcap', 'modbus-maintenance', 'mid-stream TCP refused'),
  one('ics/iti_modbus_test_data_part1.pcap', 'modbus-maintenance', 'mid-stream TCP', PICKUP),
  { ...one('ics/iti_modicon_test.pcap', 'modicon', 'bad header checksums'), isSilent: true },
  one('ics/iti_modicon_test.pcap', 'modicon', 'bad header checksums, one side picked up', PICKUP),
  one('ics/iti_modicon_test.pcap', 'modicon', 'bad header checksums repaired', FIX),
  one('ics/iti_ModbusTCP.pcap', 'historian', 'a large plant', FIX, PICKUP),
  {
    ...one('ics/lemay_characterization_modbus_6RTU_with_operate.pcap', 'flat', 'flat'),
    isSilent: true,
  },
  one('ics/lemay_characterization_modbus_6RTU_with_operate.pcap', 'segmented', 'segments'),
  one('ics/zeek_dnp3.pcap', 'dnp3', 'DNP3'),
  one('ics/zeek_dnp3_udp_read.pcap', 'dnp3-udp', 'DNP3 over UDP'),
  one('ics/iti_s7comm_varservice_libnodavedemo_bench.pcap', 's7', 'S7, one side', PICKUP),
  one('ics/iti_s7comm_varservice_libnodavedemo_bench.pcap', 's7', 'S7 repaired', FIX),
  one('ics/icsnpp_enip_cip_example.pcap', 'ethernet-ip', 'EtherNet/IP, frames cut short'),
  one('ics/icsnpp_enip_cip_example.pcap', 'ethernet-ip', 'EtherNet/IP mid-stream', PICKUP),
  one('ics/emreekin_cip_cotp_proces.pcap', 'cip-only', 'CIP, mid-stream', FIX, PICKUP),
  one('ics/iti_C37.118_1PMU_TCP.pcap', 'synchrophasor', 'synchrophasors'),
  one('ics/icsnpp_bacnet_example.pcap', 'bacnet', 'BACnet, forty devices'),
  one('ip/arkime_sctp-www.pcap', 'sctp', 'SCTP'),
  one('ip/pcappp_ip4_fragments.pcap', 'nfs-fragments', 'fragments'),
  one('ip/pcappp_ipv4-options.pcap', 'options', 'IPv4 options, source routes'),
  { ...one('ip/snabb_tcp-frominet-bound-ttl1.pcap', 'transit', 'TTL 1'), isSilent: true },
  one('ip/tcpreplay_test.pcap', 'office', 'an office, ICMP errors, VLANs, IPv6'),
  one('ip/tcpreplay_test.pcap', 'office', 'an office, picked up', PICKUP, FIX),
  one('ip/zeek_http-qinq-0.pcap', 'carrier', 'QinQ'),
  one('ip/zeek_mixed-vlan-mpls.pcap', 'tagged-web', 'VLAN and MPLS'),
  one('ip/ipfixprobe_mixed.pcap', 'upstream', 'ICMP errors of another router'),
  { ...one('ip/ipfixprobe_mixed.pcap', 'gateway', 'echo to the router'), isSilent: true },
  one('ip/zeek_gre-sample.pcap', 'tunnel', 'GRE'),
  one('ip/zeek_vxlan.pcap', 'vxlan', 'VXLAN'),
];
