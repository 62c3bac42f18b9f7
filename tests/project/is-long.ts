/** All cases instead of a sample: the command `npm run fuzz`. */
export const isLong = process.env['SLUICE_FUZZ'] === 'all';
