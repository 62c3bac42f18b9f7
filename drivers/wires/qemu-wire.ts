/**
 * A wire over a byte stream, as QEMU's `-netdev stream` speaks it; passt does too. One end
 * listens, the other connects. The link is up while the far end is there.
 */
import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { RING_FRAME_SIZE_MAX } from './frame-ring.ts';
import type { RingWireEnd } from './ring-wire.ts';
import { type SocketWire, socketWireError } from './socket-wire.ts';
import { FRAME_LENGTH_SIZE, StreamFramer } from './stream-framer.ts';
import { listenForOwner } from './unix-socket.ts';
import type { StreamAddress, StreamRole } from './wire-endpoint.ts';

/** Between two attempts to reach a far end that is not there. */
const RECONNECT_MS = 500;
/** A far end that is gone before was none: whoever only asks if somebody listens. */
const SETTLE_MS = 20;
/** Bytes that wait for a slow far end; beyond them frames are lost. */
const BACKLOG_SIZE_MAX = 1 << 20;
/** Bytes of frames that are written in one piece. */
const BATCH_SIZE = 1 << 16;

export class QemuWire implements SocketWire {
  private readonly name: string;
  private readonly role: StreamRole;
  private readonly address: StreamAddress;
  private readonly end: RingWireEnd;
  private readonly batch = Buffer.allocUnsafe(BATCH_SIZE + FRAME_LENGTH_SIZE + RING_FRAME_SIZE_MAX);
  private filled = 0;
  private server: Server | null = null;
  private peer: Socket | null = null;
  private timer: NodeJS.Timeout | null = null;
  private isClosed = false;

  constructor(
    name: string,
    { role, address }: { role: StreamRole; address: StreamAddress },
    end: RingWireEnd,
  ) {
    this.name = name;
    this.role = role;
    this.address = address;
    this.end = end;
  }

  /** Listens, or begins to look for the far end. @throws {WireError} */
  async open(): Promise<void> {
    if (this.role === 'listen') return this.listen();
    await this.find();
    this.connect();
  }

  pump(): void {
    const { peer, end } = this;
    if (peer === null) return;
    const isSlow = peer.writableLength > BACKLOG_SIZE_MAX;
    while (end.take(isSlow ? this.lose : this.gather)) if (this.filled >= BATCH_SIZE) this.write();
    this.write();
  }

  close(): void {
    this.isClosed = true;
    if (this.timer !== null) clearTimeout(this.timer);
    this.peer?.destroy();
    this.server?.close();
  }

  /** Asks for the far end's name once: nobody would see that it is misspelt. */
  private async find(): Promise<void> {
    try {
      if ('host' in this.address) await lookup(this.address.host);
    } catch (error) {
      throw socketWireError(this.name, error as Error);
    }
  }

  private async listen(): Promise<void> {
    const { address } = this;
    const server = createServer((socket) => {
      // One far end: whoever comes second is shown the door.
      if (this.peer === null) this.greet(socket);
      else socket.destroy();
    });
    this.server = server;
    try {
      // Whoever can open the socket is the far side of a port: that is for the owner only.
      if ('path' in address) await listenForOwner(server, address.path);
      else {
        server.listen(address);
        await once(server, 'listening');
      }
    } catch (error) {
      throw socketWireError(this.name, error as Error);
    }
    server.on('error', () => {});
  }

  private connect(): void {
    const socket = connect(this.address);
    socket.once('connect', () => this.greet(socket));
    socket.on('error', () => {});
    socket.once('close', () => {
      if (this.isClosed) return;
      this.timer = setTimeout(() => this.connect(), RECONNECT_MS);
    });
  }

  private greet(socket: Socket): void {
    this.peer = socket;
    socket.setNoDelay(true);
    const framer = new StreamFramer(RING_FRAME_SIZE_MAX, (bytes, start, end) =>
      this.end.arrive(bytes, start, end),
    );
    socket.on('data', (chunk) => {
      try {
        framer.push(chunk);
      } catch {
        // It does not speak the format; nothing that follows can be read.
        this.end.countRx();
        socket.destroy();
      }
    });
    socket.on('error', () => {});
    // A busy process is told late that it is gone: what has come meanwhile is looked at first.
    const settled = setTimeout(() => setImmediate(() => this.settle(socket)), SETTLE_MS);
    socket.once('close', () => {
      clearTimeout(settled);
      this.peer = null;
      this.end.setCarrier(false);
    });
  }

  private settle(socket: Socket): void {
    if (this.peer === socket && !socket.readableEnded) this.end.setCarrier(true);
  }

  private readonly lose = (): void => this.end.countTx(1);

  private readonly gather = (bytes: Uint8Array, start: number, end: number): void => {
    const { batch, filled } = this;
    batch.writeUInt32BE(end - start, filled);
    batch.set(bytes.subarray(start, end), filled + FRAME_LENGTH_SIZE);
    this.filled = filled + FRAME_LENGTH_SIZE + end - start;
  };

  private write(): void {
    if (this.filled === 0) return;
    this.peer?.write(Buffer.from(this.batch.subarray(0, this.filled)));
    this.filled = 0;
  }
}
