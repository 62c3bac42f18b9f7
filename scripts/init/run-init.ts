import { explainError } from '../errors.ts';
import { ExitCode } from '../exit-code.ts';
import type { Host } from '../host.ts';
import { Progress } from '../progress.ts';
import { openCaptures } from '../replay/captures-in.ts';
import { formatCount } from '../report/table.ts';
import { CaptureSurvey } from './capture-survey.ts';
import type { InitOptions } from './options.ts';
import { propose } from './proposal.ts';
import { routerText } from './router-text.ts';

const PROGRESS_MASK = (1 << 14) - 1;

/** Surveys captures and prints a router file for them. */
export function runInit(options: InitOptions, host: Host): ExitCode {
  const input = openCaptures(options.captures.map((file) => ({ file, port: null })));
  const survey = new CaptureSurvey();
  const progress = new Progress(host, 'frames');
  try {
    while (input.merge.next()) {
      survey.add(input.merge);
      if ((survey.frames & PROGRESS_MASK) === 0) progress.show(survey.frames);
    }
  } finally {
    progress.finish();
    input.merge.close();
  }
  survey.finish();
  const errors = [...input.errors, ...input.merge.errors];
  for (const error of errors) host.stderr.write(`${explainError(error).lines.join('\n')}\n`);
  // A capture that cannot be read at all is no ground for a router.
  if (input.errors.length === options.captures.length) return ExitCode.Usage;
  const proposal = propose(survey, options.zonesMax);
  host.stdout.write(
    routerText(proposal, { files: options.captures, isPermitting: options.isPermitting }),
  );
  const { zones, flows } = proposal;
  const state = options.isPermitting ? 'permitted' : 'commented out';
  host.stderr.write(
    `sluice: frames: ${formatCount(survey.frames)}; zones: ${zones.length}; ` +
      `flows: ${formatCount(flows.flows.length)}, ${state}\n`,
  );
  return errors.length === 0 ? ExitCode.Done : ExitCode.Usage;
}
