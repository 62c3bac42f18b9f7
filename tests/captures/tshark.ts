/** tshark as the judge of frames: chosen fields of every frame of a capture, in one call. */
import { execFile } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { hasProgram } from '../project/has-program.ts';
import { hasSharedCaptures, NO_SHARED_CAPTURES } from './shared-folder.ts';

/** Nothing but the bytes of the one frame may count, and every checksum is to be verified. */
const OPTIONS = [
  'ip.defragment:FALSE',
  'ip.check_checksum:TRUE',
  'tcp.check_checksum:TRUE',
  'tcp.desegment_tcp_streams:FALSE',
  'tcp.analyze_sequence_numbers:FALSE',
  'udp.check_checksum:TRUE',
  'sctp.checksum:automatic',
].flatMap((option) => ['-o', option]);

const FORMAT = ['-T', 'fields', '-E', 'separator=/t', '-E', 'occurrence=a', '-E', 'aggregator=;'];

/** All values of each field of one frame, outermost header first. */
export type Row = Readonly<Record<string, readonly string[]>>;

const whyNoTshark =
  hasProgram('tshark') && hasProgram('mergecap') ? null : 'tshark or mergecap is not installed';

/** Why real captures cannot be judged here; null where they can. */
export const missing = hasSharedCaptures ? whyNoTshark : NO_SHARED_CAPTURES;

const run = promisify(execFile);

/**
 * The fields of every frame of a capture. Of several display filters, `frame.coloring_rule.name`
 * is the name of the first that matches: tshark does this with its colouring rules, which are a
 * first match like a router's policy.
 */
export async function tsharkRows(
  file: string,
  fields: readonly string[],
  filters: ReadonlyMap<string, string>,
  folder: string,
): Promise<Iterable<Row>> {
  const rules = [...filters].map(([name, filter]) => `@${name}@${filter}@[0,0,0][0,0,0]\n`);
  const own = mkdtempSync(join(folder, 'rules-'));
  writeFileSync(join(own, 'colorfilters'), rules.join(''));
  const wanted = fields.flatMap((field) => ['-e', field]);
  const args = ['-n', '--color', '-r', file, ...OPTIONS, ...FORMAT, ...wanted];
  const { stdout } = await run('tshark', args, {
    maxBuffer: 1 << 28,
    // Nobody's own preferences, and our own colouring rules.
    env: { ...process.env, WIRESHARK_CONFIG_DIR: own },
  });
  return rowsOf(stdout, fields);
}

/** One at a time: the rows of all captures together would fill the memory. */
function* rowsOf(text: string, fields: readonly string[]): Generator<Row> {
  let start = 0;
  for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
    const cells = text.slice(start, end).split('\t');
    start = end + 1;
    const row: Record<string, readonly string[]> = {};
    for (const [index, field] of fields.entries()) row[field] = valuesOf(cells[index] ?? '');
    yield row;
  }
}

const NO_VALUES: readonly string[] = [];

function valuesOf(cell: string): readonly string[] {
  if (cell === '') return NO_VALUES;
  return cell.includes(';') ? cell.split(';') : [cell];
}

/** Writes a capture of all frames of these, one capture behind the other. */
export async function joinCaptures(files: readonly string[], output: string): Promise<void> {
  await run('mergecap', ['-a', '-w', output, ...files]);
}
