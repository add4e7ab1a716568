import { hex, runtimeAddress } from '../engine/base/addresses.js';
import type { Inspection } from '../engine/inspection/openInspection.js';

/** A piece of the crashed thread's stack, with the red zone. */
export interface StackWindow {
  /** `0x` address of the first byte. */
  readonly start: string;
  readonly bytes: Uint8Array;
}

/** The red zone of the x86-64 ABI, in bytes. */
const RED_ZONE = 128n;

/**
 * The stack from the red zone to `above` bytes above the stack pointer, as far as the core holds it.
 *
 * @returns `undefined` when it holds nothing there
 */
export function stackWindow({ core, judgement, crashedThread }: Inspection, above: number): StackWindow | undefined {
  const registers = judgement?.crash.registers ?? crashedThread?.registers;
  const sp = registers?.get(core.architecture?.stackPointer ?? '');
  if (sp === undefined) return undefined;
  for (const start of sp >= RED_ZONE ? [sp - RED_ZONE, sp] : [sp]) {
    const { bytes } = core.memory.read(runtimeAddress(start), above + Number(sp - start));
    // A view of a page that is reused would change under its reader.
    if (bytes.length > 0) return { start: hex(start), bytes: bytes.slice() };
  }
  return undefined;
}
