/**
 * One build under load, in a process of its own: what the engine has compiled for one must not
 * tell of another. Told on the command line what to take out; each message is the seconds of a run,
 * each answer ns a packet. END ends it, once the frames have been looked at again.
 */
import { parseFrameSizes } from '../frame-size.ts';
import { WARM_UP_SECONDS } from '../measure.ts';
import { END, type VariantTask } from './variant-message.ts';
import { startVariant } from './variant-rig.ts';

const task = JSON.parse(process.argv[2]) as VariantTask;
const { rig } = await startVariant(task.without, task.size);
rig.prepare(parseFrameSizes(task.frame)[0]);
rig.run(WARM_UP_SECONDS);
process.on('message', (seconds: number) => {
  if (seconds === END) {
    rig.check();
    process.disconnect();
    return;
  }
  const { ns, packets } = rig.run(seconds);
  process.send?.(ns / packets);
});
process.send?.(0);
