import { benchJsonSchema } from '../bench/bench-report.ts';
import { reportJsonSchema } from '../report/report.ts';
import { dropReasonsPage } from './drop-reasons-page.ts';
import { moduleCodesPage } from './module-codes-page.ts';

/** Files of the project that are made from its code: path below the project, and what it holds. */
export const pages: Readonly<Record<string, () => string>> = {
  'docs/bench.schema.json': benchJsonSchema,
  'docs/drop-reasons.md': dropReasonsPage,
  'docs/module-codes.md': moduleCodesPage,
  'docs/report.schema.json': reportJsonSchema,
};
