/** `npm start`: the example capture through the example router. */
import { build } from './launch/build.mjs';
import { inProject, root, runNode } from './launch/project.mjs';

const SHOWCASE = ['replay', 'config/captures/plant.pcap', '--config', 'config/routers/plant.yaml'];

if (await build()) {
  console.error(`sluice: in ${root}: sluice ${SHOWCASE.join(' ')}\n`);
  process.exitCode = runNode(inProject('scripts', 'sluice.mjs'), SHOWCASE);
} else {
  process.exitCode = 1;
}
