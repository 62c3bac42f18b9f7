/** What keeps a launcher from its work and is no bug of ours: one line on stderr, exit code 2. */

/** As the system says it: read-only, another's, full, or no folder. */
const CODES = ['EROFS', 'EACCES', 'EPERM', 'ENOSPC', 'EDQUOT', 'ENOTDIR', 'EEXIST'];
/** The bundler, which has no code, says the same in words. */
const WORDS = /\bos error \d+|read-only file system|permission denied|no space left/i;

/** What whoever started it can mend; the message says how. */
export class MendableError extends Error {}

function isMendable(error) {
  if (error instanceof MendableError || CODES.includes(error?.code)) return true;
  return error instanceof Error && WORDS.test(error.message);
}

/**
 * Runs `work`; if it throws what can be mended, says so after `what` and ends the process with 2.
 * Any other error is thrown on.
 */
export async function orEnd(work, what = '') {
  try {
    return await work();
  } catch (error) {
    if (!isMendable(error)) throw error;
    const said = error instanceof MendableError ? '' : what;
    console.error(`sluice: ${said}${error.message.trim().replaceAll(/\s*\n\s*/g, '; ')}`);
    return process.exit(2);
  }
}
