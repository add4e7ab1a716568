import { hex, runtimeAddress } from '../engine/base/addresses.js';
import type { Inspection } from '../engine/inspection/openInspection.js';
import { plainWord } from '../engine/values/plainWord.js';

/** A piece of the crashed thread's stack, with the red zone. */
export interface StackWindow {
  /** `0x` address of the first byte. */
  readonly start: string;
  readonly bytes: Uint8Array;
  /** What each whole word of `bytes` is, as `plainWord` says it. */
  readonly words: readonly string[];
  /** The same of the registers at the crash, by name; without the stack pointer, which is what the others are told from. */
  readonly registers: Readonly<Record<string, string>>;
}

/** The red zone of the x86-64 ABI, in bytes. */
const RED_ZONE = 128n;

/**
 * The stack from the red zone to `above` bytes above the stack pointer, as far as the core holds it.
 *
 * @returns `undefined` when it holds nothing there
 */
export function stackWindow(inspection: Inspection, above: number): StackWindow | undefined {
  const { core, judgement, crashedThread, space, modules } = inspection;
  const registers = judgement?.crash.registers ?? crashedThread?.registers;
  const stackPointer = core.architecture?.stackPointer ?? '';
  const sp = registers?.get(stackPointer);
  if (registers === undefined || sp === undefined) return undefined;
  const describe = (word: bigint) => plainWord(word, sp, space, modules);
  for (const start of sp >= RED_ZONE ? [sp - RED_ZONE, sp] : [sp]) {
    const { bytes } = core.memory.read(runtimeAddress(start), above + Number(sp - start));
    // A view of a page that is reused would change under its reader.
    if (bytes.length > 0)
      return {
        start: hex(start),
        bytes: bytes.slice(),
        words: wordsOf(bytes).map(describe),
        registers: Object.fromEntries(
          [...registers.entries()].flatMap(([name, value]) => (name === stackPointer ? [] : [[name, describe(value)]])),
        ),
      };
  }
  return undefined;
}

function wordsOf(bytes: Uint8Array): bigint[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.length >> 3 }, (_, index) => view.getBigUint64(index * 8, true));
}
