/** A column's value as people write it. */
import { HELD_NEW, HELD_RELEASED, PORT_NONE } from '../../config/abi.ts';
import type { ColumnName } from '../../config/columns.ts';
import { dropReasonName } from '../../config/drop-reasons.ts';
import type { ColumnValue } from '../../firmware/report/kernel-rows.ts';
import { formatIpv4, formatMac } from '../../netstack/address.ts';
import { formatIpv6 } from '../../netstack/address6.ts';
import { describeTcpFlags } from '../../netstack/tcp.ts';

/** Bytes of a window that a person is shown; `--json` has all of them. */
const BYTES_SHOWN_MAX = 16;

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

function heldText(held: number): string {
  if (held === HELD_NEW) return 'new';
  return held === HELD_RELEASED ? 'released' : 'timed-out';
}

function portText(port: number, ports: readonly { readonly name: string }[]): string {
  return port === PORT_NONE ? 'none' : (ports[port]?.name ?? String(port));
}

function ipv6Text(bytes: Uint8Array): string {
  return formatIpv6(BigInt(`0x${hex(bytes)}`));
}

/** The whole value: a port by its name, an address in its notation, bytes in hex. */
export function columnText(
  column: ColumnName,
  value: ColumnValue,
  ports: readonly { readonly name: string }[],
): string {
  if (value instanceof Uint8Array) {
    return column === 'ipv6.src' || column === 'ipv6.dst' ? ipv6Text(value) : hex(value);
  }
  switch (column) {
    case 'meta.ingress':
    case 'meta.egress':
      return portText(value, ports);
    case 'meta.held':
      return heldText(value);
    case 'meta.reason':
      return value === 0 ? 'none' : (dropReasonName(value) ?? String(value));
    case 'meta.nexthop':
      return value === 0 ? 'none' : formatIpv4(value);
    case 'ipv4.src':
    case 'ipv4.dst':
    case 'quoted.ipv4.src':
    case 'quoted.ipv4.dst':
      return formatIpv4(value);
    case 'eth.src':
    case 'eth.dst':
      return formatMac(value);
    case 'eth.type':
      return `0x${value.toString(16).padStart(4, '0')}`;
    case 'tcp.flags':
      return describeTcpFlags(value);
    default:
      return String(value);
  }
}

/** A text of `columnText` as it is shown: long bytes are cut. */
export function shortened(text: string): string {
  const isLong = /^[0-9a-f]+$/.test(text) && text.length > BYTES_SHOWN_MAX * 2;
  return isLong ? `${text.slice(0, BYTES_SHOWN_MAX * 2)}… (${text.length / 2} bytes)` : text;
}
