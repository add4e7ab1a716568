import { type RuntimeAddress, hex, runtimeAddress } from '../base/addresses.js';
import { printable } from '../base/text.js';
import type { Symbolizer } from '../symbolize/symbolizer.js';
import { checkReturnAddress, type UnwindContext } from '../unwind/unwindContext.js';
import type { AddressSpace } from './addressSpace.js';

/** What a 64-bit word looks like. */
export interface WordClass {
  readonly kind: WordKind;
  /** In words, safe to print. */
  readonly text: string;
}

export type WordKind =
  | 'returnAddress'
  | 'code'
  | 'savedFramePointer'
  | 'stack'
  | 'heap'
  | 'data'
  | 'mapped'
  | 'string'
  | 'number'
  | 'zero'
  | 'unknown';

/** Says what words look like in one process. */
export class WordClassifier {
  constructor(
    private readonly context: UnwindContext,
    private readonly symbolizer: Symbolizer,
    private readonly space: AddressSpace,
  ) {}

  classify(word: bigint): WordClass {
    if (word === 0n) return { kind: 'zero', text: '0' };
    const place = this.space.find(word);
    if (place === undefined) return classifyUnmapped(word);
    const address = runtimeAddress(word);
    if (place.executable) return this.#code(address);
    switch (place.role) {
      case 'stack':
        return { kind: 'stack', text: `→ stack${this.#preview(address)}` };
      case 'heap':
        return { kind: 'heap', text: `→ heap${this.#preview(address)}` };
      case 'module':
        return { kind: 'data', text: `→ ${this.#data(address)}${this.#preview(address)}` };
      case 'mapped':
        return {
          kind: 'mapped',
          text: `→ ${place.path === undefined ? 'mapped memory' : shortPath(place.path)}${this.#preview(address)}`,
        };
    }
  }

  /** `f+0x12` or `libc.so.6+0x1234`, for a code address that is looked up as it is. */
  codeName(address: RuntimeAddress): string {
    const location = this.symbolizer.locate(address);
    if (location.function !== undefined) return `${location.function}${plus(location.offset ?? 0n)}`;
    if (location.module !== undefined) return `${shortPath(location.module.path)}${plus(location.offset ?? 0n)}`;
    return `code at ${hex(address)}`;
  }

  #code(address: RuntimeAddress): WordClass {
    const check = checkReturnAddress(this.context, address);
    if (check.kind !== 'call') return { kind: 'code', text: this.codeName(address) };
    // Named by the call, offset of the return address itself: what gdb and a reader expect of f+0x12.
    const location = this.symbolizer.locate(runtimeAddress(address - 1n));
    const base = location.functionStart ?? location.module?.start;
    const caller = location.function ?? (location.module === undefined ? undefined : shortPath(location.module.path));
    const text =
      caller === undefined || base === undefined ? `code at ${hex(address)}` : `${caller}${plus(address - base)}`;
    return { kind: 'returnAddress', text: `return to ${text}` };
  }

  #data(address: RuntimeAddress): string {
    const symbol = this.symbolizer.symbolAt(address);
    if (symbol !== undefined) return `${symbol.name}${plus(symbol.offset)}`;
    const module = this.symbolizer.modules.find(address);
    return module === undefined ? 'data' : `${shortPath(module.path)}${plus(address - module.start)}`;
  }

  /** The start of a string, when at least four printable characters lie there. */
  #preview(address: RuntimeAddress): string {
    const { bytes } = this.context.memory.read(address, PREVIEW);
    let length = 0;
    while (length < bytes.length && isText(bytes[length] ?? 0)) length++;
    if (length < 4) return '';
    const ended = bytes[length] === 0;
    return ` "${printable(bytes.subarray(0, length))}${ended ? '' : '…'}"`;
  }
}

const PREVIEW = 32;
const SMALL = 1n << 20n;

/** A word that is no address of this process: text, a small number or two, or `unknown`. */
export function classifyUnmapped(word: bigint): WordClass {
  const text = asciiOf(word);
  if (text !== undefined) return { kind: 'string', text: `"${text}"` };
  const signed = BigInt.asIntN(64, word);
  if (signed > -SMALL && signed < SMALL) return { kind: 'number', text: signed.toString() };
  const low = BigInt.asIntN(32, word);
  const high = BigInt.asIntN(32, word >> 32n);
  if (high > -65_536n && high < 65_536n && low > -SMALL && low < SMALL)
    return { kind: 'number', text: `(${low}, ${high})` };
  return { kind: 'unknown', text: '' };
}

/** Eight characters, or fewer followed by zeros, but at least four. */
function asciiOf(word: bigint): string | undefined {
  let text = '';
  for (let rest = word; rest !== 0n; rest >>= 8n) {
    const byte = Number(rest & 0xffn);
    if (!isText(byte)) return undefined;
    text += String.fromCharCode(byte);
  }
  return text.length >= 4 ? printable(Uint8Array.from(text, (character) => character.charCodeAt(0))) : undefined;
}

function isText(byte: number): boolean {
  return (byte >= 0x20 && byte < 0x7f) || byte === 9 || byte === 10;
}

function plus(offset: bigint): string {
  return offset === 0n ? '' : `+${hex(offset)}`;
}

/** The last component of a path, printable. */
export function shortPath(path: string): string {
  const last = path.slice(path.lastIndexOf('/') + 1);
  return printable(
    Uint8Array.from(last, (character) => character.charCodeAt(0) & 0xff),
    200,
  );
}
