/** One build at a time: tests and shells start several `sluice` at once in a fresh tree. */
import {
  closeSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { inProject } from './project.mjs';

const LOCK = inProject('build', 'lock');
const HEARTBEAT = inProject('scripts', 'launch', 'heartbeat-thread.mjs');
const BEAT_MS = 1000;
const POLL_MS = 50;
/** Waits are counted in polls: of a machine that slept, who waits has seen no more than it did. */
const POLLS_UNTIL_TOLD = 20;
/** Without a number: the moment between making the file and writing to it, or a crash then. */
const EMPTY_POLLS_MAX = 40;
/** Without a beat: ten seconds. */
const SILENT_POLLS_MAX = 200;

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

function sign(file) {
  try {
    writeSync(file, String(process.pid));
  } catch (error) {
    // The disk is full: nobody is to wait for what nobody holds.
    closeSync(file);
    rmSync(LOCK, { force: true });
    throw error;
  }
}

/** The lock's file, open, or null if there is one already. */
function tryLock() {
  mkdirSync(inProject('build'), { recursive: true });
  let file;
  try {
    file = openSync(LOCK, 'wx');
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    return null;
  }
  sign(file);
  return file;
}

/** The number of the process that holds a lock; 0 if nothing there is one. */
function ownerOf(lock) {
  try {
    const owner = Number(readFileSync(lock, 'utf8'));
    return Number.isSafeInteger(owner) && owner > 0 ? owner : 0;
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
  rmSync(aside, { recursive: true, force: true });
}

/** A lock as it is seen again and again: who holds it, and for how many polls without a beat. */
class Watch {
  owner = 0;
  beat = 0;
  silentPolls = 0;
  polls = 0;

  look() {
    const owner = ownerOf(LOCK);
    const beat = statSync(LOCK, { throwIfNoEntry: false })?.mtimeMs ?? 0;
    const isSilent = owner === this.owner && beat === this.beat;
    this.silentPolls = isSilent ? this.silentPolls + 1 : 0;
    this.owner = owner;
    this.beat = beat;
    this.polls++;
  }

  /** A number alone does not show it: another process may have it by now. */
  isAbandoned() {
    if (this.owner === 0) return this.silentPolls > EMPTY_POLLS_MAX;
    return this.silentPolls > SILENT_POLLS_MAX || !isAlive(this.owner);
  }
}

/** Waits until the lock is ours; its file, open. */
async function lock(pollMs) {
  const watch = new Watch();
  for (;;) {
    const file = tryLock();
    if (file !== null) return file;
    watch.look();
    if (watch.isAbandoned()) takeFrom(watch.owner);
    if (watch.polls === POLLS_UNTIL_TOLD) {
      const owner = watch.owner === 0 ? '' : `process ${watch.owner}, `;
      console.error(`sluice: waiting for another build (${owner}build/lock)`);
    }
    await sleep(pollMs);
  }
}

/**
 * Runs `work` while no other process of this project runs its own. An owner that is dead, or has
 * shown no life for 200 polls, is passed.
 */
export async function withBuildLock(work, pollMs = POLL_MS) {
  const file = await lock(pollMs);
  const heartbeat = new Worker(HEARTBEAT, { workerData: { file, beatMs: BEAT_MS } });
  try {
    return await work();
  } finally {
    await heartbeat.terminate();
    closeSync(file);
    if (ownerOf(LOCK) === process.pid) rmSync(LOCK, { force: true });
  }
}
