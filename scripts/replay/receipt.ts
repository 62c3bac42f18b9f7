/**
 * The receipt of a run: one digest of all that went in and all that came out. Equal receipts mean
 * the same firmware did the same with the same frames. Nothing of the host is in it: no path, no
 * clock, no version of Node or of the operating system.
 */
import { createHash } from 'node:crypto';
import type { OutputThread } from '../../drivers/output-thread.ts';
import type { AuditEnd } from '../../firmware/board/audit.ts';
import { FrameDigest } from './frame-digest.ts';

/** What ran: digests in hex of the firmware and of the configuration, and the ports' names. */
export interface ReceiptSubject {
  readonly firmware: string;
  readonly configuration: string;
  readonly ports: readonly string[];
}

/** Gathers a receipt. Frames are `data[start..end)`; ports are indexes; times as captured. */
export class Receipt {
  private readonly subject: ReceiptSubject;
  private readonly arrived: FrameDigest;
  /** One a port: in which order ports are emptied depends on how the work was cut into vectors. */
  private readonly sent: readonly FrameDigest[];

  /** With a thread, it is the thread that hashes. */
  constructor(subject: ReceiptSubject, thread: OutputThread | null = null) {
    this.subject = subject;
    this.arrived = new FrameDigest(thread);
    this.sent = subject.ports.map(() => new FrameDigest(thread));
  }

  /** A frame as it was put on the wire of a port, in the order of arrival over all ports. */
  addArrived(
    port: number,
    seconds: number,
    nanoseconds: number,
    data: Uint8Array,
    start: number,
    end: number,
    wireLength: number,
  ): void {
    this.arrived.add(port, seconds, nanoseconds, data, start, end, wireLength);
  }

  /** A frame that a port has sent, in that port's order. */
  addSent(
    port: number,
    seconds: number,
    nanoseconds: number,
    data: Uint8Array,
    start: number,
    end: number,
  ): void {
    this.sent[port].add(port, seconds, nanoseconds, data, start, end, end - start);
  }

  /** Frames as `addArrived` takes them, in the form of FrameDigest. */
  addArrivedRecords(records: Uint8Array): void {
    this.arrived.addRecords(records);
  }

  /** Frames as `addSent` takes them, in the form of FrameDigest. */
  addSentRecords(port: number, records: Uint8Array): void {
    this.sent[port].addRecords(records);
  }

  /** SHA-256 in hex; `audit` is the end of the audit log. There is nothing to add after it. */
  finish(audit: AuditEnd): string {
    const { firmware, configuration, ports } = this.subject;
    const lines = [
      'sluice receipt 1',
      `firmware ${firmware}`,
      `configuration ${configuration}`,
      `arrived ${this.arrived.finish()}`,
      ...ports.map((name, port) => `sent ${name} ${this.sent[port].finish()}`),
      `audit ${audit.lines} ${audit.head}`,
    ];
    return createHash('sha256')
      .update(`${lines.join('\n')}\n`)
      .digest('hex');
  }
}
