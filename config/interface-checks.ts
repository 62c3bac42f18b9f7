/**
 * The interfaces of a router file: held against the board, the address plan and each other.
 */
import { type Cidr, formatCidr, formatIpv4, networkOf } from '../netstack/address.ts';
import {
  type AddressRange,
  rangeOf,
  rangesOverlap,
  whyMartian,
  whyNotHost,
} from './address-range.ts';
import type { Board } from './board.ts';
import type { ConfigurationFile } from './configuration-file.ts';
import { freeSubnet } from './free-subnet.ts';
import { INTERFACES_MAX } from './limits.ts';
import { isZoneWord } from './match-field.ts';
import type { Interface } from './router.ts';
import type { RouterData } from './router-schema.ts';
import { didYouMean } from './spelling.ts';

/** The zone of the router itself: in `from` and `to` of flows only. */
export const ZONE_ROUTER = 'router';

/** The interfaces, in file order; `board` is null where it could not be loaded. */
export function readInterfaces(
  file: ConfigurationFile<RouterData>,
  board: Board | null,
): Interface[] {
  const entries = Object.entries(file.data.interfaces);
  if (entries.length === 0 && !file.damaged.has('interfaces')) {
    const hint = 'add one, e.g. lan0: { port: eth0, zone: office, address: 10.1.0.1/24 }';
    file.report('CONFIG_REQUIRED', ['interfaces'], 'the router has no interface', hint);
  }
  if (entries.length > INTERFACES_MAX) {
    const message = `${entries.length} interfaces; a router has at most ${INTERFACES_MAX}`;
    file.report('CONFIG_LIMIT', ['interfaces'], message, 'use a second router');
  }
  const ports = board?.ports.map(({ name }) => name) ?? [];
  const interfaces = entries.map(([name, { port, zone, address, mtu }]) => ({
    name,
    port: ports.indexOf(port),
    portName: port,
    zone,
    address: address.address,
    prefixLength: address.length,
    mtu,
  }));
  for (const each of interfaces) {
    if (board !== null && each.port < 0) {
      const path = ['interfaces', each.name, 'port'];
      const message = `board ${board.name} has no port "${each.portName}"`;
      file.report('CONFIG_UNKNOWN_PORT', path, message, didYouMean(each.portName, ports));
    }
    checkZone(file, each);
    checkAddress(file, each);
  }
  checkSharing(file, interfaces);
  return interfaces;
}

function checkZone(file: ConfigurationFile<RouterData>, { name, zone }: Interface): void {
  const path = ['interfaces', name, 'zone'];
  if (zone === ZONE_ROUTER) {
    const message = '"router" is the router itself, not a zone of interfaces';
    file.report('CONFIG_RESERVED', path, message, 'name the zone otherwise');
  } else if (!isZoneWord(zone)) {
    const message = `"${zone}" is a word of the match language`;
    file.report('CONFIG_RESERVED', path, message, 'name the zone otherwise');
  }
}

function checkAddress(file: ConfigurationFile<RouterData>, each: Interface): void {
  const path = ['interfaces', each.name, 'address'];
  const text = formatIpv4(each.address);
  if (each.prefixLength === 0) {
    const message = `${text}/0 would make every address a neighbour`;
    file.report('CONFIG_ADDRESS', path, message, 'give the length of the subnet, e.g. /24');
    return;
  }
  const why = whyMartian(each.address) ?? whyNotHost(each.address, each.prefixLength);
  if (why === undefined) return;
  const message = `${text} is ${why}, which no interface can have`;
  file.report('CONFIG_ADDRESS', path, message, 'give it an address of a host on its subnet');
}

function checkSharing(file: ConfigurationFile<RouterData>, interfaces: Interface[]): void {
  const owners = new Map<string, string>();
  const taken: (Subnet & { name: string; text: string })[] = [];
  for (const { name, portName, address, prefixLength } of interfaces) {
    const owner = owners.get(portName);
    if (owner !== undefined) {
      const message = `port ${portName} already has interface ${owner}`;
      const hint = 'a port has one interface';
      file.report('CONFIG_DUPLICATE', ['interfaces', name, 'port'], message, hint);
    }
    owners.set(portName, name);
    if (prefixLength === 0) continue;
    const cidr = subnetOf({ address, prefixLength });
    const range = rangeOf(cidr);
    const text = formatCidr({ ...cidr, address: networkOf(cidr) });
    const other = taken.find((before) => isConflict(before, { address, prefixLength, range }));
    if (other !== undefined) {
      const message = `subnet ${text} overlaps ${other.text} of ${other.name}`;
      const free = freeSubnet(cidr, interfaces.map(subnetOf));
      const example = free === null ? '' : `, e.g. one of ${formatCidr(free)}`;
      const hint = `give each interface a subnet of its own${example}`;
      file.report('CONFIG_OVERLAP', ['interfaces', name, 'address'], message, hint);
    }
    taken.push({ name, text, address, prefixLength, range });
  }
}

function subnetOf({ address, prefixLength }: Pick<Interface, 'address' | 'prefixLength'>): Cidr {
  return { address, length: prefixLength };
}

type Subnet = Pick<Interface, 'address' | 'prefixLength'> & { range: AddressRange };

/**
 * Subnets may not overlap, but one address alone (/32) may lie among the hosts of another subnet:
 * an interface without a subnet of its own, whose neighbours on-link routes name.
 */
function isConflict(a: Subnet, b: Subnet): boolean {
  if (!rangesOverlap(a.range, b.range)) return false;
  const [single, around] = a.prefixLength === 32 ? [a, b] : [b, a];
  if (single.prefixLength !== 32 || around.prefixLength === 32) return true;
  const { address, prefixLength } = around;
  return single.address === address || whyNotHost(single.address, prefixLength) !== undefined;
}
