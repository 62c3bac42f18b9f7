/** What keeps a launcher from its work and is no bug of ours: one line on stderr, exit code 2. */

/** As the system says it: read-only, another's, full, or no folder. */
const CODES = ['EROFS', 'EACCES', 'EPERM', 'ENOSPC', 'EDQUOT', 'ENOTDIR', 'EEXIST'];

/** The same of another program, in a line. */
export class MendableError extends Error {}

/**
 * Runs `work`; if it throws what can be mended, says so after `what` and ends the process with 2.
 * Any other error is thrown on.
 */
export async function orEnd(what, work) {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof MendableError || CODES.includes(error?.code))) throw error;
    console.error(`sluice: ${what}: ${error.message}`);
    return process.exit(2);
  }
}
