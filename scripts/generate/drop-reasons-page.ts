import {
  dropReasonDescriptions,
  dropReasonId,
  dropReasonNames,
} from '../../config/drop-reasons.ts';

const HEAD = `# Drop reasons

Every frame that goes no further has one of these reasons. The names are API: they stand in
reports, in \`expect:\` of a router file's tests, in \`reason:\` of a manifest's outputs, and in the
audit log. A module may name more in its manifest (\`drops:\`); those follow from number 128 on, and
its README says what they mean.

This page is made by \`npm run generate\`.

| number | reason | what happened | what to do |
|---|---|---|---|
`;

/** docs/drop-reasons.md: every reason of the kernel, in the order of their numbers. */
export function dropReasonsPage(): string {
  const rows = dropReasonNames.map((name) => {
    const { meaning, action } = dropReasonDescriptions[name] ?? { meaning: '', action: '' };
    return `| ${dropReasonId(name)} | \`${name}\` | ${meaning} | ${action} |\n`;
  });
  return HEAD + rows.join('');
}
