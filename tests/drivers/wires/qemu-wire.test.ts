import { expect, it } from 'vitest';
import { DOORBELL_SIZE, Doorbell } from '../../../drivers/wires/doorbell.ts';
import { QemuWire } from '../../../drivers/wires/qemu-wire.ts';
import { allocateRingWire, RingWireEnd } from '../../../drivers/wires/ring-wire.ts';

it('a stream wire to a host that nobody knows is refused at once', async () => {
  const bell = new Doorbell(new SharedArrayBuffer(DOORBELL_SIZE));
  const end = new RingWireEnd(allocateRingWire(), bell);
  // RFC 6761 6.4: no such name will ever be given.
  const address = { host: 'nobody.invalid', port: 10_000 };
  const wire = new QemuWire('eth0: qemu', { role: 'connect', address }, end);
  const refusal = await wire.open().catch((error) => error);
  expect(refusal).toMatchObject({ code: 'WIRE_MISSING', message: 'eth0: qemu: no such host' });
});
