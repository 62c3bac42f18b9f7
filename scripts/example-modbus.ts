/**
 * A client that polls a controller, for example captures.
 */
import { TCP_FLAGS } from '../netstack/tcp.ts';
import type { Endpoint, Story } from './example-story.ts';

/** Modbus/TCP: transaction, protocol 0, length, unit 1, function 3 (read holding registers). */
function modbusRequest(transaction: number): Uint8Array {
  return Uint8Array.of(transaction >> 8, transaction & 255, 0, 0, 0, 6, 1, 3, 0, 100, 0, 4);
}

function modbusResponse(transaction: number): Uint8Array {
  const registers = Array.from({ length: 8 }, (_, index) => (transaction * 7 + index * 13) & 255);
  const length = 3 + registers.length;
  const header = [transaction >> 8, transaction & 255, 0, 0, 0, length, 1, 3, registers.length];
  return Uint8Array.from([...header, ...registers]);
}

/** One connection: handshake, requests with their responses, and an orderly end from the client. */
export function poll(
  story: Story,
  startUs: number,
  { client, plc, requests }: { client: Endpoint; plc: string; requests: number },
): void {
  const server = { host: plc, port: 502 };
  const { syn, ack, psh, fin } = TCP_FLAGS;
  let timeUs = startUs;
  let sent = 1000 * client.port;
  let received = 5000 * client.port;
  const fromClient = (flags: number, payload: Uint8Array = new Uint8Array(0)) => {
    story.tcp(timeUs, client, server, {
      flags,
      sequence: sent,
      acknowledgement: received,
      payload,
    });
    sent += payload.length;
    timeUs += 400;
  };
  const fromServer = (flags: number, payload: Uint8Array = new Uint8Array(0)) => {
    story.tcp(timeUs, server, client, {
      flags,
      sequence: received,
      acknowledgement: sent,
      payload,
    });
    received += payload.length;
    timeUs += 400;
  };
  story.tcp(timeUs, client, server, { flags: syn, sequence: sent++, acknowledgement: 0 });
  timeUs += 400;
  fromServer(syn | ack);
  received++;
  fromClient(ack);
  for (let transaction = 1; transaction <= requests; transaction++) {
    fromClient(psh | ack, modbusRequest(transaction));
    timeUs += 2_000; // the controller's scan
    fromServer(psh | ack, modbusResponse(transaction));
    fromClient(ack);
    timeUs += 200_000;
  }
  fromClient(fin | ack);
  sent++;
  fromServer(fin | ack);
  received++;
  fromClient(ack);
}
