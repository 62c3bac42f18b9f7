/** `npm run build`: installs what is missing, compiles what has changed. */
import { build } from './launch/build.mjs';

process.exitCode = (await build()) ? 0 : 2;
