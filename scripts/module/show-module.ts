/** `sluice module show`: what a module can do, by its manifest and never by its code. */
import { join } from 'node:path';
import { loadManifest } from '../../config/manifest.ts';
import { loadRouter } from '../../config/router.ts';
import { ExitCode } from '../exit-code.ts';
import { type Host, hasColour } from '../host.ts';
import { colourStyle, plainStyle } from '../report/style.ts';
import { showText } from './show-text.ts';

interface ShowTask {
  readonly folder: string;
  readonly router: string | undefined;
}

/** @throws {ConfigError} for a manifest or router file that cannot be used */
export function runShow({ folder, router }: ShowTask, host: Host): ExitCode {
  const manifest = loadManifest(join(folder, 'manifest.yaml'));
  const bound = router === undefined ? null : loadRouter(router);
  const style = hasColour(host.stdout, host.environment) ? colourStyle : plainStyle;
  host.stdout.write(showText(manifest, bound, style));
  return ExitCode.Done;
}
