/** A data table: crimes of failing. */
import {
  CARRIED,
  type Crime,
  eachRow,
  faulted,
  faultedOutside,
  forgotten,
  HONEST,
  READS,
  verdict,
} from './crime.ts';

const KEYS = 'accepts: ip\noutputs: { out: ip }';
const PAYLOAD = `${KEYS}\nreads: [l4.sport]`;
const POISON = 6666;
const LOOP = '(loop $forever (br $forever))';
const packets = (count: number, poisoned: (i: number) => boolean) =>
  Array.from(
    { length: count },
    (_, i) => `udp 10.1.0.20:${poisoned(i) ? POISON : 4000} > 10.2.0.7:502`,
  );
const SPORT = `(i32.load16_u offset=${READS} (i32.mul (local.get $row) (i32.const 2)))`;
/** Traps at rows from the poisoned port. */
const TRAP_AT_POISON = eachRow(`${verdict(1)}
  (if (i32.eq ${SPORT} (i32.const ${POISON})) (then unreachable))`);

export const FAULT_CRIMES: readonly Crime[] = [
  {
    name: 'processes for ever',
    keys: KEYS,
    code: { process: `${HONEST} ${LOOP}` },
    ...faulted('out-of-fuel'),
  },
  {
    name: 'enters thousands of loops that do nothing, for ever',
    keys: KEYS,
    code: { process: `(loop $forever ${'(loop)'.repeat(10_000)} (br $forever))` },
    ...faulted('out-of-fuel'),
  },
  {
    name: 'fills its memory again and again',
    keys: KEYS,
    code: {
      process: `(loop $again (memory.fill (i32.const 0) (i32.const 0) (i32.const 65536)) (br $again))`,
    },
    ...faulted('out-of-fuel'),
  },
  {
    name: 'copies its memory again and again',
    keys: KEYS,
    code: {
      process: `(loop $again (memory.copy (i32.const 0) (i32.const 65536) (i32.const 65536)) (br $again))`,
    },
    ...faulted('out-of-fuel'),
  },
  {
    name: 'fills 4 GiB',
    keys: KEYS,
    code: { process: '(memory.fill (i32.const 0) (i32.const 0) (i32.const -1))' },
    ...faulted('out-of-fuel'),
  },
  {
    name: 'traps on every packet',
    keys: KEYS,
    code: { process: 'unreachable' },
    ...faulted('trap'),
  },
  {
    name: 'reads beyond its memory',
    keys: KEYS,
    code: { process: '(drop (i32.load (i32.const -4)))' },
    ...faulted('trap'),
  },
  {
    name: 'writes across the end of its memory',
    keys: KEYS,
    code: { process: '(i32.store (i32.const 524285) (i32.const 0))' },
    ...faulted('trap'),
  },
  {
    name: 'divides by zero',
    keys: KEYS,
    code: { process: '(drop (i32.div_u (i32.const 1) (i32.const 0)))' },
    ...faulted('trap'),
  },
  {
    name: 'grows its memory by nothing, and goes on only if it may',
    keys: KEYS,
    code: { process: `(if (i32.eq (memory.grow (i32.const 0)) (i32.const -1)) (then ${HONEST}))` },
    ...CARRIED,
  },
  {
    name: 'grows its memory by a page',
    keys: KEYS,
    code: { process: `(if (i32.eq (memory.grow (i32.const 1)) (i32.const -1)) (then ${HONEST}))` },
    ...CARRIED,
  },
  {
    name: 'traps on the first packet of many',
    keys: PAYLOAD,
    packets: packets(20, (i) => i === 0),
    code: { process: TRAP_AT_POISON },
    ...faulted('trap', 19),
  },
  {
    name: 'traps on the last packet of many',
    keys: PAYLOAD,
    packets: packets(20, (i) => i === 19),
    code: { process: TRAP_AT_POISON },
    ...faulted('trap', 19),
  },
  {
    name: 'traps on one poisoned packet among good ones',
    keys: PAYLOAD,
    packets: packets(20, (i) => i === 7),
    code: { process: TRAP_AT_POISON },
    ...faulted('trap', 19),
  },
  {
    name: 'traps on its 10,000th packet',
    keys: KEYS,
    packets: packets(10_100, () => false),
    code: {
      more: '(global $seen (mut i32) (i32.const 0))',
      process: eachRow(
        `${verdict(1)} (global.set $seen (i32.add (global.get $seen) (i32.const 1))) (if (i32.ge_u (global.get $seen) (i32.const 10000)) (then unreachable))`,
      ),
    },
    ...forgotten(10_100),
  },
  {
    name: 'ticks for ever',
    keys: KEYS,
    code: { process: HONEST, more: `(func (export "tick") ${LOOP})` },
    ...faultedOutside('tick', CARRIED),
  },
  {
    name: 'receives for ever',
    keys: `${KEYS}\nmessages: { receives: { note: [n: u32] } }`,
    accomplice: {
      keys: 'accepts: ip\nmessages: { sends: { note: [n: u32] } }',
      code: {
        more: `(func (export "tick") (i64.store (i32.const 262152) (i64.const 65536)) (i32.store (i32.const 262144) (i32.const 16)))`,
      },
    },
    messages: '  accomplice.note: liar',
    code: { process: HONEST, more: `(func (export "receive") ${LOOP})` },
    ...faultedOutside('receive', CARRIED),
  },
];
