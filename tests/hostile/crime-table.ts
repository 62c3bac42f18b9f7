/** The table of README.md: each crime, and what became of it. */
import type { Crime } from './crime.ts';
import { BOOT_CRIMES, CRIMES } from './crimes.ts';
import { REFUSED_MODULES } from './refused-modules.ts';

/** Markdown, a row a crime. */
export function crimeTable(): string {
  const rows = REFUSED_MODULES.map(([crime, code]) => `| ${crime} | not loaded: \`${code}\` |`);
  rows.push(...BOOT_CRIMES.map(([crime]) => `| ${crime} | not started: \`MODULE_FAULT\` |`));
  for (const crimes of Object.values(CRIMES)) {
    rows.push(...crimes.map((crime) => `| ${crime.name} | ${fateOf(crime)} |`));
  }
  return ['| a module that | |', '|---|---|', ...rows].join('\n');
}

function fateOf({ moved, audit, leaves = [] }: Crime): string {
  const kinds = (prefix: string) =>
    Object.keys(moved)
      .filter((path) => path.startsWith(prefix))
      .map((path) => `\`${path.slice(prefix.length)}\``)
      .join(', ');
  const violations = kinds('modules.liar.violationsByKind.');
  const drops = kinds('drops.');
  const fault = audit.find(({ event }) => event === 'fault');
  const isQuarantined = audit.some(({ event }) => event === 'quarantine');
  const parts = [
    violations === '' ? '' : `violation ${violations}`,
    fault === undefined
      ? ''
      : `fault \`${fault.fault}\`, ${isQuarantined ? 'quarantined' : 'restarted'}`,
    drops === '' ? '' : `drop ${drops}`,
    leaves.length === 0 || drops !== '' ? '' : 'its packets are carried',
  ];
  return parts.filter((part) => part !== '').join('; ');
}
