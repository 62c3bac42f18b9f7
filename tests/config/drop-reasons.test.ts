import { describe, expect, it } from 'vitest';
import * as abi from '../../config/abi.ts';
import {
  dropReasonDescriptions,
  dropReasonId,
  dropReasonName,
  dropReasonNames,
} from '../../config/drop-reasons.ts';

describe('drop reasons', () => {
  it('have names in both directions', () => {
    expect(dropReasonName(abi.DROP_TTL_EXPIRED)).toBe('ttl-expired');
    expect(dropReasonId('ttl-expired')).toBe(abi.DROP_TTL_EXPIRED);
    expect(dropReasonName(abi.DROP_NONE)).toBeUndefined();
    expect(dropReasonName(abi.DROP_NAMED_FIRST)).toBeUndefined();
    expect(dropReasonId('none')).toBeUndefined();
    for (const name of dropReasonNames) expect(dropReasonName(dropReasonId(name)!)).toBe(name);
  });

  it('have numbers of their own, below those of named drops', () => {
    const ids = dropReasonNames.map((name) => dropReasonId(name)!);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toEqual([...ids].sort((a, b) => a - b));
    expect(Math.max(...ids)).toBeLessThan(abi.DROP_NAMED_FIRST);
  });

  it('are all described, each in one sentence of what happened and one of what to do', () => {
    expect(Object.keys(dropReasonDescriptions).sort()).toEqual([...dropReasonNames].sort());
    for (const { meaning, action } of Object.values(dropReasonDescriptions)) {
      expect(meaning).toMatch(/^[A-Z][^\n]+\.$/);
      expect(action).toMatch(/^[A-Z][^\n]+\.$/);
    }
  });
});
