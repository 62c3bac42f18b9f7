import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { FILE_OPTIONS, FOLDER_OPTIONS } from '../../scripts/completion/command-shape.ts';
import { hasProgram } from '../project/has-program.ts';
import { sluice, temporaryFolder } from './sluice.ts';

const folder = temporaryFolder();
const scripts: Record<string, string> = {};

beforeAll(async () => {
  for (const shell of ['bash', 'zsh', 'fish']) {
    const run = await sluice('completion', shell);
    expect(run).toMatchObject({ code: 0, stderr: '' });
    scripts[shell] = run.stdout;
  }
  mkdirSync(join(folder, 'plant files'));
  writeFileSync(join(folder, 'plant 1.pcap'), '');
  writeFileSync(join(folder, 'router.yaml'), '');
});

/** What bash offers for the last of these words, split as bash splits them. */
function bash(...words: string[]): string[] {
  const quoted = words.map((word) => `'${word}'`).join(' ');
  const ask = `COMP_WORDS=(${quoted}) COMP_CWORD=${words.length - 1}; _sluice; \
[ \${#COMPREPLY[@]} -eq 0 ] || printf '%s\\n' "\${COMPREPLY[@]}"`;
  const script = `${scripts['bash']}\n${ask}`;
  const run = spawnSync('bash', ['--norc', '-c', script], { cwd: folder, encoding: 'utf8' });
  expect(run.stderr).toBe('');
  return run.stdout.split('\n').filter((line) => line !== '');
}

const FILES = ['plant 1.pcap', 'plant files', 'router.yaml'];

describe.skipIf(!hasProgram('bash'))('bash (skipped where there is none) completes', () => {
  it.each([
    ['commands', ['sluice', 're'], ['replay']],
    ['options of the command', ['sluice', 'replay', '--fi'], ['--fix-checksums']],
    ['no options of another', ['sluice', 'test', '--fi'], []],
    ['choices', ['sluice', 'replay', '--log', 's'], ['silent']],
    ['files', ['sluice', 'replay', ''], FILES],
    ['more files', ['sluice', 'replay', 'x.pcap', 'r'], ['router.yaml']],
    ['names with spaces', ['sluice', 'replay', 'plant'], FILES.slice(0, 2)],
    ['the file of an option', ['sluice', 'replay', '--config', 'r'], ['router.yaml']],
    ['a value after =', ['sluice', 'replay', '--config', '=', 'r'], ['router.yaml']],
    ['the file of a port', ['sluice', 'replay', 'eth0', '=', 'r'], ['router.yaml']],
    ['folders', ['sluice', 'replay', '--out', ''], ['plant files']],
    ['shells', ['sluice', 'completion', 'f'], ['fish']],
    ['no ports, which nobody can guess', ['sluice', 'replay', '--in', ''], []],
    ['no numbers', ['sluice', 'replay', '--limit', ''], []],
    ['no wires', ['sluice', 'boot', 'r.yaml', '--wire', 'eth0', '=', ''], []],
  ])('%s', (_, words, offered) => {
    expect(bash(...words).sort()).toEqual(offered);
  });
});

describe.skipIf(!hasProgram('fish'))('fish (skipped where there is none) completes', () => {
  it.each([
    ['commands', 'sluice repl', ['replay']],
    ['options', 'sluice replay --fix', ['--fix-checksums']],
    ['files', 'sluice replay --config rou', ['router.yaml']],
    ['no ports', 'sluice replay --in ', []],
  ])('%s', (_, line, offered) => {
    const script = `${scripts['fish']}\ncomplete -C '${line}'`;
    const run = spawnSync('fish', ['--no-config', '-c', script], { cwd: folder, encoding: 'utf8' });
    expect(run.stderr).toBe('');
    const lines = run.stdout.split('\n').filter((text) => text !== '');
    expect(lines.map((text) => text.split('\t')[0])).toEqual(offered);
  });
});

describe.skipIf(!hasProgram('zsh'))('zsh (skipped where there is none)', () => {
  it('loads its script', () => {
    const load = 'autoload -U compinit; compinit -D -u; eval "$SCRIPT"; print $_comps[sluice]';
    const environment = { ...process.env, SCRIPT: scripts['zsh'] };
    const run = spawnSync('zsh', ['-fc', load], { env: environment, encoding: 'utf8' });
    expect(run).toMatchObject({ stdout: '_sluice\n', stderr: '', status: 0 });
  });
});

it('every option said to be a file or a folder is one that a command has', () => {
  for (const option of [...FILE_OPTIONS, ...FOLDER_OPTIONS]) {
    expect(scripts['bash']).toContain(` --${option}')`);
  }
});
