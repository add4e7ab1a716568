import type { Disassembler, Instruction } from '../arch/disassembler.js';
import { runtimeAddress } from '../base/addresses.js';
import type { ModuleImage } from '../modules/moduleImage.js';

/**
 * A routine that loads all registers from a context and has the hole of the write-up: after it has moved %rsp it still reads from the
 * context, which by then may lie below the stack where a signal's frame is written.
 */
export interface RestoreHole {
  /** Link address of the load of %rsp. */
  readonly address: bigint;
  /** The load of %rsp and everything to the final transfer. */
  readonly instructions: readonly Instruction[];
  /** Those of them that read from the context after the load of %rsp. */
  readonly lateReads: readonly Instruction[];
}

/** Bytes of code searched in one file. */
const SEARCHED = 64 << 20;
const LONGEST_TAIL = 32;
const MOST_HOLES = 64;

/** Every hole in the executable segments of a file, ascending by address. */
export function findRestoreHoles(image: ModuleImage, disassembler: Disassembler): readonly RestoreHole[] {
  const holes: RestoreHole[] = [];
  let budget = SEARCHED;
  for (const segment of image.elf.segments) {
    if (segment.type !== 'load' || !segment.executable || budget <= 0) continue;
    const size = segment.filesz > BigInt(budget) ? budget : Number(segment.filesz);
    budget -= size;
    const code = image.readLink(segment.vaddr, size);
    for (let at = code.indexOf(0x8b); at >= 0 && holes.length < MOST_HOLES; at = code.indexOf(0x8b, at + 1)) {
      if (!loadsStackPointer(code, at)) continue;
      const hole = holeAt(code, at - 1, segment.vaddr, disassembler);
      if (hole !== undefined) holes.push(hole);
    }
  }
  return holes;
}

/** `mov disp(%base),%rsp`: REX.W 8B /r with rsp as the register and a displacement (Intel SDM 2, MOV). */
function loadsStackPointer(code: Uint8Array, at: number): boolean {
  const prefix = code[at - 1] ?? 0;
  const modrm = code[at + 1] ?? 0;
  const mod = modrm >> 6;
  return (
    (prefix === 0x48 || prefix === 0x49) && (modrm & 0x38) === 0x20 && (mod === 1 || mod === 2) && (modrm & 7) !== 4
  );
}

/** The straight code from a load of %rsp to a return or indirect jump, when it reads through the same base again. */
function holeAt(code: Uint8Array, start: number, origin: bigint, disassembler: Disassembler): RestoreHole | undefined {
  const instructions: Instruction[] = [];
  const lateReads: Instruction[] = [];
  let base: string | undefined;
  for (let offset = start; instructions.length < LONGEST_TAIL;) {
    const decoded = disassembler.decode(code.subarray(offset, offset + 15), runtimeAddress(origin + BigInt(offset)));
    if (decoded === undefined) return undefined;
    instructions.push(decoded);
    if (instructions.length === 1) base = decoded.memory[0]?.base;
    else if (base !== undefined && decoded.memory.some((operand) => operand.base === base && operand.access === 'read'))
      lateReads.push(decoded);
    if (decoded.flow === 'return' || decoded.flow === 'indirectJump') {
      const [first] = instructions;
      return base === undefined || base === 'rbp' || lateReads.length === 0 || first === undefined
        ? undefined
        : { address: first.address, instructions, lateReads };
    }
    if (decoded.flow !== 'next') return undefined;
    offset += decoded.length;
  }
  return undefined;
}
