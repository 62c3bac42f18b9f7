import { describe, expect, it } from 'vitest';
import { boot } from '../firmware/board-under-test.ts';
import { OPEN, routerYaml } from '../firmware/configuration.ts';
import { BOOT_CRIMES, CRIMES } from './crimes.ts';
import { hostileFirmware } from './hostile-system.ts';
import { playCrime } from './play-crime.ts';

describe.each(Object.entries(CRIMES))('crimes of %s: a module that', (_, crimes) => {
  it.each(crimes.map((crime) => [crime.name, crime] as const))('%s', async (_name, crime) => {
    const seen = await playCrime(crime);
    expect(seen.moved).toEqual(crime.moved);
    expect(seen.audit).toMatchObject(crime.audit);
    expect(seen.leaves).toEqual(crime.leaves ?? []);
  });
});

it.each(BOOT_CRIMES)('a router does not start with a module that %s', async (_, initialize) => {
  const keys = 'accepts: ip\noutputs: { out: ip }';
  const firmware = await hostileFirmware({ keys, code: { initialize } });
  const refused = { code: 'MODULE_FAULT', component: 'liar' };
  await expect(boot(routerYaml(OPEN), { firmware })).rejects.toMatchObject(refused);
});
