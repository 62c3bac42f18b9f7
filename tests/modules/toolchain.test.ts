import { createHash } from 'node:crypto';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildModule } from '../../scripts/toolchain/build-firmware.ts';
import { CompileError, compileAssemblyScript } from '../../scripts/toolchain/compile.ts';
import { compileCached } from '../../scripts/toolchain/wasm-cache.ts';
import { Sandbox } from './sandbox.ts';
import { instantiate } from './webassembly.ts';

let scratch: string;
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'sluice-toolchain-'));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const MANIFEST = `
name: twin
version: 1.0.0
summary: Forwards what it is told to.
places:
  first:
    accepts: ip
    reads: [ipv4.dst, meta.ingress, "payload[3]"]
    writes: { meta.egress: any, meta.nexthop: any }
    outputs: { even: ip, odd: ip }
  second:
    accepts: ip
    reads: [ipv4.src]
    outputs: { through: ip }
    consumes: true
drops: [bad-luck]
messages:
  receives: { number: [small: u8, wide: u64, middle: u16] }
  sends: { echoed: [small: u8, wide: u64, middle: u16] }
limits: { memory: 512 KiB, fuel-per-packet: 1000, fuel-per-message: 1000 }
`;

const INDEX = `
import { DROP_BAD_LUCK, begin, first, place, receives, rowCount, second, sends } from './manifest';
import { isOdd } from './odd';

export function initialize(): void {}
export function process(): void {
  begin();
  for (let row: u32 = 0; row < rowCount(); row++) {
    if (place() == second.PLACE) {
      second.setVerdict(row, second.ipv4Src(row) == 0 ? second.CONSUME : second.OUTPUT_THROUGH);
      continue;
    }
    const dst = first.ipv4Dst(row);
    const third: u32 = load<u8>(first.payload(row), 2);
    if (dst == 13) { first.setVerdict(row, DROP_BAD_LUCK); continue; }
    first.setMetaNexthop(row, dst + third);
    if (first.metaIngress(row) != 0) first.setMetaEgress(row, first.metaIngress(row));
    first.setVerdict(row, isOdd(dst) ? first.OUTPUT_ODD : first.OUTPUT_EVEN);
  }
}
export function receive(): void {
  begin();
  for (let entry = receives.first(); entry < receives.end(); entry = receives.next(entry)) {
    let record = receives.firstRecord(entry);
    for (let left = receives.records(entry); left > 0; left--) {
      sends.echoed(
        receives.number.small(record), receives.number.wide(record), receives.number.middle(record),
      );
      record += receives.number.SIZE;
    }
  }
}
`;

function writeModule(name: string, files: Record<string, string>): string {
  const folder = join(scratch, name);
  mkdirSync(folder, { recursive: true });
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
  return folder;
}

const twin = {
  'manifest.yaml': MANIFEST,
  'index.ts': INDEX,
  'odd.ts': 'export function isOdd(n: u32): bool { return (n & 1) != 0; }\n',
};
const noCache = { cache: null };

describe('bindings', () => {
  it('give a module in any folder its columns, outputs, drops and messages by name', async () => {
    const sandbox = new Sandbox(await buildModule(writeModule('twin', twin), noCache));
    const payload = new Uint8Array([7, 7, 100]);
    const rows = [
      { 'ipv4.dst': 2, 'meta.ingress': 9, payload },
      { 'ipv4.dst': 3 },
      { 'ipv4.dst': 13 },
    ];
    expect(sandbox.process(rows, { place: 'first' }).rows).toEqual([
      { verdict: 'even', changed: { 'meta.egress': 9, 'meta.nexthop': 102 } },
      { verdict: 'odd', changed: { 'meta.nexthop': 3 } },
      { verdict: 'bad-luck', changed: {} },
    ]);
    const others = [{ 'ipv4.src': 0 }, { 'ipv4.src': 1 }];
    expect(sandbox.process(others, { place: 'second' }).rows.map((r) => r.verdict)).toEqual([
      'consume',
      'through',
    ]);
    const record = { small: 255, wide: 2 ** 47 + 1, middle: 65535 };
    expect(sandbox.receive('number', [record, record]).messages).toEqual([
      { name: 'echoed', record },
      { name: 'echoed', record },
    ]);
  });

  it('have no name for what the manifest does not declare', async () => {
    const index = INDEX.replace('second.ipv4Src(row)', 'second.ipv4Dst(row)');
    const folder = writeModule('curious', { ...twin, 'index.ts': index });
    await expect(buildModule(folder, noCache)).rejects.toThrow(/index\.ts:10:\d+: .*ipv4Dst/);
  });
});

