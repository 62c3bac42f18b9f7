import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../config/diagnostics.ts';
import { CaptureError } from '../../drivers/capture-error.ts';
import { BootError } from '../../firmware/boot/boot-error.ts';
import { explainError } from '../../scripts/errors.ts';
import { CompileError } from '../../scripts/toolchain/compile.ts';
import { UsageError } from '../../scripts/usage-error.ts';

const place = { file: 'r.yaml', line: 3, column: 5 };

describe('an error', () => {
  it('of the command line says what to do', () => {
    expect(explainError(new UsageError('no port "x"', 'known here: eth0'))).toEqual({
      lines: ['sluice: no port "x"; known here: eth0'],
      exitCode: 2,
    });
  });

  it('of a configuration has a line for each mistake, with its place', () => {
    const diagnostics = [
      { code: 'CONFIG_UNKNOWN_KEY' as const, ...place, message: '"flow"', hint: 'flows?' },
      { code: 'CONFIG_LIMIT' as const, ...place, message: 'too many' },
    ];
    expect(explainError(new ConfigError(diagnostics))).toEqual({
      lines: ['r.yaml:3:5: CONFIG_UNKNOWN_KEY "flow"; flows?', 'r.yaml:3:5: CONFIG_LIMIT too many'],
      exitCode: 2,
    });
  });

  it('of a capture says where in the file', () => {
    const error = new CaptureError('CAPTURE_TRUNCATED_RECORD', 'a.pcap', 40, 'the file ends');
    expect(explainError(error)).toEqual({
      lines: ['sluice: a.pcap: byte 40: the file ends'],
      exitCode: 2,
    });
  });

  it('of a module that does not compile has a line for each mistake', () => {
    const error = new CompileError([{ ...place, file: 'm/index.ts', message: 'no such name' }], '');
    expect(explainError(error)).toEqual({ lines: ['m/index.ts:3:5: no such name'], exitCode: 3 });
  });

  it('at boot is about a module, or about how modules are linked', () => {
    const refused = new BootError('MODULE_MEMORY', 'arp', 'too large', 'raise limits.memory');
    expect(explainError(refused)).toEqual({
      lines: ['sluice: MODULE_MEMORY arp: too large; raise limits.memory'],
      exitCode: 3,
    });
    expect(explainError(new BootError('SYSTEM_CYCLE', 'x', 'y', 'z')).exitCode).toBe(2);
  });

  it('of a module that is refused has exit code 3, in one line', () => {
    const error = Object.assign(new Error('has\n  imports'), { code: 'MODULE_IMPORTS' });
    expect(explainError(error)).toEqual({
      lines: ['sluice: MODULE_IMPORTS has; imports'],
      exitCode: 3,
    });
  });

  it('that nobody has named is our own bug, and says where', () => {
    const { lines, exitCode } = explainError(new TypeError('x is undefined'));
    expect(exitCode).toBe(70);
    expect(lines[0]).toBe('sluice: bug: x is undefined');
    expect(lines[1]).toMatch(/^\s+at /);
  });
});
