/** The bytes of hexadecimal words; blanks are ignored, so that each field can have a line. */
export function hex(...words: string[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(Buffer.from(words.join('').replaceAll(' ', ''), 'hex'));
}

export const NOTHING = new Uint8Array(0);
