/** `npm run bench:captures [-- FRAMES [ROUNDS]]`: pcapng beside classic pcap, ns a frame. */
import { build } from './launch/build.mjs';

const [frames = '10000000', rounds = '3'] = process.argv.slice(2);
if (await build()) {
  const { benchCaptures } = await import('../dist/scripts/bench/bench-captures.js');
  const lines = benchCaptures({ frames: Number(frames), rounds: Number(rounds) });
  console.log(lines.join('\n'));
} else process.exitCode = 1;
