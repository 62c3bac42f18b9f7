/**
 * Compiles kernel and modules before the first test, so that tests which run at once find them in
 * the cache. What does not compile is said here once, and fails in the tests that need it.
 */
export async function setup(): Promise<void> {
  const { buildAll } = await import('../../scripts/toolchain/build-firmware.ts');
  const { loadFirmware } = await import('../../scripts/toolchain/load-firmware.ts');
  const { smallSystemPath } = await import('../firmware/small-router.ts');
  try {
    await buildAll();
    await loadFirmware(smallSystemPath());
  } catch (error) {
    // The compiler's and the manifests' own errors have a code; anything else is a bug of ours.
    if (!(error instanceof Error) || !('code' in error)) throw error;
    console.error(`The firmware does not build:\n${error.message}`);
  }
}
