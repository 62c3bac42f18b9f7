/**
 * A wire over UDP: one frame a datagram, as Dynamips, GNS3's uBridge and QEMU's `-netdev dgram`
 * speak it. UDP cannot say whether somebody listens, so the link is up while the socket is open.
 */
import { createSocket, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import type { RingWireEnd } from './ring-wire.ts';
import type { SocketWire } from './socket-wire.ts';
import { socketWireError } from './socket-wire.ts';
import type { Endpoint } from './wire-endpoint.ts';

/** Datagrams handed to the operating system and not yet sent; beyond them frames are lost. */
const IN_FLIGHT_MAX = 256;
const BUFFER_SIZE = 4 << 20;

export class UdpWire implements SocketWire {
  private readonly name: string;
  private readonly end: RingWireEnd;
  private readonly local: Endpoint;
  private readonly remote: Endpoint;
  private readonly socket: Socket;
  private inFlight = 0;

  constructor(name: string, ends: { local: Endpoint; remote: Endpoint }, end: RingWireEnd) {
    this.name = name;
    this.end = end;
    this.local = ends.local;
    this.remote = ends.remote;
    this.socket = createSocket(isIPv6(ends.local.host) ? 'udp6' : 'udp4');
  }

  /** Binds both ends. @throws {WireError} */
  async open(): Promise<void> {
    const { socket, local, remote } = this;
    await new Promise<void>((resolve, reject) => {
      const fail = (error: Error) => reject(socketWireError(this.name, error));
      socket.once('error', fail);
      socket.bind({ address: local.host, port: local.port, exclusive: true }, () => {
        // Connected, the socket takes in nothing but what comes from the remote end.
        socket.connect(remote.port, remote.host, (error?: Error) => {
          socket.off('error', fail);
          if (error) fail(error);
          else resolve();
        });
      });
    });
    this.enlargeBuffers();
    // Nobody listens there (yet): as on a wire, the frame is gone.
    socket.on('error', () => {});
    socket.on('message', (frame) => this.end.arrive(frame, 0, frame.length));
    this.end.setCarrier(true);
  }

  /** Sends what the port has queued. */
  pump(): void {
    while (this.end.take(this.send));
  }

  close(): void {
    this.socket.close();
  }

  private readonly send = (bytes: Uint8Array, start: number, end: number): void => {
    if (this.inFlight >= IN_FLIGHT_MAX) {
      this.end.countTx(1);
      return;
    }
    this.inFlight++;
    this.socket.send(Buffer.from(bytes.subarray(start, end)), (error) => {
      this.inFlight--;
      if (error) this.end.countTx(1);
    });
  };

  /** A burst of a breath must fit; a system that allows less gives what it allows. */
  private enlargeBuffers(): void {
    try {
      this.socket.setRecvBufferSize(BUFFER_SIZE);
      this.socket.setSendBufferSize(BUFFER_SIZE);
    } catch {
      // Smaller buffers only lose more of a burst.
    }
  }
}
