import { expect, test } from 'vitest';
import { readColumns, windowOf } from '../../netstack/columns.ts';
import { frameOf, ipv4Frame, tcpHeader } from './column-frames.ts';
import { hex } from './wire-vector.ts';

const windowsOf = (frame: Uint8Array, size: number) => {
  const read = readColumns(frame);
  const [payload, whole] = (['payload', 'frame'] as const).map((kind) =>
    windowOf(frame, read, kind, size),
  );
  return { payload, whole };
};

test('the payload begins after the layer-4 header and ends with the packet', () => {
  const padded = Uint8Array.from([...ipv4Frame({}), 0xff, 0xff, 0xff]);
  const { payload, whole } = windowsOf(padded, 48);
  expect(payload).toEqual(hex('cafe', '00'.repeat(46)));
  expect(whole).toEqual(Uint8Array.from([...padded.subarray(0, 44), 0, 0, 0, 0]));
});

test.each([
  ['TCP with options', { protocol: 6, payload: hex(Buffer.from(tcpHeader).toString('hex'), 'aa') }],
  ['SCTP', { protocol: 132, payload: hex('0001 0002 00000003 00000004 aa') }],
  ['ICMP', { protocol: 1, payload: hex('0800 0000 00010002 aa') }],
  ['another protocol', { protocol: 47, payload: hex('aa') }],
  ['IPv4 options', { protocol: 47, options: hex('01'), payload: hex('aa') }],
])('after %s', (_, changes) => {
  expect(windowsOf(ipv4Frame(changes), 2).payload).toEqual(hex('aa00'));
});

test('a data offset beyond the segment leaves an empty payload', () => {
  const payload = tcpHeader.slice();
  payload[12] = 0xf0;
  expect(windowsOf(ipv4Frame({ protocol: 6, payload }), 2).payload).toEqual(hex('0000'));
});

test('a frame that is not IP has its body as payload', () => {
  expect(windowsOf(frameOf(0x88cc, hex('0207')), 3).payload).toEqual(hex('020700'));
});
