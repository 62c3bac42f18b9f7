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
  const { syn, ack, psh, fin } = TCP_FLAGS;
  let timeUs = startUs;
  /** The two ends, each with the sequence number of its next byte. */
  const near = { endpoint: client, next: 1000 * client.port };
  const far = { endpoint: { host: plc, port: 502 }, next: 5000 * client.port };
  const say = (from: typeof near, flags: number, payload: Uint8Array = new Uint8Array(0)) => {
    const to = from === near ? far : near;
    const acknowledgement = flags & ack ? to.next : 0;
    const segment = { flags, sequence: from.next, acknowledgement, payload };
    story.tcp(timeUs, from.endpoint, to.endpoint, segment);
    // SYN and FIN count as a byte each (RFC 9293 3.4).
    from.next += payload.length + (flags & (syn | fin) ? 1 : 0);
    timeUs += 400;
  };
  say(near, syn);
  say(far, syn | ack);
  say(near, ack);
  for (let transaction = 1; transaction <= requests; transaction++) {
    say(near, psh | ack, modbusRequest(transaction));
    timeUs += 2_000; // the controller's scan
    say(far, psh | ack, modbusResponse(transaction));
    say(near, ack);
    timeUs += 200_000;
  }
  say(near, fin | ack);
  say(far, fin | ack);
  say(near, ack);
}
