/**
 * `--map IF=PORT`: where the frames of an interface of a capture arrive.
 */
import type { CaptureInterface, CaptureSource } from '../../drivers/capture-source.ts';
import { UsageError } from '../usage-error.ts';

/** `face` is an interface's name, or its number in its file from 0 on; `port` an index. */
export interface InterfaceMapping {
  readonly face: string;
  readonly port: number;
}

/** The frames arrive where they would without a mapping. */
export const NOT_MAPPED = -1;

function nameOf(face: CaptureInterface, index: number): string {
  return face.name === null ? String(index) : `${index} (${face.name})`;
}

/** Looked up once an interface; nothing is allocated for a frame. */
export class InterfacePorts {
  private readonly mappings: readonly InterfaceMapping[];
  /** By source, what its interfaces met so far are mapped to. */
  private readonly ports: readonly number[][];
  private readonly sources: readonly CaptureSource[];

  /**
   * Of captures that are open: what they describe before their first frame must have all
   * interfaces that are named. @throws {UsageError} that names the interfaces there are
   */
  constructor(mappings: readonly InterfaceMapping[], sources: readonly CaptureSource[]) {
    this.mappings = mappings;
    this.sources = sources;
    this.ports = sources.map(() => []);
    const faces = sources.flatMap((source) => source.interfaces.map(nameOf));
    for (const { face } of mappings) {
      const isThere = sources.some((source) =>
        source.interfaces.some(({ name }, index) => name === face || String(index) === face),
      );
      if (isThere) continue;
      const there = [...new Set(faces)].slice(0, 20).join(', ');
      const hint = there === '' ? 'no capture could be opened' : `there are: ${there}`;
      throw new UsageError(`--map: no capture has an interface "${face}"`, hint);
    }
  }

  /** The port of an interface of a source, or NOT_MAPPED. */
  portOf(source: number, face: number): number {
    const ports = this.ports[source];
    while (ports.length <= face) ports.push(this.lookUp(source, ports.length));
    return ports[face];
  }

  private lookUp(source: number, index: number): number {
    const { name } = this.sources[source].interfaces[index];
    // A name counts before a number: there may be an interface called "1".
    const found =
      this.mappings.find(({ face }) => face === name) ??
      this.mappings.find(({ face }) => face === String(index));
    return found?.port ?? NOT_MAPPED;
  }
}
