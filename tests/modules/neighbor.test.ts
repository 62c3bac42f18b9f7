import { beforeAll, describe, expect, it } from 'vitest';
import type { BuiltModule } from '../../scripts/toolchain/build-firmware.ts';
import { buildModule } from '../../scripts/toolchain/build-firmware.ts';
import { scratchFolder } from '../firmware/configuration.ts';
import { buildNeighborInC, hasClang, NO_CLANG } from './c-compiler.ts';
import { ip, openModule } from './open-module.ts';
import { type Message, type Row, Sandbox } from './sandbox.ts';

const MAC = 0x02_00_0a_02_00_07;
const HELD = { new: 0, released: 1, timedOut: 2 };
const MINUTE = 60;

/** The same module in two languages. */
const PROGRAMS = [
  { language: 'AssemblyScript', isSkipped: false, build: () => openModule('neighbor') },
  {
    language: hasClang ? 'C' : `C (${NO_CLANG})`,
    isSkipped: !hasClang,
    build: () => buildModule(buildNeighborInC(scratchFolder())),
  },
];

function row(address: string, { port = 1, held = HELD.new } = {}): Row {
  return { 'meta.egress': port, 'meta.nexthop': ip(address), 'meta.held': held };
}

function learned(address: string, { port = 1, mac = MAC, solicited = 1 } = {}): Message {
  return { port, address: ip(address), mac, solicited };
}

function resolve(address: string, { port = 1, mac = 0 } = {}) {
  return { name: 'resolve', record: { port, address: ip(address), mac } };
}

const hold = { verdict: 'hold', changed: {} };
const resolved = (mac = MAC) => ({ verdict: 'resolved', changed: { 'eth.dst': mac } });

