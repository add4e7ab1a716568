/**
 * A word in words, as data sets keep it: its class, and behind a space what it is exactly (`code libc.so.6+0x1234`, `number -1`,
 * `zero`). What comes once only at its position keeps no more than `?` of that (`heap ?`, `code libc.so.6+?`): nothing can be said of
 * it but that it comes once.
 */
export function wordClass(word: string): string {
  const space = word.indexOf(' ');
  return space < 0 ? word : word.slice(0, space);
}

/** The file that code or data lies in; `undefined` for other words, and where it is not known. */
export function wordModule(word: string): string | undefined {
  const found = /^(?:code|data) (?!0x)(.+)\+(?:0x[0-9a-f]+|\?)$/.exec(word);
  return found?.[1];
}

/** Whether it stands for words that come once each. */
export function isSingle(word: string): boolean {
  return /^\S+ \?$|^(?:code|data) .*\+\?$/.test(word);
}

/** What is left of a word that comes once. */
export function asSingle(word: string): string {
  const space = word.indexOf(' ');
  if (space < 0) return word;
  const module = wordModule(word);
  return `${word.slice(0, space)} ${module === undefined ? '?' : `${module}+?`}`;
}

const CLASSES: Readonly<Record<string, string>> = {
  zero: 'zero',
  number: 'a small number',
  text: 'text',
  code: 'a code address',
  data: 'an address of static data',
  stack: 'a stack address',
  heap: 'a heap address',
  mapped: 'an address of mapped memory',
  pointer: 'an address',
  unmapped: 'an address that nothing maps',
  kernel: 'an address of the kernel half',
  noncanonical: 'no canonical address',
};

/** A word, a class (`code`), or what lies in one file (`code libc.so.6`), as it stands behind "is". */
export function inWords(word: string): string {
  const kind = wordClass(word);
  const detail = word.slice(kind.length + 1);
  if (detail === '') return CLASSES[kind] ?? kind;
  switch (kind) {
    case 'code':
    case 'data':
      return /\+0x[0-9a-f]+$|^0x/.test(detail) ? `${kind} at ${detail}` : `${kind} of ${detail}`;
    case 'stack':
      return detail.startsWith('of ') ? 'an address of another thread’s stack' : `rsp${detail}`;
    case 'text':
      return `the text “${detail}”`;
    default:
      return detail;
  }
}
