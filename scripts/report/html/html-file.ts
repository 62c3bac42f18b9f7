import { closeSync, openSync, writeFileSync } from 'node:fs';
import { systemCodeOf } from '../../../drivers/capture-error.ts';
import type { WiredBoard } from '../../replay/wired-board.ts';
import { UsageError } from '../../usage-error.ts';
import type { Report } from '../report.ts';
import type { ReportTitle } from '../report-page.ts';
import { Timeline } from '../timeline.ts';
import { reportHtml } from './report-html.ts';

/** The file of `--html`: watches a run from its beginning on, and has its page at the end. */
export class HtmlFile {
  private readonly file: string;
  private readonly descriptor: number;
  private timeline: Timeline | null = null;
  private begin: () => Date | null = () => null;

  /**
   * Creates or empties the file: better to learn now than after the run that this fails.
   * @throws {UsageError} when the disk refuses
   */
  constructor(file: string) {
    this.file = file;
    this.descriptor = this.guard(() => openSync(file, 'w'));
  }

  /** Looks at the board after each breath; to be called before the first. */
  watch(wired: WiredBoard): void {
    const timeline = new Timeline(wired.board);
    this.timeline = timeline;
    this.begin = () => wired.begin;
    wired.afterBreath.push(() => timeline.sample());
  }

  /** Writes the page of the run that was watched. @throws {UsageError} when the disk refuses */
  write(report: Report, title: ReportTitle): void {
    const { timeline } = this;
    if (timeline === null) return;
    const page = reportHtml(report, title, timeline.data(), this.begin());
    this.guard(() => writeFileSync(this.descriptor, page));
  }

  /** Releases the file. Once. */
  close(): void {
    closeSync(this.descriptor);
  }

  private guard<T>(action: () => T): T {
    try {
      return action();
    } catch (error) {
      const code = systemCodeOf(error);
      throw new UsageError(`--html ${this.file}: the file cannot be written (${code})`);
    }
  }
}