describe.each(PROGRAMS)('in $language', ({ isSkipped, build }) => {
  let neighbor: BuiltModule;
  beforeAll(async () => {
    if (!isSkipped) neighbor = await build();
  });

  describe.skipIf(isSkipped)('neighbor', () => {
    it('holds a packet whose next hop is unknown, and asks for it', () => {
      const { rows, messages } = new Sandbox(neighbor).process([row('10.2.0.7')]);
      expect(rows).toEqual([hold]);
      expect(messages).toEqual([resolve('10.2.0.7')]);
    });

    it('asks once for an address, however many packets wait', () => {
      const sandbox = new Sandbox(neighbor);
      const first = sandbox.process([row('10.2.0.7'), row('10.2.0.7'), row('10.2.0.8')]);
      expect(first.messages).toEqual([resolve('10.2.0.7'), resolve('10.2.0.8')]);
      const second = sandbox.process([row('10.2.0.7')], { seconds: 2.9 });
      expect(second.rows).toEqual([hold]);
      expect(second.messages).toEqual([]);
    });

    it('asks again when a question has had its time', () => {
      const sandbox = new Sandbox(neighbor);
      sandbox.process([row('10.2.0.7')]);
      const { messages } = sandbox.process([row('10.2.0.7')], { seconds: 3 });
      expect(messages).toEqual([resolve('10.2.0.7')]);
    });

    it('resolves what was held once the answer is in', () => {
      const sandbox = new Sandbox(neighbor);
      sandbox.process([row('10.2.0.7')]);
      sandbox.receive('learned', [learned('10.2.0.7')]);
      const released = row('10.2.0.7', { held: HELD.released });
      expect(sandbox.process([released]).rows).toEqual([resolved()]);
    });

    it('holds on when it is released by an answer about another', () => {
      const sandbox = new Sandbox(neighbor);
      sandbox.process([row('10.2.0.7')]);
      sandbox.receive('learned', [learned('10.2.0.8')]);
      const { rows, messages } = sandbox.process([row('10.2.0.7', { held: HELD.released })]);
      expect(rows).toEqual([hold]);
      expect(messages).toEqual([]);
    });

    it('gives up what timed out, and never holds it again', () => {
      const sandbox = new Sandbox(neighbor);
      sandbox.process([row('10.2.0.7')]);
      const late = row('10.2.0.7', { held: HELD.timedOut });
      const { rows, messages } = sandbox.process([late], { seconds: 3 });
      expect(rows).toEqual([{ verdict: 'unresolved', changed: {} }]);
      expect(messages).toEqual([]);
    });

    it('sends what timed out if the answer came after all', () => {
      const sandbox = new Sandbox(neighbor);
      sandbox.receive('learned', [learned('10.2.0.7')]);
      const late = row('10.2.0.7', { held: HELD.timedOut });
      expect(sandbox.process([late]).rows).toEqual([resolved()]);
    });

    it('tells the same address on two ports apart', () => {
      const sandbox = new Sandbox(neighbor);
      sandbox.receive('learned', [
        learned('10.2.0.7', { port: 1, mac: 0x020000000001 }),
        learned('10.2.0.7', { port: 2, mac: 0x020000000002 }),
      ]);
      const rows = [row('10.2.0.7', { port: 2 }), row('10.2.0.7', { port: 1 })];
      expect(sandbox.process(rows).rows).toEqual([
        resolved(0x020000000002),
        resolved(0x020000000001),
      ]);
    });
  });

  describe.skipIf(isSkipped)('neighbor ages what it knows', () => {
    it('uses an answer for a minute without a word', () => {
      const sandbox = new Sandbox(neighbor);
      sandbox.receive('learned', [learned('10.2.0.7')]);
      const { rows, messages } = sandbox.process([row('10.2.0.7')], { seconds: MINUTE - 1 });
      expect(rows).toEqual([resolved()]);
      expect(messages).toEqual([]);
    });

    it('asks it by name from then on, while it still sends (RFC 1122 2.3.2.1)', () => {
      const sandbox = new Sandbox(neighbor);
      sandbox.receive('learned', [learned('10.2.0.7')]);
      const due = sandbox.process([row('10.2.0.7'), row('10.2.0.7')], { seconds: MINUTE });
      expect(due.rows).toEqual([resolved(), resolved()]);
      expect(due.messages).toEqual([resolve('10.2.0.7', { mac: MAC })]);
      sandbox.receive('learned', [learned('10.2.0.7')], MINUTE + 1);
      const later = sandbox.process([row('10.2.0.7')], { seconds: 2 * MINUTE });
      expect(later.rows).toEqual([resolved()]);
      expect(later.messages).toEqual([]);
    });

    it('forgets who does not answer within four seconds, and asks everybody', () => {
      const sandbox = new Sandbox(neighbor);
      sandbox.receive('learned', [learned('10.2.0.7')]);
      sandbox.process([row('10.2.0.7')], { seconds: MINUTE });
      const last = sandbox.process([row('10.2.0.7')], { seconds: MINUTE + 3.9 });
      expect(last.rows).toEqual([resolved()]);
      const { rows } = sandbox.process([row('10.2.0.7')], { seconds: MINUTE + 4 });
      expect(rows).toEqual([hold]);
      const { messages } = sandbox.process([row('10.2.0.7')], { seconds: MINUTE + 7 });
      expect(messages).toEqual([resolve('10.2.0.7')]);
    });

    it('forgets an answer after twenty minutes in which nothing was sent there', () => {
      const sandbox = new Sandbox(neighbor);
      sandbox.receive('learned', [learned('10.2.0.7')]);
      const { rows, messages } = sandbox.process([row('10.2.0.7')], { seconds: 20 * MINUTE });
      expect(rows).toEqual([hold]);
      expect(messages).toEqual([resolve('10.2.0.7')]);
    });
  });

  describe.skipIf(isSkipped)('neighbor believes', () => {
    it('nothing unasked about a neighbour that it does not know', () => {
      const sandbox = new Sandbox(neighbor);
      sandbox.receive('learned', [learned('10.2.0.7', { solicited: 0 })]);
      expect(sandbox.process([row('10.2.0.7')]).rows).toEqual([hold]);
    });

    it('a change that a known neighbour announces', () => {
      const sandbox = new Sandbox(neighbor);
      sandbox.receive('learned', [learned('10.2.0.7')]);
      sandbox.receive('learned', [learned('10.2.0.7', { mac: 0x020000000009, solicited: 0 })]);
      expect(sandbox.process([row('10.2.0.7')]).rows).toEqual([resolved(0x020000000009)]);
    });

    it.each([
      ['broadcast', 0xffffffffffff],
      ['multicast', 0x01005e000001],
      ['none', 0],
      ['more than 48 bits', 2 ** 48],
    ])('no MAC address that is %s (A7)', (_, mac) => {
      const sandbox = new Sandbox(neighbor);
      sandbox.process([row('10.2.0.7')]);
      sandbox.receive('learned', [learned('10.2.0.7', { mac })]);
      expect(sandbox.process([row('10.2.0.7')]).rows).toEqual([hold]);
    });
  });

  describe.skipIf(isSkipped)('neighbor has room for neighborsMax', () => {
    it('and a scan of addresses that do not exist pushes out no neighbour that does', () => {
      const sandbox = new Sandbox(neighbor);
      const known = Array.from({ length: 200 }, (_, i) => `10.3.0.${i + 1}`);
      sandbox.receive(
        'learned',
        known.map((address) => learned(address)),
      );
      for (let scan = 0; scan < 200; scan++) {
        const rows = Array.from({ length: 256 }, (_, i) => row(`10.4.${scan}.${i}`));
        const { rows: judged } = sandbox.process(rows, { seconds: 20 * MINUTE - 2 });
        expect(judged.every((r) => r.verdict === 'hold')).toBe(true);
      }
      const rows = known.map((address) => row(address));
      const { rows: judged } = sandbox.process(rows, { seconds: 20 * MINUTE - 1 });
      expect(judged.filter((r) => r.verdict !== 'resolved')).toEqual([]);
    });

    it('and more neighbours than that cost the oldest, not a trap', () => {
      const sandbox = new Sandbox(neighbor);
      for (let block = 0; block < 80; block++) {
        const records = Array.from({ length: 256 }, (_, i) => learned(`10.5.${block}.${i}`));
        sandbox.receive('learned', records, block);
      }
      const rows = Array.from({ length: 256 }, (_, i) => row(`10.5.79.${i}`));
      const { rows: judged } = sandbox.process(rows, { seconds: 80 });
      expect(judged.filter((r) => r.verdict === 'resolved')).toHaveLength(256);
    });

    it('forgets who was on a wire whose link has gone, and nobody on another', () => {
      const sandbox = new Sandbox(neighbor);
      for (const port of [1, 2]) {
        sandbox.process([row('10.2.0.7', { port })]);
        sandbox.receive('learned', [learned('10.2.0.7', { port })]);
      }
      sandbox.receive('links', [{ port: 1, up: 1 }]);
      expect(sandbox.process([row('10.2.0.7')]).rows).toEqual([resolved()]);
      sandbox.receive('links', [{ port: 1, up: 0 }]);
      const { rows, messages } = sandbox.process([row('10.2.0.7'), row('10.2.0.7', { port: 2 })]);
      expect(rows).toEqual([hold, resolved()]);
      expect(messages).toEqual([resolve('10.2.0.7')]);
      const other = MAC + 1;
      sandbox.receive('learned', [learned('10.2.0.7', { mac: other })]);
      expect(sandbox.process([row('10.2.0.7')]).rows).toEqual([resolved(other)]);
    });
  });
});
