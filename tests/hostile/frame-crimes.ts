/** A data table: crimes of making frames. Of a place that makes some, no row leaves. */
import { icmpFrame, udpFrame } from '../firmware/frames.ts';
import { frameEntry } from '../firmware/puppet.ts';
import type { WatParts } from '../firmware/wat.ts';
import { type Crime, make, refusedFrames } from './crime.ts';
import { ROUTED_AT_ONCE } from './hostile-system.ts';

const ANSWERS = 'accepts: ip\noutputs: { out: icmp }\nanswers: icmp';
const ORIGINATES = `accepts: ip\noutputs: { out: icmp }
originates: { match: icmp, ports: [eth1], per-second: 2 }`;
const OFFICE = 1;
const answer = icmpFrame('10.1.0.1', '10.1.0.20', { type: 3, code: 1 });
const stranger = icmpFrame('10.2.0.7', '10.1.0.20', { type: 3, code: 1 });
const own = { row: null, egress: OFFICE };

/** Frames that were made leave, to a host that has to be asked for. */
function left(count: number): Readonly<Record<string, number>> {
  return {
    originated: count + 1,
    transmitted: count + 1,
    'ports.eth1.transmitted': count + 1,
    'modules.route.packets': count,
    'modules.neighbor.packets': 2 * count,
    'modules.arp.packets': 1,
  };
}

const LINE = 'eth1 icmp 10.1.0.1 > 10.1.0.20 unreachable code 1 length';

/** As many of one violation as a place is heard of in a breath, and one of another behind them. */
const FLOOD = Buffer.concat([
  ...Array(100).fill(frameEntry(answer, { row: 65_534 })),
  frameEntry(answer, { row: 0, output: 2 }),
]);

