import { loadRouter, type Router } from '../../config/router.ts';
import { compileTables } from '../../firmware/boot/tables.ts';
import { ExitCode } from '../exit-code.ts';
import { type Host, hasColour } from '../host.ts';
import { colourStyle, plainStyle } from '../report/style.ts';
import { explainPacket } from './explain-packet.ts';
import { explanationText } from './explanation-text.ts';
import type { ExplainOptions } from './options.ts';
import { PacketRun } from './packet-run.ts';

function readRouter({ board, config, picksUp }: ExplainOptions): Router {
  const router = loadRouter(config, board === undefined ? {} : { board });
  if (picksUp) router.options.tcpPickup = true;
  return router;
}

function titleOf({ capture, config, packet }: ExplainOptions): string {
  if ('text' in packet) return `sluice explain: a packet after ${capture ?? 'boot'}, ${config}`;
  return `sluice explain: frame ${packet.number} of ${capture}, ${config}`;
}

/** Explains one packet: its way through the real kernel and modules. */
export async function runExplain(options: ExplainOptions, host: Host): Promise<ExitCode> {
  const router = readRouter(options);
  const firmware = await host.loadFirmware(options.system);
  const tables = compileTables(firmware.system, router);
  const run = new PacketRun(firmware, router, tables, options, host);
  const arrival = run.run();
  const explanation = explainPacket(run.packet, (packet) => run.outcomeOf(packet), arrival, {
    tables,
    router,
  });
  if (options.system !== undefined) host.stderr.write('sluice: developer mode\n');
  if (options.isJson) {
    host.stdout.write(`${JSON.stringify(explanation, null, 2)}\n`);
  } else {
    const style = hasColour(host.stdout, host.environment) ? colourStyle : plainStyle;
    host.stdout.write(explanationText(titleOf(options), explanation, style));
  }
  return ExitCode.Done;
}
