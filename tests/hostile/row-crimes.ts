/** A data table: crimes of verdict, of writing and of reading. */
import {
  CARRIED,
  type Crime,
  carried,
  changed,
  eachRow,
  HONEST,
  put,
  READ,
  READS,
  refused,
  rewrite,
  verdict,
  WRITE,
  WRITES,
} from './crime.ts';
import { AFTER_POLICY, BEFORE_POLICY, BEFORE_TX } from './hostile-system.ts';

const OUT = 'accepts: ip\noutputs: { out: ip }';
const DPORT = `${OUT}\nwrites: { l4.dport: any }`;
const writes = (what: string) => `${OUT}\nwrites: { ${what} }`;
const ROUTED = { 'modules.route.packets': 1 };
const RESOLVED = { ...ROUTED, 'modules.neighbor.packets': 1 };
const UNPERMITTED = refused('unpermitted', { reason: 'unpermitted', way: RESOLVED });
const WRONG_PORT = {
  moved: { dropped: 1, 'drops.wrong-port': 1, 'modules.liar.packets': 1, ...ROUTED },
  audit: [],
};
/** A module's whole memory; columns are aligned to their width. */
const MEMORY_SIZE = 524_288;
const STEP = 4;
/** 10.1.0.30, whose TCP never passes through the module; in either byte order. */
const ELSEWHERE = 0x0a01001e;
const ELSEWHERE_SWAPPED = 0x1e00010a;

/** Leaves by the second output if that is at any address from `start` to `end`. */
const search = (start: number, end: number) => `${HONEST}
  (local.set $row (i32.const ${start}))
  (loop $bytes
    (if (i32.or
        (i32.eq (i32.load (local.get $row)) (i32.const ${ELSEWHERE}))
        (i32.eq (i32.load (local.get $row)) (i32.const ${ELSEWHERE_SWAPPED})))
      (then (i32.store8 (i32.const ${WRITE}) (i32.const 2))))
    (br_if $bytes (i32.lt_u
      (local.tee $row (i32.add (local.get $row) (i32.const ${STEP})))
      (i32.const ${end}))))`;

