/**
 * The `sluice` program.
 */
import { runCommandLine } from './command-line.ts';
import { ExitCode } from './exit-code.ts';

// Whoever reads our output may stop reading (`sluice replay … | head`): that is no mistake.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(ExitCode.Done);
  throw error;
});

process.exitCode = await runCommandLine(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  environment: process.env,
});
