import type { CaptureInterface } from './capture-source.ts';
import {
  INTERFACE_DESCRIPTION,
  INTERFACE_FCS_SIZE,
  INTERFACE_LINK_TYPE_OFFSET,
  INTERFACE_MAC,
  INTERFACE_NAME,
  INTERFACE_OPTIONS_OFFSET,
  INTERFACE_SNAP_LENGTH_OFFSET,
  INTERFACE_STAMP_OFFSET,
  INTERFACE_STAMP_RESOLUTION,
  STAMP_RESOLUTION_DEFAULT,
} from './pcapng.ts';
import { type Options, textOption, valueOffset } from './pcapng-options.ts';
import { PcapngStamp } from './pcapng-stamp.ts';

const MAC_SIZE = 6;

/** What an interface description block says. */
export interface PcapngInterface {
  readonly face: CaptureInterface;
  readonly stamp: PcapngStamp;
}

/**
 * Reads the interface description block at byte `block`, whose options end at `optionsEnd` and
 * have been walked once. An option of another size than it has to be counts as absent.
 */
export function readInterface(
  view: DataView,
  block: number,
  optionsEnd: number,
  isLittleEndian: boolean,
): PcapngInterface {
  const start = block + INTERFACE_OPTIONS_OFFSET;
  const options: Options = { view, start, end: optionsEnd, isLittleEndian };
  const resolution = valueOffset(options, INTERFACE_STAMP_RESOLUTION, 1);
  const offset = valueOffset(options, INTERFACE_STAMP_OFFSET, 8);
  const mac = valueOffset(options, INTERFACE_MAC, MAC_SIZE);
  const fcsSize = valueOffset(options, INTERFACE_FCS_SIZE, 1);
  const stamp = new PcapngStamp(
    resolution < 0 ? STAMP_RESOLUTION_DEFAULT : view.getUint8(resolution),
    offset < 0 ? 0n : view.getBigInt64(offset, isLittleEndian),
  );
  return {
    stamp,
    face: {
      name: textOption(options, INTERFACE_NAME),
      description: textOption(options, INTERFACE_DESCRIPTION),
      mac: mac < 0 ? null : view.getUint16(mac) * 2 ** 32 + view.getUint32(mac + 2),
      linkType: view.getUint16(block + INTERFACE_LINK_TYPE_OFFSET, isLittleEndian),
      snapLength: view.getUint32(block + INTERFACE_SNAP_LENGTH_OFFSET, isLittleEndian),
      fcsSize: fcsSize < 0 ? 0 : view.getUint8(fcsSize),
      isNanosecond: stamp.isNanosecond,
    },
  };
}
