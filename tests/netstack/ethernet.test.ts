import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  buildEthernet,
  describeEthernet,
  type EthernetFrame,
  readEthernet,
} from '../../netstack/ethernet.ts';
import { bytes, startingWith, u16, u48 } from './arbitraries.ts';
import { guardedBytes } from './guarded-bytes.ts';
import { hex } from './wire-vector.ts';

const qinq = hex(
  '02000a020007', // destination
  '02000a010014', // source
  '88a8', //         TPID of the service tag
  '7064', //         priority 3, drop eligible, VLAN 100
  '8100', //         TPID of the customer tag
  '0007', //         priority 0, VLAN 7
  '0800', //         IPv4
  'cafe', //         payload
);
const qinqFrame: EthernetFrame = {
  destination: 0x02000a020007,
  source: 0x02000a010014,
  tags: [
    { tpid: 0x88a8, priority: 3, isDropEligible: true, id: 100 },
    { tpid: 0x8100, priority: 0, isDropEligible: false, id: 7 },
  ],
  type: 0x0800,
  payload: hex('cafe'),
};

const tag = fc.record({
  tpid: fc.constantFrom(0x8100, 0x88a8, 0x9100),
  priority: fc.nat({ max: 7 }),
  isDropEligible: fc.boolean(),
  id: fc.nat({ max: 4095 }),
});
const anyFrame: fc.Arbitrary<EthernetFrame> = fc.record({
  destination: u48,
  source: u48,
  tags: fc.array(tag, { maxLength: 2 }),
  type: u16.filter((type) => ![0x8100, 0x88a8, 0x9100].includes(type)),
  payload: bytes(64),
});

test('a QinQ frame is read', () => {
  expect(readEthernet(qinq)).toEqual(qinqFrame);
});

test('a QinQ frame is written', () => {
  expect(buildEthernet(qinqFrame)).toEqual(qinq);
});

test('a frame cut inside its header or its tags is refused', () => {
  for (let size = 0; size < 22; size++) {
    expect(readEthernet(qinq.subarray(0, size))).toBe('frame-too-short');
  }
  expect(readEthernet(qinq.subarray(0, 22))).toMatchObject({ type: 0x0800 });
});

test('frames survive writing and reading', () => {
  fc.assert(
    fc.property(anyFrame, (frame) => {
      expect(readEthernet(buildEthernet(frame))).toEqual(frame);
    }),
  );
});

test('no byte beyond the frame is read', () => {
  fc.assert(
    fc.property(startingWith(qinq, 40), (data) => {
      readEthernet(guardedBytes(data));
    }),
  );
});

test('a third tag is no tag but the type', () => {
  const tags = [1, 2].map((id) => ({ tpid: 0x8100, priority: 0, isDropEligible: false, id }));
  const frame = buildEthernet({ ...qinqFrame, tags, type: 0x8100 });
  expect(readEthernet(frame)).toMatchObject({ tags, type: 0x8100 });
});

test('more than two tags are not written', () => {
  const tags = [...qinqFrame.tags, ...qinqFrame.tags];
  expect(() => buildEthernet({ ...qinqFrame, tags })).toThrow(RangeError);
});

test('a line names addresses, tags and type', () => {
  expect(describeEthernet(qinqFrame)).toBe(
    '02:00:0a:01:00:14 > 02:00:0a:02:00:07 vlan 100 vlan 7 ethertype 0x0800',
  );
  expect(describeEthernet({ ...qinqFrame, tags: [], type: 38 })).toBe(
    '02:00:0a:01:00:14 > 02:00:0a:02:00:07 802.3 length 38',
  );
});
