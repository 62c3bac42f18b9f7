import { didYouMean } from '../../config/spelling.ts';
import { UsageError } from '../usage-error.ts';

/** A port's name as board files have it: this is how PORT=FILE is told from a file's name. */
const PORT_NAME = /^[A-Za-z][A-Za-z0-9_-]*$/;

/** The two halves of `PORT=REST`, or null if the text does not begin with a port's name and `=`. */
export function splitPort(text: string): { port: string; rest: string } | null {
  const at = text.indexOf('=');
  const port = text.slice(0, Math.max(at, 0));
  return PORT_NAME.test(port) ? { port, rest: text.slice(at + 1) } : null;
}

/** The index of a port on the board. @throws {UsageError} that names the ports there are */
export function portIndex(
  board: { readonly name: string; readonly ports: readonly { readonly name: string }[] },
  name: string,
): number {
  const names = board.ports.map((port) => port.name);
  const index = names.indexOf(name);
  if (index >= 0) return index;
  throw new UsageError(`board ${board.name} has no port "${name}"`, didYouMean(name, names));
}
