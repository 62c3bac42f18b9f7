/**
 * What the ports of a plant and an office are for. A data table; numbers from the IANA registry,
 * or from the makers where these never registered theirs.
 */
import { PROTOCOL_TCP, PROTOCOL_UDP } from '../../netstack/protocols.ts';

/** What listens at a port. `isIndustrial`: it moves or reads a process, so its server is plant. */
export interface Service {
  readonly name: string;
  readonly isIndustrial: boolean;
}

type Entry = readonly [name: string, protocols: 'tcp' | 'udp' | 'both', ...ports: number[]];

const INDUSTRIAL: readonly Entry[] = [
  ['iso-tsap', 'tcp', 102], // S7, IEC 61850 MMS
  ['modbus', 'both', 502],
  ['crimson', 'tcp', 789],
  ['modbus-tls', 'tcp', 802],
  ['fieldbus-hse', 'both', 1089, 1090, 1091],
  ['codesys', 'tcp', 1217, 2455, 11_740],
  ['cip-io', 'udp', 2222],
  ['iec-104', 'tcp', 2404],
  ['knx-ip', 'both', 3671],
  ['synchrophasor', 'both', 4712, 4713], // IEEE C37.118
  ['opc-ua', 'tcp', 4840, 4843],
  ['melsec', 'both', 5006, 5007],
  ['hart-ip', 'both', 5094],
  ['fins', 'both', 9600],
  ['ge-srtp', 'tcp', 18_245],
  ['dnp3', 'both', 19_999, 20_000],
  ['proconos', 'tcp', 20_547],
  ['profinet', 'both', 34_962, 34_963, 34_964],
  ['ethercat', 'both', 34_980],
  ['ethernet-ip', 'both', 44_818],
  ['bacnet', 'udp', 47_808],
  ['ads', 'both', 48_898],
];

const ORDINARY: readonly Entry[] = [
  ['echo', 'both', 7],
  ['ftp-data', 'tcp', 20],
  ['ftp', 'tcp', 21],
  ['ssh', 'tcp', 22],
  ['telnet', 'tcp', 23],
  ['smtp', 'tcp', 25, 465, 587],
  ['time', 'both', 37],
  ['dns', 'both', 53],
  ['dhcp', 'udp', 67, 68],
  ['tftp', 'udp', 69],
  ['http', 'tcp', 80, 8000, 8080],
  ['kerberos', 'both', 88],
  ['pop3', 'tcp', 110, 995],
  ['portmapper', 'both', 111],
  ['ntp', 'udp', 123],
  ['msrpc', 'tcp', 135], // OPC DA begins here
  ['netbios', 'both', 137, 138, 139],
  ['imap', 'tcp', 143, 993],
  ['snmp', 'udp', 161],
  ['snmp-trap', 'udp', 162],
  ['ldap', 'both', 389, 636],
  ['https', 'tcp', 443, 8443],
  ['smb', 'both', 445],
  ['syslog', 'both', 514],
  ['socks', 'tcp', 1080],
  ['mssql', 'both', 1433, 1434],
  ['radius', 'udp', 1812, 1813],
  ['mqtt', 'tcp', 1883, 8883],
  ['nfs', 'both', 2049],
  ['proxy', 'tcp', 3128],
  ['mysql', 'tcp', 3306],
  ['rdp', 'both', 3389],
  ['vxlan', 'udp', 4789],
  ['sip', 'both', 5060],
  ['postgresql', 'tcp', 5432],
  ['amqp', 'tcp', 5672],
  ['vnc', 'tcp', 5900],
];

const SERVICES = new Map<number, Service>();
for (const [entries, isIndustrial] of [[INDUSTRIAL, true] as const, [ORDINARY, false] as const]) {
  for (const [name, protocols, ...ports] of entries) {
    for (const port of ports) {
      const service = { name, isIndustrial };
      if (protocols !== 'udp') SERVICES.set(PROTOCOL_TCP * 65_536 + port, service);
      if (protocols !== 'tcp') SERVICES.set(PROTOCOL_UDP * 65_536 + port, service);
    }
  }
}

/** What is known to listen at a port of a protocol. */
export function serviceAt(protocol: number, port: number): Service | undefined {
  return SERVICES.get(protocol * 65_536 + port);
}

/** EtherTypes that are no IP, by their names in plants; IEEE 802.3 frames have none. */
const ETHER_TYPES = new Map([
  [0x8035, 'RARP'],
  [0x8847, 'MPLS'],
  [0x8863, 'PPPoE'],
  [0x8864, 'PPPoE'],
  [0x888e, 'EAPOL'],
  [0x8892, 'PROFINET RT'],
  [0x88a4, 'EtherCAT'],
  [0x88ab, 'POWERLINK'],
  [0x88b8, 'GOOSE'],
  [0x88b9, 'GSE management'],
  [0x88ba, 'sampled values'],
  [0x88cc, 'LLDP'],
  [0x88cd, 'SERCOS III'],
  [0x88e3, 'MRP'],
  [0x88f7, 'PTP'],
  [0x88fb, 'PRP'],
  [0x892f, 'HSR'],
  [0x9000, 'loopback test'],
]);

/** The name of an EtherType, or its number. */
export function etherTypeName(type: number): string {
  if (type < 0x0600) return 'IEEE 802.3';
  return ETHER_TYPES.get(type) ?? `0x${type.toString(16).padStart(4, '0')}`;
}
