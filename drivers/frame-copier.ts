/** From here on one bulk copy is quicker than words, though it makes a view: as measured. */
const BULK_LENGTH_MIN = 512;

/**
 * Copies frames from anywhere into one buffer, at any alignment, without an allocation for short
 * ones. Measured for 60 bytes: words through DataViews 30 ns, set(subarray) 51 ns, bytes 105 ns.
 */
export class FrameCopier {
  private readonly target: Uint8Array;
  private readonly targetView: DataView;
  private source: Uint8Array | null = null;
  private sourceView: DataView = viewOf(new Uint8Array(0));
  private readonly views = new WeakMap<Uint8Array, DataView>();

  constructor(target: Uint8Array) {
    this.target = target;
    this.targetView = viewOf(target);
  }

  /** Copies bytes `start`..`end` of `source` to byte `at` of the target; all must be there. */
  copy(source: Uint8Array, start: number, end: number, at: number): void {
    if (end - start >= BULK_LENGTH_MIN) {
      this.target.set(source.subarray(start, end), at);
      return;
    }
    if (source !== this.source) this.changeSource(source);
    const { target, targetView, sourceView } = this;
    let from = start;
    let to = at;
    for (; from + 4 <= end; from += 4, to += 4) {
      targetView.setInt32(to, sourceView.getInt32(from, true), true);
    }
    while (from < end) target[to++] = source[from++]!;
  }

  /** Sources alternate when captures are merged: each keeps its view as long as it lives. */
  private changeSource(source: Uint8Array): void {
    let view = this.views.get(source);
    if (view === undefined) {
      view = viewOf(source);
      this.views.set(source, view);
    }
    this.sourceView = view;
    this.source = source;
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
