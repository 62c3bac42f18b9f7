import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { AUDIT_KEYS_MAX, AUDIT_WINDOW_NS, Audit } from '../../firmware/board/audit.ts';
import type { AuditLog } from '../../firmware/report/audit-log.ts';
import { boot } from './board-under-test.ts';
import { OPEN, routerYaml } from './configuration.ts';
import { udpFrame } from './frames.ts';
import { puppetSystem, scriptOf } from './puppet.ts';

const SECOND = 1_000_000_000n;

function auditOf(): { audit: Audit; lines: string[]; events: () => Record<string, unknown>[] } {
  const lines: string[] = [];
  const audit = new Audit((line) => lines.push(line));
  return { audit, lines, events: () => lines.map((line) => JSON.parse(line)) };
}

describe('the audit log', () => {
  it('numbers its lines and chains them by SHA-256', () => {
    const { audit, lines, events } = auditOf();
    for (let i = 0; i < 5; i++) audit.write(BigInt(i) * SECOND, 'boot', { i });
    let prev = '0'.repeat(64);
    for (const [i, line] of lines.entries()) {
      expect(events()[i]).toMatchObject({ seq: i, prev, time: `${i}.000000000`, i });
      prev = createHash('sha256').update(line).digest('hex');
    }
    expect(audit.end).toEqual({ lines: 5, head: prev });
  });

  it('writes the first of its kind at once and in full, and counts those alike', () => {
    const { audit, events } = auditOf();
    for (let i = 0; i < 1000; i++) {
      audit.record(BigInt(i), 'violation', { module: 'nat', violation: 'range' }, { value: i });
    }
    audit.record(1000n, 'violation', { module: 'nat', violation: 'output' }, { value: 7 });
    expect(events()).toMatchObject([{ violation: 'range', value: 0 }, { violation: 'output' }]);
    audit.onBreath(AUDIT_WINDOW_NS - 1n);
    expect(events()).toHaveLength(2);
    audit.onBreath(AUDIT_WINDOW_NS + SECOND);
    expect(events()[2]).toMatchObject({
      event: 'violation',
      violation: 'range',
      repeated: 999,
      first: '0.000000000',
      last: '0.000000999',
    });
    expect(events()).toHaveLength(3);
  });

  it('closes a minute at its end, and one with nothing to count without a line', () => {
    const { audit, events } = auditOf();
    audit.record(0n, 'fault', { module: 'nat' });
    audit.record(0n, 'fault', { module: 'arp' });
    audit.record(1n, 'fault', { module: 'arp' });
    audit.onBreath(AUDIT_WINDOW_NS);
    expect(events().slice(2)).toMatchObject([{ module: 'arp', repeated: 1 }]);
    audit.record(AUDIT_WINDOW_NS, 'fault', { module: 'nat' });
    expect(events()).toHaveLength(4);
  });

  it('looks whether a minute is over once a second, on the second', () => {
    const { audit, events } = auditOf();
    for (let i = 0; i < 2; i++) audit.record(0n, 'fault', { module: 'nat' });
    audit.onBreath(AUDIT_WINDOW_NS - SECOND);
    audit.onBreath(AUDIT_WINDOW_NS);
    expect(events().at(-1)).toMatchObject({ repeated: 1 });
    for (let i = 0; i < 2; i++) audit.record(0n, 'fault', { module: 'nat' });
    audit.onBreath(AUDIT_WINDOW_NS + SECOND - 1n);
    expect(events()).toHaveLength(3);
    audit.onBreath(AUDIT_WINDOW_NS + SECOND);
    expect(events()).toHaveLength(4);
  });

  it('tells of the next in full once the minute is over', () => {
    const { audit, events } = auditOf();
    for (let second = 0n; second < 600n; second++) {
      audit.onBreath(second * SECOND);
      audit.record(second * SECOND, 'fault', { module: 'nat' }, { second: Number(second) });
    }
    audit.flush(600n * SECOND);
    // Ten minutes: one line in full and one that counts the others, each.
    expect(events()).toHaveLength(20);
    const counted = events().reduce((sum, { repeated }) => sum + Number(repeated ?? 1), 0);
    expect(counted).toBe(600);
  });

  it('tells so many kinds apart and no more: the rest is counted together', () => {
    const { audit, events } = auditOf();
    for (let i = 0; i < AUDIT_KEYS_MAX + 500; i++) audit.record(1n, 'violation', { i });
    // One more in full: the first of those that are not told apart.
    expect(events()).toHaveLength(AUDIT_KEYS_MAX + 1);
    audit.record(1n, 'violation', { i: AUDIT_KEYS_MAX - 1 });
    expect(events()).toHaveLength(AUDIT_KEYS_MAX + 1);
    audit.record(1n, 'fault', { module: 'nat' });
    expect(events()[AUDIT_KEYS_MAX + 1]).toMatchObject({ event: 'fault', module: 'nat' });
    audit.flush(2n);
    expect(events().at(-1)).toMatchObject({ event: 'violation', others: true, repeated: 499 });
  });
});

