import type { Router } from '../../config/router.ts';

/** A zone by the kernel's number; null where there is none. */
export function zoneName(router: Router, zone: number): string | null {
  return zone === router.zones.length ? 'router' : (router.zones[zone] ?? null);
}