export const FRAME_CRIMES: readonly Crime[] = [
  {
    name: 'answers a row that it was not handed',
    keys: ANSWERS,
    code: make(frameEntry(answer, { row: 1 })),
    ...refusedFrames('frame-row', { value: 1 }),
  },
  {
    name: 'answers row 65,534',
    keys: ANSWERS,
    code: make(frameEntry(answer, { row: 65_534 })),
    ...refusedFrames('frame-row', { value: 65_534 }),
  },
  {
    name: 'hides one violation behind a hundred of another',
    keys: ANSWERS,
    code: make(FLOOD),
    moved: {
      dropped: 1,
      'drops.by-module': 1,
      eventsLost: 36,
      'modules.liar.packets': 1,
      'modules.liar.violations': 101,
      'modules.liar.violationsByKind.frame-row': 100,
      'modules.liar.violationsByKind.frame-output': 1,
    },
    audit: [
      { event: 'violation', by: 'liar', violation: 'frame-row', value: '65534' },
      { event: 'violation', by: 'liar', violation: 'frame-output', value: '2' },
      { event: 'violation', by: 'liar', violation: 'frame-row', repeated: 63 },
    ],
  },
  {
    name: 'answers a row twice',
    keys: ANSWERS,
    code: make(frameEntry(answer, { row: 0 }), 2),
    ...refusedFrames('frame-row', { value: 0, way: left(1) }),
    leaves: [`${LINE} 8 ttl 64`],
  },
  {
    name: 'answers while it is handed nothing',
    keys: ANSWERS,
    code: atTick(frameEntry(answer, { row: 0 })),
    ...refusedFrames('frame-row', { times: 4 }),
    audit: Array(4).fill({ event: 'violation', by: 'liar', violation: 'frame-row' }),
  },
  {
    name: 'answers what the router itself has made',
    keys: 'accepts: icmp\noutputs: { out: icmp }\nanswers: icmp',
    links: { wire: ROUTED_AT_ONCE, 'icmp.errors.error': 'liar', 'liar.out': 'tx' },
    packets: ['udp 10.1.0.20:4000 > 192.0.2.7:502'],
    code: make(frameEntry(answer, { row: 0 })),
    ...refusedFrames('frame-port', {
      value: 255,
      way: {
        dropped: 2,
        'drops.no-route': 1,
        'modules.route.packets': 1,
        'modules.icmp.packets': 1,
        originated: 1,
      },
    }),
  },
  {
    name: 'answers without the power to',
    keys: ORIGINATES,
    code: make(frameEntry(answer, { row: 0 })),
    ...refusedFrames('frame-row', { value: 0 }),
  },
  {
    name: 'answers in the name of a stranger',
    keys: ANSWERS,
    code: make(frameEntry(stranger, { row: 0 })),
    ...refusedFrames('frame-source'),
  },
  {
    name: 'answers with another protocol than declared',
    keys: ANSWERS,
    code: make(frameEntry(udpFrame('udp 10.1.0.1:1 > 10.1.0.20:2', new Uint8Array(8)), { row: 0 })),
    ...refusedFrames('frame-class', { way: { originated: 1, dropped: 2, 'drops.violation': 1 } }),
  },
  {
    name: 'originates without the power to',
    keys: ANSWERS,
    code: make(frameEntry(answer, own)),
    ...refusedFrames('frame-port'),
  },
  {
    name: 'originates in the name of a stranger',
    keys: ORIGINATES,
    code: make(frameEntry(stranger, own)),
    ...refusedFrames('frame-source'),
  },
  {
    name: 'originates above its rate',
    keys: ORIGINATES,
    code: make(frameEntry(answer, own), 5),
    ...refusedFrames('frame-rate', { value: 2, times: 3, way: left(2) }),
    leaves: Array(2).fill(`${LINE} 8 ttl 64`),
  },
  {
    name: 'originates by a port that is not declared',
    keys: ORIGINATES,
    code: make(frameEntry(answer, { ...own, egress: 2 })),
    ...refusedFrames('frame-port', { value: 2 }),
  },
  {
    name: 'originates by port 33, whose bit is that of eth1',
    keys: ORIGINATES,
    code: make(frameEntry(answer, { ...own, egress: 33 })),
    ...refusedFrames('frame-port', { value: 33 }),
  },
  {
    name: 'originates by port 255',
    keys: ORIGINATES,
    code: make(frameEntry(answer, { ...own, egress: 255 })),
    ...refusedFrames('frame-port', { value: 255 }),
  },
  {
    name: 'originates a frame of LLDP',
    keys: ORIGINATES,
    code: make(frameEntry(lldp(), own)),
    ...refusedFrames('frame-class'),
  },
  {
    name: 'makes a frame for output 0',
    keys: ANSWERS,
    code: make(frameEntry(answer, { row: 0, output: 0 })),
    ...refusedFrames('frame-output', { value: 0 }),
  },
  {
    name: 'makes a frame for output 2 of 1',
    keys: ANSWERS,
    code: make(frameEntry(answer, { row: 0, output: 2 })),
    ...refusedFrames('frame-output', { value: 2 }),
  },
  {
    name: 'makes more frames than the region holds',
    keys: ANSWERS,
    code: make(frameEntry(answer, { row: 0 }), 1, 65_529),
    ...refusedFrames('frame', { value: 65_529 }),
  },
  {
    name: 'makes -1 bytes of frames',
    keys: ANSWERS,
    code: make(frameEntry(answer, { row: 0 }), 1, -1),
    ...refusedFrames('frame', { value: 2 ** 32 - 1 }),
  },
  {
    name: 'makes a frame of length -1',
    keys: ANSWERS,
    code: make(frameEntry(answer, { row: 0, length: 0xffff })),
    ...refusedFrames('frame', { value: 65_535 }),
  },
  {
    name: 'makes a frame longer than its entry',
    keys: ANSWERS,
    code: make(frameEntry(answer, { row: 0, length: 100 })),
    ...refusedFrames('frame', { value: 100 }),
  },
  {
    name: 'makes a frame of 13 bytes',
    keys: ANSWERS,
    code: make(frameEntry(answer, { row: 0, length: 13 })),
    ...refusedFrames('frame', { value: 13 }),
  },
  {
    name: 'makes a frame of 0 bytes',
    keys: ANSWERS,
    code: make(frameEntry(answer, { row: 0, length: 0 })),
    ...refusedFrames('frame', { value: 0 }),
  },
  {
    name: 'makes half an entry',
    keys: ANSWERS,
    code: make(frameEntry(answer, { row: 0 }), 1, 8),
    ...refusedFrames('frame'),
  },
  {
    name: 'makes a frame with IP options',
    keys: ANSWERS,
    code: make(frameEntry(withOptions(), { row: 0 })),
    ...refusedFrames('frame'),
  },
  {
    name: 'quotes 65,535 bytes',
    keys: ANSWERS,
    code: make(frameEntry(answer, { row: 0, quote: 65_535 })),
    moved: { ...left(1), dropped: 1, 'drops.by-module': 1, 'modules.liar.packets': 1 },
    audit: [],
    leaves: [`${LINE} 36 about udp 10.1.0.20:4000 > 10.2.0.7:502 ttl 64`],
  },
];

/** Makes frames at every tick. */
function atTick(entries: Uint8Array): WatParts {
  const { process, more } = make(entries);
  return { more: `(func (export "tick") ${process}) ${more}` };
}

function lldp(): Uint8Array {
  const frame = answer.slice();
  frame.set([0x88, 0xcc], 12);
  return frame;
}

function withOptions(): Uint8Array {
  const frame = answer.slice();
  frame[14] = 0x46;
  return frame;
}
