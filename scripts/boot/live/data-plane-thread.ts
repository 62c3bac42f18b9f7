/** The data plane's thread: the host's clock and the port to the host, handed to the loop. */
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { BootError } from '../../../firmware/boot/boot-error.ts';
import { DataPlane, type PlaneHost } from './data-plane.ts';
import type { PlaneRequest, PlaneSetup } from './plane-protocol.ts';

const port = parentPort!;
const setup = workerData as PlaneSetup;

const host: PlaneHost = {
  now: () => process.hrtime.bigint() - setup.originNs,
  tell: (event) => port.postMessage(event),
  nextRequest: () => (receiveMessageOnPort(port)?.message as PlaneRequest | undefined) ?? null,
};

try {
  const plane = new DataPlane(setup, host);
  host.tell({ kind: 'ready' });
  plane.run();
} catch (error) {
  if (!(error instanceof BootError)) throw error;
  const { code, component, message, hint } = error;
  host.tell({ kind: 'refused', code, component, message, hint });
}
