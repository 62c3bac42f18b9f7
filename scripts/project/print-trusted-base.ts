/**
 * Prints the size of the trusted computing base; fails above the limit.
 */
import { findProjectRoot } from '../toolchain/project-root.ts';
import { sourceFiles } from './source-files.ts';
import { TRUSTED_LINES_MAX, trustedLines } from './trusted-base.ts';

const { areas, total, physical } = trustedLines(sourceFiles(findProjectRoot()));
const parts = areas.map(({ area, lines }) => `${area.slice(0, -1)} ${lines}`).join(', ');
console.log(`${total} lines of code are trusted (${parts}); the limit is ${TRUSTED_LINES_MAX}`);
console.log(`(${physical} lines with blanks, comments, imports, types, tables and lone brackets)`);
process.exitCode = total > 0 && total <= TRUSTED_LINES_MAX ? 0 : 1;
