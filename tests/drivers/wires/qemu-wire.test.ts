import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { DOORBELL_SIZE, Doorbell } from '../../../drivers/wires/doorbell.ts';
import { QemuWire } from '../../../drivers/wires/qemu-wire.ts';
import { allocateRingWire, RingWire, RingWireEnd } from '../../../drivers/wires/ring-wire.ts';
import { temporaryFolder } from '../../scripts/sluice.ts';
import { KernelSide } from '../kernel-side.ts';

const folder = temporaryFolder();
const open: QemuWire[] = [];
afterEach(() => {
  for (const wire of open.splice(0)) wire.close();
});

/** A wire, and the port's end of it. */
function plugged(ends: ConstructorParameters<typeof QemuWire>[1]) {
  const memory = allocateRingWire();
  const bell = () => new Doorbell(new SharedArrayBuffer(DOORBELL_SIZE));
  const wire = new QemuWire('eth0: qemu', ends, new RingWireEnd(memory, bell()));
  open.push(wire);
  return { wire, port: new RingWire(new KernelSide().nic, memory, bell()) };
}

it('a stream wire to a host that nobody knows is refused at once', async () => {
  // RFC 6761 6.4: no such name will ever be given.
  const { wire } = plugged({ role: 'connect', address: { host: 'nobody.invalid', port: 10_000 } });
  const refusal = await wire.open().catch((error) => error);
  expect(refusal).toMatchObject({ code: 'WIRE_MISSING', message: 'eth0: qemu: no such host' });
});

it('a stream wire takes nobody for its far end who only asks whether it listens', async () => {
  const path = join(folder, 'far');
  const first = plugged({ role: 'listen', address: { path } });
  await first.wire.open();
  let wasUp = false;
  let isOver = false;
  const look = () => {
    wasUp ||= first.port.isUp();
    if (!isOver) setImmediate(look);
  };
  look();
  const second = plugged({ role: 'listen', address: { path } }).wire.open();
  await expect(second).rejects.toMatchObject({ code: 'WIRE_BUSY' });
  await wait(50);
  isOver = true;
  expect(wasUp).toBe(false);
  const far = connect(path);
  await once(far, 'connect');
  await expect.poll(() => first.port.isUp()).toBe(true);
  far.destroy();
  await expect.poll(() => first.port.isUp()).toBe(false);
});
