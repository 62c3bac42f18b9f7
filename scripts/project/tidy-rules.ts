/**
 * Rules of the house that can be read off the text: sizes, names, and what must not be left lying
 * about. Each gives a list of `file:line: what`.
 */
import { posix } from 'node:path';
import { withoutComments } from './imports.ts';
import type { SourceFile } from './source-files.ts';

const FILE_LINES_MAX = 300;
const LINE_COLUMNS_MAX = 100;
/** Lines at the top in which a file may say that it is exempt from the size limit. */
const EXEMPTION_LINES = 8;
const EXEMPTION = /\b(data table|generated)\b/i;

const CODE = /\.(ts|mjs)$/;
const KEBAB_CASE = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z]+)+$/;
const NAMES_BANNED = /^(utils?|helpers?|common|managers?|types|misc|shared|lib)\.(ts|mjs)$/;
/** A module's program is index.ts: that is where the toolchain finds it. */
const MODULE_ENTRY = /^firmware\/modules\/[^/]+\/index\.ts$|^tests\/.*\/index\.ts$/;

// Written so that this file does not find itself.
const LEFT_OVER = new RegExp(`\\b(TO${'DO'}|FIX${'ME'}|X${'XX'}|HA${'CK'})\\b`);
const FOCUSED = new RegExp(`\\b(it|test|describe)\\.(only|each\\.only)${'\\('}`);
const MACHINE_PATH = /(?<![\w.$}*)\]])\/(work|home|root|Users|mnt|workspace)\/|\b[A-Z]:\\\\/;
/** Time, chance and output come from outside, or a run could not be repeated. */
const IMPURE = /\b(Date\.now|new Date|Math\.random|performance\.|console\.|process\.|globalThis\.)/;

type Rule = (file: SourceFile) => string[];

/** A finding for each line that the pattern fits. */
function linesWith(file: SourceFile, pattern: RegExp, what: string): string[] {
  return file.lines.flatMap((line, index) =>
    pattern.test(line) ? [`${file.path}:${index + 1}: ${what}`] : [],
  );
}

const fileLength: Rule = (file) => {
  const count = file.lines.length - (file.lines.at(-1) === '' ? 1 : 0);
  const isExempt = EXEMPTION.test(file.lines.slice(0, EXEMPTION_LINES).join('\n'));
  if (!CODE.test(file.path) || isExempt || count <= FILE_LINES_MAX) return [];
  return [`${file.path}:${count}: longer than ${FILE_LINES_MAX} lines`];
};

/** A literal that no formatter breaks: a text, or a pattern. */
const LITERAL = /'[^']*'|"[^"]*"|`[^`]*`|\/[^/*][^/]*\/[gimsuy]*/g;

/** Whether a line would fit but for one word or, in a test's vectors, for the texts on it. */
function isUnbreakable(file: SourceFile, line: string): boolean {
  if (!/\S\s+\S/.test(line.replace(/^\s*(\/\/|\*)\s*/, ''))) return true;
  const isTest = file.path.startsWith('tests/');
  const isPattern = /^\s*\/[^/*].*\/[gimsuy]*[;,]?$/.test(line);
  return isPattern || (isTest && line.replaceAll(LITERAL, "''").length <= LINE_COLUMNS_MAX);
}

const lineLength: Rule = (file) => {
  if (!/\.(ts|mjs|yaml)$/.test(file.path)) return [];
  return file.lines.flatMap((line, index) => {
    if (line.length <= LINE_COLUMNS_MAX || isUnbreakable(file, line)) return [];
    return [`${file.path}:${index + 1}: longer than ${LINE_COLUMNS_MAX} columns`];
  });
};

const fileName: Rule = (file) => {
  const name = posix.basename(file.path);
  if (!CODE.test(name)) return [];
  if (NAMES_BANNED.test(name)) return [`${file.path}:1: a name that says nothing`];
  if (name === 'index.ts' && !MODULE_ENTRY.test(file.path))
    return [`${file.path}:1: a barrel file`];
  return KEBAB_CASE.test(name) ? [] : [`${file.path}:1: not in kebab-case`];
};

const leftOver: Rule = (file) => [
  ...linesWith(file, LEFT_OVER, 'unfinished'),
  ...linesWith(file, FOCUSED, 'only this test would run'),
];

const machinePath: Rule = (file) => linesWith(file, MACHINE_PATH, 'a path of one machine');

const purity: Rule = (file) => {
  if (!file.path.startsWith('netstack/') || !CODE.test(file.path)) return [];
  const code = { path: file.path, lines: withoutComments(file.lines) };
  return linesWith(code, IMPURE, 'netstack has no clock, no chance and no output');
};

const rules: readonly Rule[] = [fileLength, lineLength, fileName, leftOver, machinePath, purity];

/** Folders that have a README.md: the top ones with code in them, and each module's. */
function missingReadmes(files: readonly SourceFile[]): string[] {
  const folders = new Set<string>();
  for (const { path } of files) {
    const [folder] = /^firmware\/modules\/[^/]+(?=\/)|^[a-z][^/]*(?=\/)/.exec(path) ?? [];
    if (folder !== undefined && folder !== 'docs') folders.add(folder);
  }
  const paths = new Set(files.map(({ path }) => path));
  return [...folders]
    .filter((folder) => !paths.has(`${folder}/README.md`))
    .map((folder) => `${folder}/README.md:1: missing`);
}

/** Everything that is not tidy, in the order of the files. */
export function tidyViolations(files: readonly SourceFile[]): string[] {
  return [
    ...files.flatMap((file) => rules.flatMap((rule) => rule(file))),
    ...missingReadmes(files),
  ];
}
