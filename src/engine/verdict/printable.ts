/** Shorter runs of letters turn up in numbers and addresses by chance. */
const SHORTEST = 5;

/** The characters of a word, lowest byte first, when it is text up to its last byte or to zeros at its end. */
export function printable(word: bigint): string | undefined {
  let text = '';
  for (let rest = word; rest !== 0n; rest >>= 8n) {
    const byte = Number(rest & 0xffn);
    if (byte < 0x20 || byte >= 0x7f) return undefined;
    text += String.fromCharCode(byte);
  }
  return text.length >= SHORTEST ? text : undefined;
}
