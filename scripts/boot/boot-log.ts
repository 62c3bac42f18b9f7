/**
 * The boot log on the board's console: each line is printed once what it says has happened.
 */
import type { Router } from '../../config/router.ts';
import { describeWire } from '../../config/wire.ts';
import type { Firmware } from '../../firmware/boot/assemble.ts';
import type { LoadedModule } from '../../firmware/boot/load-module.ts';
import type { Tables } from '../../firmware/boot/tables.ts';
import { formatIpv4, formatMac } from '../../netstack/address.ts';
import type { Host } from '../host.ts';
import { formatSize } from '../report/size-text.ts';
import type { Style } from '../report/style.ts';
import { formatCount, REPORT_COLUMNS, tableLines, wrap } from '../report/table.ts';
import { messagePowers, type Power, placePowers } from './authority.ts';
import type { PortWire } from './port-wires.ts';

const POWER_WIDTH = 15;
/** Of a port without an interface (IEEE 802.3). */
const MTU_DEFAULT = 1500;

export class BootLog {
  private write: (text: string) => void;
  private readonly style: Style;

  constructor(host: Host, style: Style) {
    this.write = (text) => host.stdout.write(text);
    this.style = style;
  }

  title(router: string): void {
    this.print(...wrap(`sluice boot: ${router}`, REPORT_COLUMNS).map(this.style.title));
  }

  /** The firmware has been assembled, and every module has passed the loader. */
  image(firmware: Firmware): void {
    this.print(this.style.warning('image: unsigned, developer mode'));
    const whole = { name: 'the whole image', size: firmware.image.length, digest: firmware.digest };
    for (const { name, size, digest } of [whole, ...firmware.components]) {
      this.print(`  ${name}, ${formatCount(size)} bytes`);
      this.print(this.style.quiet(`    sha256 ${digest}`));
    }
  }

  /** The tables have been compiled: what each module may do from here on. */
  authority({ modules }: Firmware, tables: Tables): void {
    const { pipeline, classes } = tables;
    for (const loaded of modules) this.module(loaded, tables);
    const order = pipeline.order.map((node) => pipeline.nameOf(node)).join(', ');
    this.heading('pipeline');
    this.item(`${formatCount(classes.classes.count)} classes of traffic`);
    this.item(`stages in this order: ${order}`);
  }

  /** A line of the audit log, if it is about a module that failed. */
  incident(line: string): void {
    const { time, event, module, call, fault, remedy, repeated } = JSON.parse(line);
    const what = `${fault} in ${call}`;
    if (event === 'quarantine') {
      this.print(this.style.warning(`${time} s: module ${module} is quarantined after ${what}`));
    } else if (event === 'fault' && repeated === undefined) {
      this.print(`${time} s: module ${module} failed, ${what}: ${remedy}`);
    }
  }

  policy(router: Router): void {
    const { flows } = router;
    const count = flows.length === 1 ? '1 flow' : `${formatCount(flows.length)} flows`;
    this.heading(`policy: default deny, ${count} may be carried`);
    for (const { name, from, to, matchText } of flows) {
      this.item(`${name}: ${from} > ${to}, ${matchText === '' ? 'anything' : matchText}`);
    }
    if (router.options.tcpPickup) this.item('TCP connections are taken up in their middle');
  }

  /** The kernel runs, every module is configured, the ports have their addresses. */
  board({ board, interfaces }: Router): void {
    const slots = `${formatCount(board.frameSlots)} frame slots`;
    this.heading(`board ${board.name}: ${slots}, ${formatCount(board.flowCapacity)} flow entries`);
    const rows = board.ports.map(({ name, mac }, port) => {
      const face = interfaces.find((entry) => entry.port === port);
      const address = face && `${formatIpv4(face.address)}/${face.prefixLength}`;
      return [
        name,
        formatMac(mac),
        String(face?.mtu ?? MTU_DEFAULT),
        face?.zone ?? 'none',
        address ?? 'none',
      ];
    });
    const head = ['port', 'MAC address', 'MTU', 'zone', 'address'];
    const [first, ...rest] = tableLines({ head, rows, indent: 2 });
    this.print(this.style.quiet(first), ...rest);
  }

  /** What each port is plugged into. */
  wires({ board }: Router, wires: readonly PortWire[]): void {
    this.heading('wires');
    for (const [port, { name }] of board.ports.entries()) {
      const wire = wires.find((candidate) => candidate.port === port);
      this.item(`${name}: ${describeWire(wire?.spec ?? { kind: 'none' })}`);
    }
    if (!wires.some(({ spec }) => spec.kind === 'capture')) return;
    this.item(
      "unicast frames get their port's MAC address: it stands in for the capture's gateway",
    );
    this.item(
      'the subnets behind these ports answer ARP with 02:00 and the four bytes of the address',
    );
  }

  /** The board runs until `end`, or for `ms` at most. */
  running(end: string, ms: number | undefined): void {
    const limit = ms === undefined ? '' : `, for ${ms / 1000} s at most`;
    this.heading(`running until ${end}${limit}`);
  }

  heading(text: string): void {
    this.print('', ...wrap(text, REPORT_COLUMNS).map(this.style.heading));
  }

  item(text: string): void {
    const [first = '', ...rest] = wrap(text, REPORT_COLUMNS - 4);
    this.print(`  ${first}`, ...rest.map((line) => `    ${line}`));
  }

  private module(loaded: LoadedModule, { pipeline }: Tables): void {
    const { name, manifest, memory } = loaded;
    this.heading(`module ${name} ${manifest.version}: ${formatSize(memory)} of memory, no imports`);
    this.item(manifest.summary);
    const places = pipeline.places.filter(
      (entry) => pipeline.system.modules[entry.module].name === name,
    );
    for (const entry of places) {
      if (places.length > 1) this.print(`  at ${entry.label}`);
      this.powers(placePowers(pipeline, entry));
    }
    if (places.length > 1) this.print('  at any place');
    this.powers(messagePowers(pipeline, loaded));
  }

  private powers(powers: readonly Power[]): void {
    for (const [power, what] of powers) {
      const [first = '', ...rest] = wrap(what, REPORT_COLUMNS - POWER_WIDTH - 4);
      this.print(`    ${power.padEnd(POWER_WIDTH)}${first}`);
      for (const line of rest) this.print(' '.repeat(POWER_WIDTH + 4) + line);
    }
  }

  /** From here on `write` has what is told, such as above a prompt. */
  writeBy(write: (text: string) => void): void {
    this.write = write;
  }

  private print(...lines: readonly string[]): void {
    this.write(lines.map((line) => `${line}\n`).join(''));
  }
}
