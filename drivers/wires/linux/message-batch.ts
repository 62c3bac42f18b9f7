/**
 * A batch of messages for recvmmsg and sendmmsg. Layout on 64-bit Linux:
 *
 *   mmsghdr, 64 bytes   0 name   8 name's size   16 iovec's address   24 iovecs   32 control's
 *                       address  40 control's size   48 flags   56 u32 bytes received or sent
 *   iovec, 16 bytes     0 address   8 size
 *   control, 64 bytes   0 u64 size   8 u32 level   12 u32 type   16 tpacket_auxdata
 */
import type { Libc } from './libc.ts';

const HEADER_SIZE = 64;
const IOVEC_SIZE = 16;
const CONTROL_SIZE = 64;
const MSG_DONTWAIT = 0x40;
const MSG_TRUNC = 0x20;

/** Headers and vectors of `count` messages; `controls`: with room for what comes beside each. */
export class MessageBatch {
  readonly count: number;
  readonly control: DataView | null;
  // Held here because their addresses stand in one another, and koffi keeps none of them alive.
  private readonly headers: Uint8Array;
  private readonly iovecs: Uint8Array;
  private readonly controls: Uint8Array | null;
  private readonly headerWords: Uint32Array;
  private readonly iovecWords: Uint32Array;
  private readonly address: number;
  private readonly libc: Libc;

  constructor(libc: Libc, count: number, options: { controls: boolean }) {
    this.libc = libc;
    this.count = count;
    this.headers = new Uint8Array(count * HEADER_SIZE);
    this.iovecs = new Uint8Array(count * IOVEC_SIZE);
    this.controls = options.controls ? new Uint8Array(count * CONTROL_SIZE) : null;
    this.control = this.controls && new DataView(this.controls.buffer);
    this.headerWords = new Uint32Array(this.headers.buffer);
    this.iovecWords = new Uint32Array(this.iovecs.buffer);
    this.address = libc.addressOf(this.headers);
    const view = new DataView(this.headers.buffer);
    const iovecs = libc.addressOf(this.iovecs);
    const controls = this.controls === null ? 0 : libc.addressOf(this.controls);
    for (let i = 0; i < count; i++) {
      const at = i * HEADER_SIZE;
      view.setBigUint64(at + 16, BigInt(iovecs + i * IOVEC_SIZE), true);
      view.setBigUint64(at + 24, 1n, true);
      if (controls !== 0) view.setBigUint64(at + 32, BigInt(controls + i * CONTROL_SIZE), true);
    }
  }

  /** The i-th message's bytes are `size` bytes at an address. */
  set(i: number, address: number, size: number): void {
    const at = i * (IOVEC_SIZE / 4);
    this.iovecWords[at] = address >>> 0;
    this.iovecWords[at + 1] = Math.floor(address / 0x1_0000_0000);
    this.iovecWords[at + 2] = size;
  }

  /** Receives into all messages; how many there were, 0 for none, -1: see errno. */
  receive(fd: number): number {
    const { headerWords } = this;
    if (this.controls !== null) {
      for (let i = 0; i < this.count; i++) headerWords[i * 16 + 10] = CONTROL_SIZE;
    }
    return this.libc.recvmmsg(fd, this.address, this.count, MSG_DONTWAIT | MSG_TRUNC, 0);
  }

  /** Bytes of the i-th message, as long as it was, whatever had room. */
  size(i: number): number {
    return this.headerWords[i * 16 + 14]!;
  }

  /** Where the i-th message's control data begins in `control`; -1: there is none. */
  controlOffset(i: number): number {
    return this.headerWords[i * 16 + 10] === 0 ? -1 : i * CONTROL_SIZE;
  }

  /** Sends messages `from`..`to`; how many went, -1 that the first was refused: see errno. */
  send(fd: number, from: number, to: number): number {
    return this.libc.sendmmsg(fd, this.address + from * HEADER_SIZE, to - from, MSG_DONTWAIT);
  }
}
