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
  const refused = { code: 'MODULE_FAULT', component: 'liar' };
  // One that would be told of its configuration is refused no later.
  for (const more of ['', '(func (export "receive"))']) {
    const firmware = await hostileFirmware({ keys, code: { initialize, more } });
    await expect(boot(routerYaml(OPEN), { firmware })).rejects.toMatchObject(refused);
  }
});

it('a router does not start with a module that traps as it is configured', async () => {
  const receives = '{ interfaces: [port: u8, address: u32, length: u8, mac: u64, mtu: u16] }';
  const firmware = await hostileFirmware({
    keys: `accepts: ip\noutputs: { out: ip }\nmessages: { receives: ${receives} }`,
    messages: '  liar.interfaces: $interfaces',
    code: { more: '(func (export "receive") unreachable)' },
  });
  const refused = { code: 'MODULE_FAULT', component: 'liar' };
  await expect(boot(routerYaml(OPEN), { firmware })).rejects.toMatchObject(refused);
});
