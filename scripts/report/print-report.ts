import type { Host } from '../host.ts';
import { hasColour } from '../host.ts';
import { reportHints } from './hints.ts';
import { type Report, reportJson } from './report.ts';
import type { ReportTitle } from './report-page.ts';
import { reportText } from './report-text.ts';
import { colourStyle, plainStyle } from './style.ts';

/**
 * Prints the report on stdout: text, or the one object of `--json`; beside that the hints and the
 * mark of developer mode go to stderr.
 */
export function printReport(
  report: Report,
  title: ReportTitle,
  host: Host,
  options: { isJson: boolean },
): void {
  if (!options.isJson) {
    const style = hasColour(host.stdout, host.environment) ? colourStyle : plainStyle;
    host.stdout.write(reportText(report, title, style));
    return;
  }
  if (report.developerMode === true) host.stderr.write('sluice: developer mode\n');
  for (const hint of reportHints(report)) host.stderr.write(`sluice: ${hint}\n`);
  host.stdout.write(reportJson(report));
}
