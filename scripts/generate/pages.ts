import { jsonSchemaText, schemaNames } from '../../config/json-schema.ts';
import { reportJsonSchema } from '../report/report.ts';
import { dropReasonsPage } from './drop-reasons-page.ts';

/** Files of the project that are made from its code: path below the project, and what it holds. */
export const pages: Readonly<Record<string, () => string>> = {
  'docs/drop-reasons.md': dropReasonsPage,
  'docs/report.schema.json': reportJsonSchema,
  ...Object.fromEntries(
    schemaNames.map((name) => [`config/schemas/${name}.json`, () => jsonSchemaText(name)]),
  ),
};
