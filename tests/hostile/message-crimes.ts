/** A data table: crimes of sending messages. */
import {
  CARRIED,
  type Crime,
  fill,
  HONEST,
  messageEntry,
  OUTBOX,
  refusedMessage,
  tell,
} from './crime.ts';

const SENDS = 'accepts: ip\noutputs: { out: ip }\nmessages: { sends: { note: [n: u32] } }';
const BOTH = `accepts: ip\noutputs: { out: ip }
messages: { receives: { note: [n: u32] }, sends: { note: [n: u32] } }`;
const note = messageEntry(0, 1, 8);
const passOn = fill(OUTBOX, note);
const RECEIVER = {
  keys: BOTH.replace('outputs: { out: ip }\n', ''),
  code: { more: '(func (export "receive"))' },
};
const PONG = {
  ...RECEIVER,
  code: { more: `(func (export "receive") ${passOn.process}) ${passOn.more}` },
};

export const MESSAGE_CRIMES: readonly Crime[] = [
  {
    name: 'sends a message of type 7 of 1',
    keys: SENDS,
    code: tell(messageEntry(7, 1, 8)),
    ...refusedMessage('message', { value: 7 }),
  },
  {
    name: 'sends type 65,535',
    keys: SENDS,
    code: tell(messageEntry(65_535, 1, 8)),
    ...refusedMessage('message', { value: 65_535 }),
  },
  {
    name: 'sends messages without a single declared type',
    keys: 'accepts: ip\noutputs: { out: ip }',
    code: tell(note),
    ...refusedMessage('message', { value: 0 }),
  },
  {
    name: 'sends more records than are there',
    keys: SENDS,
    code: tell(messageEntry(0, 65_535, 8)),
    ...refusedMessage('message', { value: 0 }),
  },
  {
    name: 'sends more than its outbox holds',
    keys: SENDS,
    code: tell(note, 65_529),
    ...refusedMessage('message', { value: 65_529 }),
  },
  {
    name: 'sends -1 bytes',
    keys: SENDS,
    code: tell(note, -1),
    ...refusedMessage('message', { value: 2 ** 32 - 1 }),
  },
  {
    name: 'sends half a header',
    keys: SENDS,
    code: tell(note, 4),
    ...refusedMessage('message', { value: 4 }),
  },
  {
    name: 'floods another with messages',
    keys: SENDS,
    accomplice: RECEIVER,
    messages: '  liar.note: accomplice',
    vectorRows: 1,
    packets: Array(3).fill('udp 10.1.0.20:4000 > 10.2.0.7:502'),
    code: tell(messageEntry(0, 16_000, 64_000)),
    ...refusedMessage('message-rate', { value: 128_016, times: 2, packets: 3 }),
  },
  {
    name: 'plays ping-pong with another',
    keys: BOTH,
    accomplice: PONG,
    messages: '  liar.note: accomplice\n  accomplice.note: liar',
    code: {
      process: `${HONEST} ${passOn.process}`,
      more: `(func (export "receive") ${passOn.process}) ${passOn.more}`,
    },
    ...refusedMessage('message-loop'),
  },
  {
    name: 'answers as long as it may, and then is silent',
    keys: BOTH,
    accomplice: PONG,
    messages: '  liar.note: accomplice\n  accomplice.note: liar',
    code: {
      process: `${HONEST} ${passOn.process}`,
      more: `(global $answers (mut i32) (i32.const 1)) ${passOn.more}
        (func (export "receive") (if (global.get $answers) (then
          (global.set $answers (i32.const 0)) ${passOn.process})))`,
    },
    ...CARRIED,
  },
  {
    name: 'is told of the interfaces, and has no receive',
    keys: `accepts: ip
outputs: { out: ip }
messages:
  receives: { interfaces: [port: u8, address: u32, length: u8, mac: u64, mtu: u16] }`,
    messages: '  liar.interfaces: $interfaces',
    code: { process: HONEST },
    ...CARRIED,
  },
  {
    name: 'sends a message at every tick',
    keys: SENDS,
    accomplice: RECEIVER,
    messages: '  liar.note: accomplice',
    code: { process: HONEST, more: `(func (export "tick") ${passOn.process}) ${passOn.more}` },
    ...CARRIED,
  },
  {
    name: 'writes to its inbox',
    keys: SENDS,
    code: {
      process: `${HONEST} (memory.fill (i32.const 196608) (i32.const 255) (i32.const 65536))`,
    },
    ...CARRIED,
  },
];
