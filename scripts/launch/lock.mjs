/** One build at a time: tests and shells start several `sluice` at once in a fresh tree. */
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { inProject } from './project.mjs';

const LOCK = inProject('build', 'lock');
const POLL_MS = 50;

function isAlive(pid) {
  // A container starts counting anew: who wrote our own number is gone.
  if (pid === process.pid) return false;
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

function ownerOf(lock) {
  try {
    return Number(readFileSync(lock, 'utf8'));
  } catch {
    return 0;
  }
}

/** Takes the lock away from an owner that is no more, but not from the one that follows it. */
function takeFrom(owner) {
  const aside = `${LOCK}.${process.pid}`;
  try {
    renameSync(LOCK, aside);
    // Another has been quicker, and a third holds it by now: it goes back.
    if (ownerOf(aside) !== owner) linkSync(aside, LOCK);
  } catch (error) {
    if (error.code !== 'ENOENT' && error.code !== 'EEXIST') throw error;
  }
  rmSync(aside, { force: true });
}

/** Runs `work` while no other process of this project runs its own; a dead owner is passed. */
export async function withBuildLock(work) {
  let seenEmpty = 0;
  while (!tryLock()) {
    const owner = ownerOf(LOCK);
    // Empty for the moment between making the file and writing to it, or for ever after a crash.
    seenEmpty = owner === 0 ? seenEmpty + 1 : 0;
    if (seenEmpty > 40 || (owner !== 0 && !isAlive(owner))) takeFrom(owner);
    await sleep(POLL_MS);
  }
  try {
    return await work();
  } finally {
    rmSync(LOCK, { force: true });
  }
}