export const ROW_CRIMES: readonly Crime[] = [
  {
    name: 'leaves its verdicts unwritten',
    keys: OUT,
    code: {},
    moved: { dropped: 1, 'drops.by-module': 1, 'modules.liar.packets': 1 },
    audit: [],
  },
  {
    name: 'gives verdict 7 of 3',
    keys: 'accepts: ip\noutputs: { a: ip, b: ip, out: ip }',
    links: { 'liar.a': 'route', 'liar.b': 'route' },
    code: { process: eachRow(verdict(7)) },
    ...refused('verdict', { value: 7 }),
  },
  {
    name: 'gives a drop that has no name',
    keys: OUT,
    code: { process: eachRow(verdict(64)) },
    ...refused('verdict', { value: 64 }),
  },
  {
    name: 'gives one drop more than it has named',
    keys: `${OUT}\ndrops: [only-one]`,
    code: { process: eachRow(verdict(65)) },
    ...refused('verdict', { value: 65 }),
  },
  {
    name: 'gives verdict 127, which is nothing',
    keys: `${OUT}\ndrops: [only-one]`,
    code: { process: eachRow(verdict(127)) },
    ...refused('verdict', { value: 127 }),
  },
  {
    name: 'consumes without the power to',
    keys: OUT,
    code: { process: eachRow(verdict(254)) },
    ...refused('verdict', { value: 254 }),
  },
  {
    name: 'holds without the power to',
    keys: OUT,
    code: { process: eachRow(verdict(255)) },
    ...refused('hold', { value: 255 }),
  },
  {
    name: 'holds what came back timed out',
    keys: `${OUT}\nholds: true`,
    code: { process: eachRow(verdict(255)) },
    ...refused('hold', { value: 255, calls: 2 }),
  },
  {
    name: 'holds for ever, and more than it may',
    keys: `${OUT}\nholds: true`,
    packets: Array.from({ length: 70 }, (_, i) => `udp 10.1.0.20:${5000 + i} > 10.2.0.7:502`),
    code: { process: eachRow(verdict(255)) },
    moved: {
      dropped: 70,
      'drops.hold-full': 6,
      'drops.violation': 64,
      'modules.liar.packets': 134,
      'modules.liar.violations': 64,
      'modules.liar.violationsByKind.hold': 64,
    },
    audit: [{ violation: 'hold' }, { violation: 'hold', repeated: 63 }],
  },
  {
    name: 'sends by an output that is not for this class',
    keys: 'accepts: ip\noutputs: { out: udp dst port 53 }',
    code: { process: HONEST },
    ...refused('output', { value: 1 }),
  },
  {
    name: 'rewrites a packet into another class and sends it on',
    keys: 'accepts: ip\nwrites: { l4.dport: any }\noutputs: { out: udp dst port 502 }',
    code: { process: rewrite(2, 53) },
    ...refused('output', { value: 1 }),
  },
  {
    name: 'writes below its range',
    keys: writes('l4.dport: 1024-2047'),
    code: { process: rewrite(2, 1023) },
    ...refused('range', { value: 1023 }),
  },
  {
    name: 'writes above its range',
    keys: writes('l4.dport: 1024-2047'),
    code: { process: rewrite(2, 2048) },
    ...refused('range', { value: 2048 }),
  },
  {
    name: 'writes 64 into the six bits of DSCP',
    keys: writes('ipv4.dscp: any'),
    code: { process: rewrite(1, 64) },
    ...refused('range', { value: 64 }),
  },
  {
    name: 'writes a port into a packet that has none',
    keys: DPORT,
    links: { wire: '{ arp: arp, ip and to-router: local, icmp: liar, ip: route }' },
    packets: ['icmp 10.1.0.20 > 10.2.0.7'],
    code: { process: rewrite(2, 502) },
    ...refused('absent-field'),
  },
  {
    name: 'sets a changed bit that stands for no column',
    keys: DPORT,
    code: { process: eachRow(changed(2) + verdict(1)) },
    ...refused('changed-bit', { value: 2 }),
  },
  {
    name: 'sets all changed bits',
    keys: DPORT,
    code: { process: eachRow(changed(255) + verdict(1)) },
    ...refused('changed-bit', { value: 255 }),
  },
  {
    name: 'writes to a column that it only reads',
    keys: `${OUT}\nreads: [l4.dport]`,
    code: {
      process: `${HONEST} (memory.fill (i32.const ${READS}) (i32.const 53) (i32.const 512))`,
    },
    ...CARRIED,
  },
  {
    name: 'writes without the changed bit',
    keys: DPORT,
    code: { process: eachRow(put(2, 53) + verdict(1)) },
    ...CARRIED,
  },
  {
    name: 'writes beside its write block',
    keys: DPORT,
    code: {
      process: `${HONEST}
        (memory.fill (i32.const ${WRITES + 512}) (i32.const 255) (i32.const 4096))`,
    },
    ...CARRIED,
  },
  {
    name: 'decides about rows that it was not handed',
    keys: DPORT,
    code: {
      process: `${HONEST}
        (memory.fill (i32.const ${WRITE + 1}) (i32.const 1) (i32.const 255))
        (memory.fill (i32.const ${WRITE + 257}) (i32.const 255) (i32.const 255))`,
    },
    ...CARRIED,
  },
  {
    name: 'says that it was handed more rows, at another place and time',
    keys: OUT,
    code: {
      process: `${HONEST} (memory.fill (i32.const ${READ}) (i32.const 255) (i32.const 64))`,
    },
    ...CARRIED,
  },
  {
    name: 'rewrites the destination after the stamp',
    keys: writes('ipv4.dst: any'),
    links: BEFORE_TX,
    code: { process: rewrite(4, 0x0a020009) },
    ...UNPERMITTED,
  },
  {
    name: 'rewrites the destination after the stamp to what it was',
    keys: writes('ipv4.dst: any'),
    links: BEFORE_TX,
    code: { process: rewrite(4, 0x0a020007) },
    ...UNPERMITTED,
  },
  {
    name: 'rewrites the port after the stamp',
    keys: DPORT,
    links: BEFORE_TX,
    code: { process: rewrite(2, 53) },
    ...UNPERMITTED,
  },
  {
    name: 'voids the stamp, and leaves the packet to an honest module',
    keys: writes('ipv4.dst: any'),
    links: AFTER_POLICY,
    code: { process: rewrite(4, 0x0a020009) },
    ...UNPERMITTED,
  },
  {
    name: 'rewrites the source after the stamp, outside its range',
    keys: writes('ipv4.src: 167837760-167837823'),
    links: AFTER_POLICY,
    code: { process: rewrite(4, 0x0a010001) },
    ...refused('range', { value: 0x0a010001, way: ROUTED }),
  },
  {
    name: 'chooses a port after the stamp',
    keys: writes('meta.egress: any'),
    links: BEFORE_TX,
    code: { process: rewrite(1, 2) },
    ...UNPERMITTED,
  },
  {
    name: 'chooses a port that the policy does not permit',
    keys: writes('meta.egress: any'),
    links: BEFORE_POLICY,
    code: { process: rewrite(1, 2) },
    ...WRONG_PORT,
  },
  {
    name: 'chooses port 255',
    keys: writes('meta.egress: any'),
    links: BEFORE_POLICY,
    code: { process: rewrite(1, 255) },
    ...WRONG_PORT,
  },
  {
    name: 'sends to a group of hosts',
    keys: writes('eth.dst: any'),
    links: BEFORE_TX,
    code: { process: rewrite(8, '0x010000000001') },
    ...refused('range', { way: RESOLVED }),
  },
  {
    name: 'sends to the port that it sends by',
    keys: writes('eth.dst: any'),
    links: BEFORE_TX,
    code: { process: rewrite(8, '0x02534c000001') },
    ...refused('range', { way: RESOLVED }),
  },
  {
    name: 'sends to no host',
    keys: writes('eth.dst: any'),
    links: BEFORE_TX,
    code: { process: rewrite(8, 0) },
    ...refused('range', { way: RESOLVED }),
  },
  {
    name: 'seeks packets of others at every address of its memory',
    keys: 'accepts: udp\nreads: [ipv4.src]\noutputs: { out: ip, found: ip }',
    links: { 'liar.found': 'route' },
    packets: Array(8).fill('udp 10.1.0.20:4000 > 10.2.0.7:502'),
    fuelPerPacket: 400_000,
    code: { process: search(0, MEMORY_SIZE) },
    ...carried(8),
  },
  {
    name: 'seeks packets of others in rows that were there before',
    keys: 'accepts: udp\nreads: [ipv4.src]\noutputs: { out: ip, found: ip }',
    links: { 'liar.found': 'route' },
    // Vectors of two rows: TCP has stood in each of them.
    packets: Array(8).fill('udp 10.1.0.20:4000 > 10.2.0.7:502'),
    vectorRows: 2,
    fuelPerPacket: 10_000,
    code: { process: search(READ, READS + 4 * 256) },
    ...carried(8),
  },
];