describe('the audit log of a board', () => {
  it('begins with firmware and configuration', async () => {
    const lines: string[] = [];
    const { board, router } = await boot(routerYaml(OPEN), {});
    const { Board } = await import('../../firmware/board/board.ts');
    new Board(board.firmware, router, board.tables, {
      openAudit: () => new Audit((line) => lines.push(line)),
    });
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      {
        seq: 0,
        prev: '0'.repeat(64),
        time: '0.000000000',
        event: 'boot',
        firmware: board.firmware.digest,
        configuration: router.digest,
      },
    ]);
  });

  it('counts the denied packets of a tuple into one line at its end', async () => {
    const board = await boot(routerYaml(OPEN));
    board.send(Array<string>(50).fill('tcp 10.2.0.7:80 > 10.1.0.20:4000'), { at: 5 });
    board.send('tcp 10.2.0.7:80 > 10.1.0.20:4000', { at: 9 });
    board.board.endAudit();
    const { audit } = board.step();
    expect(audit).toMatchObject([
      { event: 'denied', repeated: 50, source: '10.2.0.7', dport: 4000, first: '5.000000000' },
    ]);
    expect(audit[0].last).toBe('9.000000000');
  });

  it('names the first denial beyond 1,000 tuples, and counts the others', async () => {
    const board = await boot(routerYaml(OPEN));
    const texts = Array.from({ length: 1200 }, (_, i) => `tcp 10.2.0.7:1 > 10.1.0.20:${i + 1}`);
    const step = board.send(texts);
    expect(step.audit).toHaveLength(1001);
    board.board.endAudit();
    expect(board.step().audit).toMatchObject([{ event: 'denied', others: true, repeated: 199 }]);
  });

  it('is a few lines for a flood of violations, and hides no other kind', async () => {
    const { firmware } = await puppetSystem(
      'accepts: ip\nreads: ["payload[128]"]\noutputs: { out: ip }',
    );
    const board = await boot(routerYaml(OPEN), { firmware });
    const text = 'udp 10.1.0.20:4000 > 10.2.0.7:502';
    const flood = Array.from({ length: 5000 }, () => udpFrame(text, scriptOf({ verdict: 9 })));
    const other = udpFrame(text, scriptOf({ verdict: 1, changed: 1 }));
    const step = board.sendFrames([...flood, other], 'eth1');
    expect(step.delta['modules.puppet.violationsByKind.verdict']).toBe(5000);
    const lines = step.audit.map(({ violation, repeated }) => [violation, repeated === undefined]);
    expect(lines).toEqual([
      ['verdict', true],
      ['changed-bit', true],
      ['verdict', false],
    ]);
    expect(step.audit[0]).toMatchObject({
      module: 'puppet',
      why: 'the manifest gives no such verdict',
      value: '9',
      source: '10.1.0.20',
    });
  });
});

describe('denials, where a board runs for long', () => {
  const HOUR = 3600n * SECOND;
  const tuples = (from: number, count: number) =>
    Array.from({ length: count }, (_, i) => `udp 10.1.0.20:4000 > 10.2.0.7:${from + i}`);

  it('are told of anew once their table is full, at most once an hour', async () => {
    const board = await boot(routerYaml('flows: []'));
    const log = board.board.audit as AuditLog;
    const told = (from: number, count: number) =>
      board.send(tuples(from, count)).audit.map(({ dport }) => dport);
    const renewed = (now: bigint) => {
      log.renewDenied(now);
      return board.run().audit.map(({ dport, repeated, others }) => [dport, repeated, others]);
    };
    expect(told(1, 999)).toHaveLength(999);
    expect(renewed(HOUR)).toEqual([]);
    expect(told(1, 2)).toEqual([]);
    expect(told(1000, 3)).toEqual([1000, 1001]);
    expect(renewed(HOUR)).toEqual([
      ...[1, 2].map((port) => [port, 1, undefined]),
      [undefined, 1, true],
    ]);
    expect(told(1, 1)).toEqual([1]);
    expect(board.counters).toMatchObject({ denied: [{ port: 1, packets: 1 }], deniedOther: 1004 });
    expect(told(3000, 1001)).toHaveLength(1000);
    expect(renewed(2n * HOUR - 1n)).toEqual([]);
    expect(told(9000, 1)).toEqual([]);
    expect(renewed(2n * HOUR)).toEqual([[undefined, 2, true]]);
    expect(told(9000, 1)).toEqual([9000]);
  });
});
