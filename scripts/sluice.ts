/**
 * The `sluice` program.
 */
import { runCommandLine } from './command-line.ts';
import { ExitCode } from './exit-code.ts';

process.stdout.on('error', ({ code, message }: NodeJS.ErrnoException) => {
  // Whoever reads our output may stop reading (`sluice replay … | head`): that is no mistake.
  if (code === 'EPIPE') process.exit(ExitCode.Done);
  process.stderr.write(`sluice: stdout cannot be written (${code ?? message})\n`, () =>
    process.exit(ExitCode.Usage),
  );
});
// There is nobody left to tell.
process.stderr.on('error', () => process.exit(ExitCode.Usage));

process.exitCode = await runCommandLine(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  environment: process.env,
  loadFirmware: async (systemPath) => {
    const { loadFirmware } = await import('./toolchain/load-firmware.ts');
    return loadFirmware(systemPath);
  },
});
