/** The shared captures beside the project, and what is known of them. */
import { fileURLToPath } from 'node:url';

export { hasSharedCaptures, NO_SHARED_CAPTURES } from '../drivers/shared-captures.ts';

export const sharedCaptureFolder = fileURLToPath(
  new URL('../../../shared/pcaps/', import.meta.url),
);
export const sharedForwardingFolder = fileURLToPath(
  new URL('../../../shared/data/forwarding/', import.meta.url),
);
