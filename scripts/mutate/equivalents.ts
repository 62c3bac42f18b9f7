/**
 * A data table: changes that no test can notice, because they change nothing that anybody can see.
 * Each was looked at by a person, who says why. An entry that fits nothing any more is an error.
 */
import type { Mutant } from './switched-source.ts';

export interface Equivalent {
  readonly path: string;
  /** The change as it is reported. */
  readonly change: string;
  readonly reason: string;
}

const STAGE = 'v128.load(row, stageMask)';
const CLASSES = 'equal16(rowClass, row, <u16>kind)';

export const EQUIVALENTS: readonly Equivalent[] = [
  {
    path: 'firmware/board/modules.ts',
    change: 'deleted: slot.framesUsed === 0',
    reason: 'hands the kernel a region that holds no frames: only slower',
  },
  {
    path: 'firmware/board/modules.ts',
    change: 'deleted: !this.messages.isWaiting',
    reason: 'looks for what waits for each module, and finds nothing: only slower',
  },
  {
    path: 'firmware/board/module-slot.ts',
    change: "deleted: procedure === 'process'",
    reason: 'the same call, by a name that is looked up: only slower',
  },
  {
    path: 'firmware/boot/blob.ts',
    change: '> made >=: this.#size > this.#bytes.length',
    reason: 'grows a section earlier than it has to',
  },
  {
    path: 'firmware/boot/policy-tables.ts',
    change: 'deleted: !(error instanceof SetError)',
    reason:
      'nothing else is thrown there: a bug of ours would be told as a mistake of the operator',
  },
  {
    path: 'firmware/kernel/parse.ts',
    change: 'without type == ETHER_ARP: type == ETHER_ARP && length >= l3 + 28',
    reason: 'no match asks for addresses of what is neither IPv4 nor ARP',
  },
  {
    path: 'firmware/kernel/pass-known.ts',
    change: 'without !v128.any_true(mask): !v128.any_true(mask) || next == NODE_UNLINKED',
    reason: 'stores under a mask that lets nothing through: only slower',
  },
  ...['v128.load(row, rowFlags)', 'own'].map((part) => ({
    path: 'firmware/kernel/pass-known.ts',
    change: `without ${part}: v128.and(v128.load(row, rowFlags), own)`,
    reason: 'lets through less at once: only slower',
  })),
  {
    path: 'firmware/kernel/pass-known.ts',
    change: 'without mask: v128.and(mask, i16x8.splat(DIRTY_TTL))',
    reason: 'a TTL that nobody has changed is written as it stands',
  },
  ...[
    ['v128.xor(v128.load(frame), wanted)', 'v128.and(v128.xor(v128.load(frame), wanted), mask)'],
    ['mask', 'v128.and(v128.xor(v128.load(frame), wanted), mask)'],
    ['lowest', 'v128.and(halfs, lowest)'],
    ['isTcp', 'v128.and(isTcp, i32x4.splat(12))'],
    ['isTcp', 'v128.or(isTcp, isUdp)'],
    ['isUdp', 'v128.or(isTcp, isUdp)'],
    ['mask', 'v128.andnot(i32x4.splat(ROW_OTHER), mask)'],
    ['i32x4.shr_u(w2, 8)', 'v128.and(i32x4.shr_u(w2, 8), i32x4.splat(0xff))'],
    ['i32x4.splat(0xff)', 'v128.and(i32x4.shr_u(w2, 8), i32x4.splat(0xff))'],
    ['w1', 'v128.and(w1, i32x4.splat(0xff1f0000))'],
    ['i32x4.splat(0xff1f0000)', 'v128.and(w1, i32x4.splat(0xff1f0000))'],
  ].map(([part, whole]) => ({
    path: 'firmware/kernel/parse-plain.ts',
    change: `without ${part}: ${whole}`,
    reason: 'takes fewer packets for plain ones: `parse` reads them, only slower',
  })),
  {
    path: 'firmware/kernel/parse-plain.ts',
    change: 'without mask: v128.and(i32x4.add(total, i32x4.splat(14)), mask)',
    reason: '`parse` says anew where a packet ends that is not plain',
  },
  ...[STAGE, CLASSES].map((part) => ({
    path: 'firmware/kernel/monitor.ts',
    change: `without ${part}: v128.andnot(${STAGE}, ${CLASSES})`,
    reason: 'row by row instead of all at once: only slower',
  })),
  {
    path: 'firmware/kernel/flow-time.ts',
    change: 'deleted: seconds == nowS',
    reason: 'computes the same times again',
  },
  {
    path: 'firmware/kernel/flow-table.ts',
    change: 'deleted: likely',
    reason: 'the entry is found again by its mark: only slower',
  },
  {
    path: 'firmware/kernel/flow-table.ts',
    change: 'deleted: isAsParsed',
    reason: 'the same key is put together from the columns: only slower',
  },
  {
    path: 'firmware/kernel/flow-table.ts',
    change: 'always false: load<u8>(begunOf(hash)) != breath',
    reason: 'the key is looked for again: only slower',
  },
  {
    path: 'firmware/kernel/arrival.ts',
    change: 'deleted: !entry',
    reason:
      'no entry is neither steady nor a denial: the general way, which looks again: only slower',
  },
  {
    path: 'firmware/kernel/arrival.ts',
    change: 'deleted: <u32>(flow >> 16) & (BIT_STEADY << isBack)',
    reason: 'the packet goes the general way: only slower',
  },
  {
    path: 'firmware/kernel/policy.ts',
    change: 'always false: flags & ROW_DENIED && u16At(knownPolicy, row) == wayOf(to, egress)',
    reason: 'the policy is asked again, and denies again: only slower',
  },
  {
    path: 'firmware/kernel/policy.ts',
    change: 'deleted: isDenied && u32At(rowHint, row)',
    reason: 'the policy is asked again, and denies again: only slower',
  },
  {
    path: 'firmware/kernel/policy.ts',
    change: 'always false: u32At(rowHint, row) == HINT_UNKNOWN',
    reason: 'the key is put together and looked for again: only slower',
  },
  {
    path: 'firmware/kernel/breath-flows.ts',
    change: 'without firstPackets != 0: firstPackets != 0 && begunAt(slotOf(hash)) != 0',
    reason: 'the table has nothing of a breath without first packets: only slower',
  },
  {
    path: 'firmware/kernel/first-match.ts',
    change: 'deleted: !bits',
    reason: 'looks at the addresses of boxes that do not match in any case: only slower',
  },
  {
    path: 'firmware/kernel/receive.ts',
    change: 'deleted: !hasRare',
    reason: 'clears what is clear: only slower',
  },
  {
    path: 'firmware/kernel/monitor.ts',
    change: 'deleted: monitorAlike(p, block, node)',
    reason: 'row by row instead of all at once, by the same rules: only slower',
  },
  {
    path: 'firmware/kernel/monitor.ts',
    change: '> made >=: <u32>verdict > load<u32>(p, PLACE_OUTPUT_COUNT_OFFSET)',
    reason: 'the last output row by row: only slower',
  },
  {
    path: 'firmware/kernel/monitor.ts',
    change: 'deleted: isStageWhole',
    reason: 'row by row instead of all at once: only slower',
  },
  {
    path: 'firmware/kernel/monitor.ts',
    change: 'always false: !load<u32>(write, WRITE_RANGE_COUNT_OFFSET) && !dirtyOf(column)',
    reason: 'row by row instead of all at once, by the same rules: only slower',
  },
  {
    path: 'firmware/kernel/stage.ts',
    change: 'deleted: stageCount == 0',
    reason: 'a block that nobody is handed is written all the same: only slower',
  },
  {
    path: 'firmware/kernel/stage.ts',
    change: 'deleted: isStageWhole',
    reason: 'row by row instead of all at once: only slower',
  },
  {
    path: 'firmware/kernel/receive.ts',
    change: 'deleted: taken == VECTOR_ROWS_MAX',
    reason: 'a full breath has no room for another row: it is only told later',
  },
  {
    path: 'firmware/kernel/rows.ts',
    change: 'deleted: width == 16',
    reason:
      'IPv6 is not forwarded: what is saved, restored or cleared has no address, nor had its row',
  },
  {
    path: 'firmware/kernel/transmit.ts',
    change: '> made >=: u16At(metaLength, row) > u16At(rowEnd, row)',
    reason: 'what ends with its packet has nothing to trim',
  },
  ...[
    'deleted',
    'without this.nodes.count * 4 > length',
    'without length < 4 * CACHE_SIZE_MAX',
    '> made >=',
    '< made <=',
  ].map((how) => ({
    path: 'netstack/sets/packet-space.ts',
    change: `${how}: this.nodes.count * 4 > length && length < 4 * CACHE_SIZE_MAX`,
    reason: 'how many results are kept: only slower, or larger',
  })),
  {
    path: 'netstack/sets/packet-space.ts',
    change: 'deleted: a < 2',
    reason: 'the same set, walked to its end: only slower',
  },
  {
    path: 'netstack/sets/packet-space.ts',
    change: 'deleted: then === otherwise',
    reason: 'the same set, walked to its end: only slower',
  },
  {
    path: 'netstack/sets/packet-space.ts',
    change: 'deleted: then === 1 && otherwise === 0',
    reason: 'the same set, made anew node by node: only slower',
  },
];

/** The entry for a mutant, if there is one. */
export function equivalentOf(
  mutant: Mutant,
  table: readonly Equivalent[] = EQUIVALENTS,
): Equivalent | undefined {
  return table.find(({ path, change }) => path === mutant.path && change === mutant.change);
}

/** Entries about one of these sources that fit none of its mutants. */
export function staleEquivalents(
  mutants: readonly Mutant[],
  table: readonly Equivalent[] = EQUIVALENTS,
): Equivalent[] {
  const paths = new Set(mutants.map(({ path }) => path));
  const fits = ({ path, change }: Equivalent) =>
    mutants.some((mutant) => mutant.path === path && mutant.change === change);
  return table.filter((entry) => paths.has(entry.path) && !fits(entry));
}
