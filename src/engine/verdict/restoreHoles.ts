import type { Disassembler, Instruction } from '../arch/disassembler.js';
import { linkAddress, runtimeAddress } from '../base/addresses.js';
import { FactKey } from '../modules/imageFacts.js';
import type { ModuleImage } from '../modules/moduleImage.js';

/** A routine that goes on with another context: it moves %rsp there, and leaves. */
export interface RestoreRoutine {
  /** Link address of the instruction that moves %rsp. */
  readonly address: bigint;
  /** Link address of the function it is in, where call-frame information or a symbol tells. */
  readonly functionStart?: bigint;
  /** That instruction and everything to the final transfer. */
  readonly instructions: readonly Instruction[];
  /** Those of them that read from the context it restores. */
  readonly lateReads: readonly Instruction[];
}

/**
 * A restore with the hole of the write-up: after it has moved %rsp it still reads from the context, which by then may lie below the stack
 * where a signal's frame is written.
 */
export type RestoreHole = RestoreRoutine;

/** Bytes of code searched in one file. */
const SEARCHED = 64 << 20;
const LONGEST_TAIL = 32;
const MOST_ROUTINES = 64;

/** Every hole in the executable segments of a file, ascending by address. */
export function findRestoreHoles(image: ModuleImage, disassembler: Disassembler): readonly RestoreHole[] {
  return findRestores(image, disassembler).filter(({ lateReads }) => lateReads.length > 0);
}

/** Every restore in the executable segments of a file, with the hole and without, ascending by address. */
export function findRestores(image: ModuleImage, disassembler: Disassembler): readonly RestoreRoutine[] {
  return image.facts.at(RESTORES, image.firstLoadAddress, () => searchRestores(image, disassembler));
}

const RESTORES = new FactKey<readonly RestoreRoutine[]>('restores of a file');

function searchRestores(image: ModuleImage, disassembler: Disassembler): readonly RestoreRoutine[] {
  const routines: RestoreRoutine[] = [];
  let budget = SEARCHED;
  for (const segment of image.elf.segments) {
    if (segment.type !== 'load' || !segment.executable || budget <= 0) continue;
    const size = segment.filesz > BigInt(budget) ? budget : Number(segment.filesz);
    budget -= size;
    const code = image.readLink(segment.vaddr, size);
    for (let at = 1; at < code.length && routines.length < MOST_ROUTINES; at++) {
      if (!movesStackPointer(code, at)) continue;
      const routine = restoreAt(code, at - 1, segment.vaddr, disassembler);
      if (routine === undefined) continue;
      const functionStart = functionStartOf(image, routine.address);
      const start = functionStart === undefined ? undefined : Number(functionStart - segment.vaddr);
      if (start !== undefined && start >= 0 && !isInstruction(code, start, at - 1, disassembler)) continue;
      routines.push({ ...routine, ...(functionStart === undefined ? {} : { functionStart }) });
    }
  }
  return routines;
}

const MOV_TO_REGISTER = 0x8b;
const MOV_FROM_REGISTER = 0x89;
const RSP = 4;

/** A 64-bit `mov` to %rsp, from memory through a register or from another register (Intel SDM 2, MOV: REX.W 8B /r, REX.W 89 /r). */
function movesStackPointer(code: Uint8Array, at: number): boolean {
  const opcode = code[at];
  if (opcode !== MOV_TO_REGISTER && opcode !== MOV_FROM_REGISTER) return false;
  const prefix = code[at - 1] ?? 0;
  const modrm = code[at + 1] ?? 0;
  const mod = modrm >> 6;
  const reg = (modrm >> 3) & 7;
  const rm = modrm & 7;
  if (opcode === MOV_FROM_REGISTER) return (prefix === 0x48 || prefix === 0x4c) && mod === 3 && rm === RSP;
  // Of the forms without displacement one is relative to the pc; those through %rsp or %r12 have another byte.
  return (prefix === 0x48 || prefix === 0x49) && reg === RSP && rm !== RSP && (mod !== 0 || rm !== 5);
}

/**
 * The straight code from a move of %rsp to a jump through a register or a return. What sets %rsp from the frame pointer, or moves it by a
 * number, is an end of a function like any other.
 */
function restoreAt(
  code: Uint8Array,
  start: number,
  origin: bigint,
  disassembler: Disassembler,
): RestoreRoutine | undefined {
  const instructions: Instruction[] = [];
  for (let offset = start; instructions.length < LONGEST_TAIL;) {
    const decoded = disassembler.decode(code.subarray(offset, offset + 15), runtimeAddress(origin + BigInt(offset)));
    if (decoded === undefined) return undefined;
    instructions.push(decoded);
    if (instructions.length === 1) {
      if (decoded.memory[0]?.base === 'rbp' || FROM_FRAME_POINTER.test(decoded.text)) return undefined;
    } else if (decoded.writes === 'rsp') return undefined;
    if (decoded.flow === 'return' || decoded.flow === 'indirectJump') return restoreOf(instructions);
    if (decoded.flow !== 'next') return undefined;
    offset += decoded.length;
  }
  return undefined;
}

const FROM_FRAME_POINTER = /%rbp,\s*%rsp$/;

/** A context is read through the register that %rsp was loaded through, or through one and the same other register, and not through a stack. */
function restoreOf(instructions: readonly Instruction[]): RestoreRoutine | undefined {
  const [first, ...tail] = instructions;
  if (first === undefined) return undefined;
  const base = first.memory[0]?.base ?? contextBase(tail);
  const lateReads = tail.filter(({ memory }) =>
    memory.some((operand) => operand.access === 'read' && operand.base === base && base !== undefined),
  );
  return { address: first.address, instructions, lateReads };
}

/** Where %rsp came from a register: the register through which what follows reads the target that it leaves for. */
function contextBase(tail: readonly Instruction[]): string | undefined {
  const bases = tail.flatMap(({ memory }) =>
    memory.flatMap(({ base, access, segment }) =>
      access === 'read' && base !== undefined && segment === undefined && !STACK_REGISTERS.has(base) ? [base] : [],
    ),
  );
  const [base] = bases;
  return bases.every((other) => other === base) ? base : undefined;
}

const STACK_REGISTERS: ReadonlySet<string> = new Set(['rsp', 'rbp']);

function functionStartOf(image: ModuleImage, address: bigint): bigint | undefined {
  const link = linkAddress(address);
  return image.cfi?.find(link)?.functionStart ?? image.symbols.find(link, true)?.value;
}

const LONGEST_FUNCTION = 1 << 16;

/** Whether an instruction of a function begins at an offset: bytes inside of another one can look like anything. */
function isInstruction(code: Uint8Array, start: number, offset: number, disassembler: Disassembler): boolean {
  if (offset - start > LONGEST_FUNCTION) return true;
  let at = start;
  while (at < offset) {
    const decoded = disassembler.decode(code.subarray(at, at + 15), runtimeAddress(BigInt(at)));
    // Data between instructions: what follows cannot be told apart.
    if (decoded === undefined) return true;
    at += decoded.length;
  }
  return at === offset;
}
