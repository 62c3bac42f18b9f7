/**
 * What a port is plugged into, as `--wire` and a router file's `wires` write it: KIND:WHAT.
 */
import { formatIpv4, parseIpv4 } from '../netstack/address.ts';
import { didYouMean } from './spelling.ts';

/** An address and a port of UDP or TCP. */
export interface WireEndpoint {
  host: string;
  port: number;
}

/** A wire as written; what it names has not been looked for. */
export type WireSpec =
  | { kind: 'none' }
  | { kind: 'capture'; in: string; out: string | undefined }
  | { kind: 'host'; address: number }
  | { kind: 'udp'; local: WireEndpoint; remote: WireEndpoint }
  | { kind: 'qemu'; role: 'listen' | 'connect'; address: WireEndpoint | { path: string } }
  | { kind: 'tap'; name: string }
  | { kind: 'packet'; name: string };

/** The forms, for help and hints. */
export const WIRE_FORMS: Readonly<Record<WireSpec['kind'], string>> = {
  none: 'none',
  capture: 'capture:IN[,OUT]',
  host: 'host:ADDRESS',
  udp: 'udp:LOCAL:PORT,REMOTE:PORT',
  qemu: 'qemu:unix:PATH or qemu:HOST:PORT, and [,listen|,connect]',
  tap: 'tap:NAME',
  packet: 'packet:INTERFACE',
};

/** A UNIX socket's path has at most 107 bytes on Linux, 103 elsewhere. */
const SOCKET_PATH_SIZE_MAX = 103;

/** What a form does not say of its names and numbers. */
const RULES: Readonly<Partial<Record<WireSpec['kind'], string>>> = {
  udp: '; a PORT is 1 to 65535',
  qemu: `; a PORT is 1 to 65535, a PATH has ${SOCKET_PATH_SIZE_MAX} bytes at most`,
  tap: '; a NAME has 15 characters at most',
  packet: '; an INTERFACE has 15 characters at most',
};

/** Why a text is no wire: one line, and what to write instead. */
export class WireTextError extends Error {
  override readonly name = 'WireTextError';
  readonly hint: string;

  constructor(message: string, hint: string) {
    super(message);
    this.hint = hint;
  }
}

/** Linux: at most 15 bytes, no blanks, no slash. */
const INTERFACE_NAME = /^[!-.0-~]{1,15}$/;
const UNIX = 'unix:';

/** @throws {WireTextError} */
export function parseWire(text: string): WireSpec {
  const colon = text.indexOf(':');
  const kind = colon < 0 ? text : text.slice(0, colon);
  const rest = colon < 0 ? null : text.slice(colon + 1);
  if (!Object.hasOwn(WIRE_FORMS, kind)) {
    const hint = didYouMean(kind, Object.keys(WIRE_FORMS)) ?? Object.values(WIRE_FORMS).join('; ');
    throw new WireTextError(`"${kind}" is no kind of wire`, hint);
  }
  const spec = read(kind as WireSpec['kind'], rest);
  if (spec !== null) return spec;
  const hint = `write ${WIRE_FORMS[kind as 'none']}${RULES[kind as 'none'] ?? ''}`;
  throw new WireTextError(`"${text}" is no ${kind} wire`, hint);
}

function read(kind: WireSpec['kind'], rest: string | null): WireSpec | null {
  if (kind === 'none') return rest === null ? { kind } : null;
  if (rest === null || rest === '') return null;
  switch (kind) {
    case 'capture':
      return readCapture(rest);
    case 'host': {
      const address = parseIpv4(rest);
      return address === null ? null : { kind, address };
    }
    case 'udp':
      return readUdp(rest);
    case 'qemu':
      return readQemu(rest);
    default:
      return isInterfaceName(rest) ? { kind, name: rest } : null;
  }
}

function isInterfaceName(text: string): boolean {
  return INTERFACE_NAME.test(text) && text !== '.' && text !== '..';
}

function readCapture(rest: string): WireSpec | null {
  const [file = '', out, ...more] = rest.split(',');
  return file === '' || out === '' || more.length > 0 ? null : { kind: 'capture', in: file, out };
}

/** HOST:PORT, where an IPv6 address stands in brackets. */
function readEndpoint(text: string): WireEndpoint | null {
  const match = /^(?:\[([0-9A-Fa-f:.%\w]+)\]|([^:[\]\s,]+)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  if (match === null || port < 1 || port > 65_535) return null;
  return { host: (match[1] ?? match[2])!, port };
}

function readUdp(rest: string): WireSpec | null {
  const [first = '', second = '', ...more] = rest.split(',');
  const local = readEndpoint(first);
  const remote = readEndpoint(second);
  if (local === null || remote === null || more.length > 0) return null;
  return { kind: 'udp', local, remote };
}

/** The end listens unless it is told to connect: so QEMU can be started and ended at will. */
function readQemu(rest: string): WireSpec | null {
  const match = /^(.*?)(?:,(listen|connect))?$/s.exec(rest)!;
  const where = match[1]!;
  const role = match[2] === 'connect' ? 'connect' : 'listen';
  if (where.startsWith(UNIX)) {
    const path = where.slice(UNIX.length);
    const isPath = path !== '' && Buffer.byteLength(path) <= SOCKET_PATH_SIZE_MAX;
    return isPath ? { kind: 'qemu', role, address: { path } } : null;
  }
  const address = readEndpoint(where);
  return address === null ? null : { kind: 'qemu', role, address };
}

function describeEndpoint({ host, port }: WireEndpoint): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** What a wire is, for the boot log. */
export function describeWire(spec: WireSpec): string {
  switch (spec.kind) {
    case 'none':
      return 'none, link down';
    case 'capture':
      return `reads ${spec.in}${spec.out === undefined ? '' : `, writes ${spec.out}`}`;
    case 'host':
      return `a simulated host, ${formatIpv4(spec.address)}`;
    case 'udp':
      return `UDP from ${describeEndpoint(spec.local)} to ${describeEndpoint(spec.remote)}`;
    case 'qemu': {
      const { role, address } = spec;
      const where = 'path' in address ? address.path : describeEndpoint(address);
      const how = role === 'listen' ? 'listening at' : 'connecting to';
      return `QEMU's stream format, ${how} ${where}`;
    }
    case 'tap':
      return `TAP device ${spec.name}`;
    case 'packet':
      return `network interface ${spec.name}`;
  }
}
