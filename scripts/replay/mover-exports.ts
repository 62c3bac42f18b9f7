/** As mover.ts exports it. Times are seconds and nanoseconds; addresses in the kernel's memory. */
export interface MoverExports {
  openPorts(table: number, arrivals: number, regionSize: number): void;
  openSources(starts: number, ports: number, count: number, otherwise: number): void;
  openInput(
    fixedPort: number,
    pendingMax: number,
    isRewritten: boolean,
    isBigEndian: boolean,
    nsPerFraction: number,
  ): void;
  setEpoch(seconds: number, nanoseconds: number): void;
  setClock(
    seconds: number,
    nanoseconds: number,
    latestSeconds: number,
    latestNanoseconds: number,
  ): void;
  clockSeconds(): number;
  clockNanoseconds(): number;
  latestSeconds(): number;
  latestNanoseconds(): number;
  take(from: number, size: number, most: number): number;
  bytesTaken(): number;
  framesTaken(): number;
  digestUsed(): number;
  openDigest(region: number): void;
  drain(port: number): number;
}

// Why a call of the mover came back; see there.
export const DONE = 0;
export const FULL = 1;
export const ODD = 2;
