import { PassThrough } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { compileTables } from '../../../firmware/boot/tables.ts';
import { completeConsoleLine } from '../../../scripts/console/console-command.ts';
import type { ConsoleSession } from '../../../scripts/console/session.ts';
import { Terminal } from '../../../scripts/console/terminal.ts';
import { firmwareOf, routerOf, routerYaml } from '../../firmware/configuration.ts';

/** A session of a board that nobody runs: enough for what needs no data plane. */
async function openSession(): Promise<ConsoleSession & { stops: number }> {
  const firmware = await firmwareOf();
  const router = routerOf(routerYaml('flows: []\n'));
  const session = {
    ...{ firmware, router, tables: compileTables(firmware.system, router) },
    ...{ audit: [], log: ['1.000 s: eth0: link up'], stops: 0 },
    ask: async () => null,
    stop() {
      session.stops++;
    },
  };
  return session;
}

/** A terminal that a test types on; `shown` is all that stood on it. */
async function openTerminal() {
  const session = await openSession();
  const input = new PassThrough();
  const output = Object.assign(new PassThrough(), { columns: 80, rows: 24 });
  let shown = '';
  output.on('data', (chunk) => {
    shown += chunk;
  });
  const terminal = new Terminal(session, { input, output });
  const type = async (text: string) => {
    shown = '';
    input.write(text);
    for (let turns = 0; turns < 10; turns++) await turn();
    return shown;
  };
  return { session, terminal, type };
}

describe('the console on a terminal', () => {
  it('answers a line and asks for the next', async () => {
    const { terminal, type } = await openTerminal();
    expect(await type('show log\r')).toContain('1.000 s: eth0: link up\n');
    expect(await type('shw\r')).toContain('no command "shw"; did you mean "show"?');
    expect(await type('show flows\r')).toContain('started again before it could answer');
    terminal.close();
  });

  it('completes words, and has a history', async () => {
    const { terminal, type } = await openTerminal();
    expect(await type('sho\t')).toContain('w');
    await type(' log\r');
    expect(await type('\u001b[A')).toContain('show log');
    terminal.close();
  });

  it('tells above what is being typed, which stays', async () => {
    const { terminal, type } = await openTerminal();
    await type('show ro');
    const shown = type('');
    terminal.tell('eth1: link down\n');
    expect(await shown).toMatch(/eth1: link down\n[\s\S]*sluice> show ro/);
    terminal.close();
  });

  it('has no prompt before an answer, whatever was told meanwhile', async () => {
    const { session, terminal, type } = await openTerminal();
    session.ask = async () => {
      terminal.tell('eth1: link down\n');
      return null;
    };
    const shown = await type('show flows\r');
    const [before = ''] = shown.split('the data plane');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: it wipes the line
    expect(before.slice(before.lastIndexOf('sluice> '))).toMatch(/\u001b\[2K/);
    terminal.close();
  });

  it.each([
    ['Ctrl-C', '\u0003'],
    ['Ctrl-D', '\u0004'],
    ['quit', 'quit\r'],
  ])('stops the board at %s', async (_, keys) => {
    const { session, terminal, type } = await openTerminal();
    await type(keys);
    expect(session.stops).toBe(1);
    terminal.close();
  });
});

describe('completion', () => {
  it.each([
    ['', ['show', 'ping', 'probe', 'shutdown', 'no shutdown', 'fault', 'help', 'quit']],
    ['sh', ['show', 'shutdown']],
    ['show r', ['show routes']],
    ['no shutdown eth', ['no shutdown eth0', 'no shutdown eth1', 'no shutdown eth2']],
    ['xyz', []],
  ])('of "%s"', async (line, expected) => {
    const [found] = completeConsoleLine(await openSession(), line);
    expect(found.filter((each) => !each.includes('plant') && !each.includes('office'))).toEqual(
      expected,
    );
  });
});
