const SMALL = 1n << 20n;
/** Stacks of Linux are 8 MiB as a rule; below the stack pointer only what was left behind. */
const STACK_ABOVE = 8n << 20n;
const STACK_BELOW = 64n << 10n;
const USER = 0x1_0000n;
const USER_END = 1n << 47n;

/**
 * What a word looks like by its digits alone, where nothing is known of what was mapped. Written as the words of a data set are, with
 * the class `pointer` for any address that is not near the stack pointer.
 */
export function bareWord(word: bigint, sp: bigint | undefined): string {
  if (word === 0n) return 'zero';
  const signed = BigInt.asIntN(64, word);
  if (signed > -SMALL && signed < SMALL) return `number ${signed}`;
  const text = asciiOf(word);
  if (text !== undefined) return `text ${text}`;
  if (sp !== undefined && word >= sp - STACK_BELOW && word < sp + STACK_ABOVE)
    return `stack ${word < sp ? `-0x${(sp - word).toString(16)}` : `+0x${(word - sp).toString(16)}`}`;
  const digits = `0x${word.toString(16)}`;
  if (word >= USER && word < USER_END) return `pointer ${digits}`;
  return `${signed < 0n && signed >= -USER_END ? 'kernel' : 'noncanonical'} ${digits}`;
}

/** Eight letters, or at least four and then zeros. */
function asciiOf(word: bigint): string | undefined {
  let text = '';
  for (let rest = word; rest !== 0n; rest >>= 8n) {
    const byte = Number(rest & 0xffn);
    if (byte < 0x20 || byte > 0x7e) return undefined;
    text += String.fromCharCode(byte);
  }
  return text.length >= 4 ? text : undefined;
}
