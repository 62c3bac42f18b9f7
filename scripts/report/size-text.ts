import { formatCount } from './table.ts';

const KIBIBYTE = 1024;
const MEBIBYTE = 1024 * 1024;

/** Bytes of memory, as MiB where they are whole and else as KiB. */
export function formatSize(bytes: number): string {
  const isWhole = bytes > 0 && bytes % MEBIBYTE === 0;
  return isWhole ? `${bytes / MEBIBYTE} MiB` : `${formatCount(bytes / KIBIBYTE)} KiB`;
}
