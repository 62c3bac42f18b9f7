import { expect, it } from 'vitest';
import { loadManifest } from '../../config/manifest.ts';
import { complaints, scratchFolder } from './scratch-files.ts';

const scratch = scratchFolder();

it.each([
  ['writes over the line above', '"Reads nothing.\\e[1A\\e[2K"'],
  ['runs from right to left', '"Reads \\u202egnihton."'],
  ['has two lines', '"Reads nothing.\\n  may write  nothing"'],
])('a manifest has no summary that %s', (_, summary) => {
  const text = `name: m
version: 1.0.0
summary: ${summary}
limits: { memory: 1 MiB, fuel-per-packet: 1000 }
accepts: ip
`;
  const load = () => loadManifest(scratch.write('m.yaml', text));
  expect(complaints(scratch.folder, load)).toEqual([
    expect.stringContaining('a summary is one line of plain text'),
  ]);
});
