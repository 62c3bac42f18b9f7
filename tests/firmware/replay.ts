/** A capture through a board, as `sluice replay` would feed it, and all that came of it. */
import { createHash } from 'node:crypto';
import { VECTOR_ROWS_MAX } from '../../config/abi.ts';
import type { Router } from '../../config/router.ts';
import { FarSide } from '../../drivers/far-side.ts';
import { Board, type BoardOptions } from '../../firmware/board/board.ts';
import { neighborRanges } from '../../firmware/boot/address-map.ts';
import type { Firmware } from '../../firmware/boot/assemble.ts';
import { compileTables } from '../../firmware/boot/tables.ts';
import { AuditLog } from '../../firmware/report/audit-log.ts';
import { type Counters, readCounters } from '../../firmware/report/counters.ts';
import { rewriteDestination } from '../../scripts/replay/rewrite-destination.ts';
import { SourcePorts } from '../../scripts/replay/source-ports.ts';
import { requireConservation } from './counter-difference.ts';
import type { CapturedFrame } from './shared-frames.ts';

/** What a run brought; equal runs have equal results. */
export interface ReplayResult {
  readonly counters: Counters;
  /** SHA-256 over port, time and bytes of every frame sent, in order. */
  readonly sent: string;
  readonly audit: readonly string[];
  /** Bytes of the kernel's memory, before and after. */
  readonly memory: readonly [number, number];
}

/** Replays frames in their order; time never goes back. */
export function replay(
  firmware: Firmware,
  router: Router,
  frames: Iterable<CapturedFrame>,
  options: BoardOptions = {},
): ReplayResult {
  const audit: string[] = [];
  const tables = compileTables(firmware.system, router);
  const board = new Board(firmware, router, tables, {
    ...options,
    openAudit: (opened) => new AuditLog(opened, (line) => audit.push(line)),
  });
  const hash = createHash('sha256');
  const farSides = board.nics.map(
    (nic, port) =>
      new FarSide(
        nic,
        neighborRanges(router).filter((range) => range.port === port),
      ),
  );
  board.onBreath = () => {
    for (const [port, nic] of board.nics.entries()) {
      nic.drain((address, length, seconds, nanoseconds, flags) => {
        hash.update(`${port} ${seconds} ${nanoseconds} ${length} ${flags}\n`);
        hash.update(nic.bytes.subarray(address, address + length));
        farSides[port].watch(address, length, seconds, nanoseconds, flags);
      });
    }
  };
  const before = board.kernel.memory.buffer.byteLength;
  feed(board, new SourcePorts(router), frames);
  board.finish();
  board.endAudit();
  const counters = readCounters(board);
  requireConservation(counters);
  const memory = [before, board.kernel.memory.buffer.byteLength] as const;
  return { counters, sent: hash.digest('hex'), audit, memory };
}

function feed(board: Board, sources: SourcePorts, frames: Iterable<CapturedFrame>): void {
  let first: bigint | null = null;
  let now = 0n;
  for (const { frame, wireLength, seconds, nanoseconds } of frames) {
    const stamp = BigInt(seconds) * 1_000_000_000n + BigInt(nanoseconds);
    first ??= stamp;
    if (stamp - first > now) now = stamp - first;
    const port = sources.assignPort(frame, 0, frame.length);
    const nic = board.nics[port];
    rewriteDestination(frame, 0, frame.length, nic.mac);
    const at = [Number(now / 1_000_000_000n), Number(now % 1_000_000_000n)] as const;
    const arrive = () => nic.receive(frame, 0, frame.length, wireLength, 0, ...at);
    if (arrive()) continue;
    board.run(VECTOR_ROWS_MAX);
    if (!arrive()) throw new RangeError(`${nic.name} has no room`);
  }
}
