/** How many zones a router is proposed. */

/** Two zones are the least that a router can stand between. */
export const ZONES_MIN = 2;
/** The ports of the largest board that comes with Sluice. */
export const ZONES_MAX = 8;