describe('a module', () => {
  it('with a mistake is refused with file, line and column', async () => {
    const odd = 'export function isOdd(n: u32): bool {\n  return nowhere;\n}\n';
    const folder = writeModule('mistaken', { ...twin, 'odd.ts': odd });
    const error = await buildModule(folder, noCache).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(CompileError);
    expect((error as CompileError).diagnostics).toMatchObject([
      {
        file: join(folder, 'odd.ts'),
        line: 2,
        column: 10,
        message: "Cannot find name 'nowhere'.",
      },
    ]);
  });

  it('that reaches out of its folder does not compile', async () => {
    writeFileSync(join(scratch, 'outside.ts'), 'export const secret: u32 = 1;\n');
    const index = `import { secret } from '../outside';\n${INDEX}`;
    const folder = writeModule('reaching', {
      ...twin,
      'index.ts': `${index}export const s = secret;\n`,
    });
    await expect(buildModule(folder, noCache)).rejects.toThrow(CompileError);
  });

  it('that must run code before initialize() is refused', async () => {
    const seed = 'let seed: u32 = <u32>memory.size();\n';
    const index = `${seed}${INDEX}export function next(): u32 { return ++seed; }`;
    const folder = writeModule('eager', { ...twin, 'index.ts': index });
    await expect(buildModule(folder, noCache)).rejects.toThrow(/set it in initialize/);
  });

  it('without process is refused', async () => {
    const index = 'export function initialize(): void {}\n';
    const folder = writeModule('idle', { ...twin, 'index.ts': index });
    await expect(buildModule(folder, noCache)).rejects.toThrow(/index.ts exports no process/);
  });

  it('may come as module.wasm, which is taken as it is', async () => {
    const { wasm } = await buildModule(join(scratch, 'twin'), noCache);
    const folder = writeModule('binary', { 'manifest.yaml': MANIFEST });
    writeFileSync(join(folder, 'module.wasm'), wasm);
    expect((await buildModule(folder)).wasm).toEqual(wasm);
  });
});

describe('the compiler', () => {
  const request = (text: string) => ({ entry: 'a.ts', files: new Map([['a.ts', text]]) });
  const one = request('export function one(): i32 { return 1; }');

  it('gives the same bytes for the same sources', async () => {
    expect(await compileAssemblyScript(one)).toEqual(await compileAssemblyScript(one));
  });

  it('maps abort away: nothing it emits has an import', async () => {
    const text = 'export function fail(): void { throw new Error("never"); }';
    expect(instantiate(await compileAssemblyScript(request(text)))).toBeDefined();
  });

  it('is not asked again until a source or a flag changes', async () => {
    const folder = join(scratch, 'cache');
    const files = () => readdirSync(folder);
    const wasm = await compileCached(one, folder);
    expect(files()).toHaveLength(1);
    // What the file holds is what is given: proof that the compiler is not asked.
    const other = new Uint8Array([1, 2, 3]);
    const digest = createHash('sha256').update(other).digest();
    writeFileSync(join(folder, files()[0] as string), Buffer.concat([digest, other]));
    expect(await compileCached(one, folder)).toEqual(other);
    expect(await compileCached({ ...one, simd: true }, folder)).toEqual(wasm);
    await compileCached(request('export function two(): i32 { return 2; }'), folder);
    expect(files()).toHaveLength(3);
  });

  it.each([0, 40])('takes no program that was cut to %i bytes', async (size) => {
    const folder = join(scratch, `cut-${size}`);
    const wasm = await compileCached(one, folder);
    const file = join(folder, readdirSync(folder)[0] as string);
    truncateSync(file, size);
    expect(await compileCached(one, folder)).toEqual(wasm);
    expect(statSync(file).size).toBeGreaterThan(wasm.length);
  });

  it('does without a cache that cannot be written', async () => {
    const file = join(scratch, 'a-file');
    writeFileSync(file, '');
    const wasm = await compileAssemblyScript(one);
    expect(await compileCached(one, file)).toEqual(wasm);
    expect(await compileCached(one, join(file, 'below'))).toEqual(wasm);
  });
});
