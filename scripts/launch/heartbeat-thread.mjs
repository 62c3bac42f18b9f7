/** Shows that who holds a lock is at work: a build leaves its own thread no time for timers. */
import { futimesSync } from 'node:fs';
import { workerData } from 'node:worker_threads';

const { file, beatMs } = workerData;

setInterval(() => {
  const now = new Date();
  futimesSync(file, now, now);
}, beatMs);
