import { describe, expect, it } from 'vitest';
import * as abi from '../../config/abi.ts';
import { columnNames, columns } from '../../config/columns.ts';

describe('the columns', () => {
  it('are named as the constants of the ABI are, and are all there', () => {
    const constants = Object.entries(abi).filter(
      ([name]) => /^COLUMN_/.test(name) && !/COUNT|ALIGNMENT/.test(name),
    );
    const named = columnNames.map((name) => [
      `COLUMN_${name.toUpperCase().replaceAll('.', '_')}`,
      columns[name].id,
    ]);
    expect(named).toEqual(constants.sort((a, b) => (a[1] as number) - (b[1] as number)));
    expect(columnNames.length).toBe(abi.COLUMN_COUNT);
  });

  it('can be written only where the ABI says so', () => {
    const writable = columnNames.filter((name) => columns[name].writable).sort();
    expect(writable).toEqual(
      [
        ...['meta.egress', 'meta.nexthop', 'eth.dst', 'vlan.id', 'ipv4.src', 'ipv4.dst'],
        ...['ipv4.ttl', 'ipv4.dscp', 'l4.sport', 'l4.dport', 'icmp.type', 'icmp.code'],
        ...['quoted.ipv4.src', 'quoted.ipv4.dst', 'quoted.ipv4.proto'],
        ...['quoted.l4.sport', 'quoted.l4.dport'],
      ].sort(),
    );
  });

  it('have a greatest value that their size holds', () => {
    for (const name of columnNames) {
      const { size, max } = columns[name];
      if (size <= 8) expect(max).toBeLessThanOrEqual(2 ** (8 * size) - 1);
      if (columns[name].writable) expect(max).toBeGreaterThan(0);
    }
  });
});
