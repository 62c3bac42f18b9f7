/** The IPv4 hosts of a capture: their MAC addresses, and what each did. */
import { isUnicastMac } from '../../netstack/address.ts';
import { addressKind, subnet24Of } from './special-addresses.ts';

/** Hosts that are told apart; a scan of more is a scan, and the rest is said to be left out. */
export const HOSTS_MAX = 65_536;
/** Pairs of subnets that are remembered to share a wire. */
const SHARED_WIRES_MAX = 1024;

export interface Host {
  readonly address: number;
  /** Whose frames carry its packets: its own MAC, or that of its router; 0: none seen. */
  mac: number;
  /** Where packets for it are sent on this wire; 0: none seen. */
  macTo: number;
  /** It speaks ARP: it is on the captured wire itself. */
  isOnWire: boolean;
  sent: number;
  received: number;
  /** Bytes of the longest IP packet to it. */
  lengthMax: number;
}

export class Hosts {
  readonly all = new Map<number, Host>();
  /** Pairs of /24s that ARP shows on one wire: keys are `low * 2^24 + high`, of their top bits. */
  readonly sharedWires = new Set<number>();

  /** An ARP sender, and whom it asks for or answers. */
  arp(sender: number, mac: number, target: number): void {
    const host = this.find(sender);
    if (host !== null) {
      host.isOnWire = true;
      if (mac !== 0 && isUnicastMac(mac)) host.mac = mac;
    }
    const [a, b] = [subnet24Of(sender) / 256, subnet24Of(target) / 256];
    if (a === b || addressKind(target) !== 'host' || this.sharedWires.size >= SHARED_WIRES_MAX) {
      return;
    }
    this.sharedWires.add(Math.min(a, b) * 2 ** 24 + Math.max(a, b));
  }

  /** A packet's source; false where there are too many hosts. */
  sent(address: number, mac: number): boolean {
    const host = this.find(address);
    if (host === null) return false;
    host.sent++;
    if (!host.isOnWire && mac !== 0) host.mac = mac;
    return true;
  }

  /** A packet's destination; false where there are too many hosts. */
  received(address: number, mac: number, length: number): boolean {
    const host = this.find(address);
    if (host === null) return false;
    host.received++;
    host.macTo = mac;
    if (length > host.lengthMax) host.lengthMax = length;
    return true;
  }

  private find(address: number): Host | null {
    const known = this.all.get(address);
    if (known !== undefined) return known;
    if (this.all.size >= HOSTS_MAX) return null;
    const host: Host = {
      address,
      mac: 0,
      macTo: 0,
      isOnWire: false,
      sent: 0,
      received: 0,
      lengthMax: 0,
    };
    this.all.set(address, host);
    return host;
  }
}
