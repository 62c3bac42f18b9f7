/**
 * The report as one page of HTML that needs nothing else: no network, no script, no other file.
 */
import { createHash } from 'node:crypto';
import type { Report } from '../report.ts';
import type { Block, PageLimits, Section } from '../report-blocks.ts';
import { type ReportTitle, reportPage } from '../report-page.ts';
import type { TimelineData } from '../timeline.ts';
import { html, Markup } from './markup.ts';
import { STYLE_SHEET } from './style-sheet.ts';
import { htmlTable } from './table.ts';
import { dropsFigure, trafficFigures } from './timeline-figures.ts';

const LIMITS: PageLimits = { rowsMax: 1000, entriesMax: 200, elsewhere: '--json' };
/** Lines of YAML are folded here. */
const YAML_COLUMNS = 100;

/** The page runs nothing and fetches nothing; its one style sheet is named by its digest. */
function securityPolicy(): string {
  const digest = createHash('sha256').update(STYLE_SHEET).digest('base64');
  return `default-src 'none'; style-src 'sha256-${digest}'; base-uri 'none'; form-action 'none'`;
}

function blockMarkup(block: Block): Markup {
  switch (block.kind) {
    case 'text':
      return html`<p class="quiet">${block.text}</p>\n`;
    case 'warning':
      return html`<p class="warning">${block.text}</p>\n`;
    case 'table':
      return html`${htmlTable(block.head, block.rows)}\n`;
    case 'entry': {
      const yaml = block.yaml(YAML_COLUMNS).join('\n');
      const entry = yaml === '' ? html`` : html`<pre>${yaml}</pre>`;
      return html`<div class="entry"><p><bdi>${block.comment}</bdi></p>${entry}</div>\n`;
    }
  }
}

/** The figure that belongs to a section. */
function figureOf(section: Section, timeline: TimelineData): Markup {
  if (section.id === 'carried') return trafficFigures(timeline);
  return section.id === 'dropped' ? dropsFigure(timeline) : html``;
}

function sectionMarkup(section: Section, timeline: TimelineData): Markup {
  return html`<section id="${section.id}">
<h2>${section.title}</h2>
${section.blocks.map(blockMarkup)}${figureOf(section, timeline)}</section>\n`;
}

/** What time 0 of the plots is. */
function beginText(begin: Date | null): Markup {
  // A capture may have any stamp; a Date ends in the year 275760.
  if (begin === null || Number.isNaN(begin.getTime())) return html``;
  const text = begin
    .toISOString()
    .replace('T', ' ')
    .replace(/\.?0*Z$/, ' UTC');
  return html`<p class="quiet">The capture begins ${text}; times in plots count from there.</p>\n`;
}

/** The whole document. `begin` is the capture time of its first frame, if there is one. */
export function reportHtml(
  report: Report,
  title: ReportTitle,
  timeline: TimelineData,
  begin: Date | null,
): string {
  const page = reportPage(report, title, LIMITS);
  const warning = page.warning === null ? html`` : html`<p class="warning">${page.warning}</p>\n`;
  // The one text that is not escaped: our own style sheet, in an element whose text is raw.
  const style = new Markup(STYLE_SHEET);
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${securityPolicy()}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${page.title}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${page.title}</h1>
${warning}<p>${page.summary}</p>
${beginText(begin)}<p class="balance">${page.balance}</p>
${page.sections.map((section) => sectionMarkup(section, timeline))}</main>
<footer>
${page.footer.map(([name, value]) => html`<p>${name} ${value}</p>\n`)}</footer>
</body>
</html>
`.text;
}
