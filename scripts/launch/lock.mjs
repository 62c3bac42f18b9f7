/** One build at a time: tests and shells start several `sluice` at once in a fresh tree. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { inProject } from './project.mjs';

const LOCK = inProject('build', 'lock');
const POLL_MS = 50;

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function tryLock() {
  mkdirSync(inProject('build'), { recursive: true });
  try {
    writeFileSync(LOCK, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    return false;
  }
}

function ownerOf() {
  try {
    return Number(readFileSync(LOCK, 'utf8'));
  } catch {
    return 0;
  }
}

/** Runs `work` while no other process of this project runs its own; a dead owner is passed. */
export async function withBuildLock(work) {
  let seenEmpty = 0;
  while (!tryLock()) {
    const owner = ownerOf();
    // Empty for the moment between making the file and writing to it, or for ever after a crash.
    seenEmpty = owner === 0 ? seenEmpty + 1 : 0;
    if (seenEmpty > 40 || (owner !== 0 && !isAlive(owner))) rmSync(LOCK, { force: true });
    await sleep(POLL_MS);
  }
  try {
    return await work();
  } finally {
    rmSync(LOCK, { force: true });
  }
}
