import type { DisassemblyAnswer, EffectiveAddress, InstructionRow } from '../../shared/queries.js';
import type { Disassembler, Instruction } from '../arch/disassembler.js';
import { hex, runtimeAddress } from '../base/addresses.js';
import { hexBytes } from '../base/text.js';
import { toLink } from '../modules/moduleMap.js';
import { lookupAddress, type StackFrame } from '../unwind/stackFrame.js';
import type { UnwindContext } from '../unwind/unwindContext.js';
import { accessesOf } from '../verdict/effectiveAddress.js';
import { type CodePiece, type CodeReader, piecesBefore, piecesFrom } from './instructionRun.js';
import type { Inspection } from './openInspection.js';
import { absenceText } from './slots.js';

const MOST_ROWS = 4096;

/**
 * Instructions around an address.
 *
 * @param frame whose instruction is marked, with what it accesses where it was about to run
 */
export function disassembly(
  inspection: Inspection,
  place: { readonly address: bigint; readonly before: number; readonly count: number },
  frame: StackFrame | undefined,
): DisassemblyAnswer {
  const { context, disassembler } = inspection;
  if (context?.architecture.name !== 'x86_64')
    return { items: [], at: 0, reason: `code of ${inspection.core.elf.arch} is not disassembled` };
  if (disassembler === undefined) return { items: [], at: 0, reason: 'there is no disassembler' };
  const code = codeReader(inspection, context, disassembler);
  const address = runtimeAddress(place.address);
  const before = piecesBefore(code, address, clamp(place.before));
  const pieces = [...before, ...piecesFrom(code, address, clamp(place.count))];
  return { items: pieces.map((piece) => instructionRow(inspection, piece, frame)), at: before.length };
}

function clamp(count: number): number {
  return Math.min(MOST_ROWS, Math.max(0, Math.floor(count)));
}

/** Function starts by symbols, and by call-frame information where there are none. */
function codeReader(inspection: Inspection, context: UnwindContext, disassembler: Disassembler): CodeReader {
  return {
    memory: context.memory,
    disassembler,
    functionStart(address) {
      const { module, functionStart } = inspection.symbolizer.locate(runtimeAddress(address));
      if (functionStart !== undefined) return functionStart;
      const link = module === undefined ? undefined : toLink(module, address);
      const row = link === undefined ? undefined : module?.image?.cfi?.find(link);
      return row === undefined ? undefined : runtimeAddress(row.functionStart + (module?.bias ?? 0n));
    },
  };
}

function instructionRow(inspection: Inspection, piece: CodePiece, frame: StackFrame | undefined): InstructionRow {
  const { address, length, bytes, instruction, absent } = piece;
  const where = absent === undefined ? codePlace(inspection, address) : {};
  const common = { address: hex(address), length, bytes: hexBytes(bytes), ...where };
  if (absent !== undefined) return { ...common, kind: 'absent', text: absenceText(absent) };
  if (instruction === undefined) return { ...common, kind: 'bytes', text: '(bad)' };
  const refersTo = referenceOf(inspection, instruction);
  const current = frame !== undefined && holds(piece, lookupAddress(frame));
  const effective = current && frame.interrupted ? effectiveOf(inspection, instruction, frame) : [];
  return {
    ...common,
    kind: 'instruction',
    text: instruction.text,
    ...(refersTo === undefined ? {} : { refersTo }),
    ...(current ? { current: true } : {}),
    ...(effective.length === 0 ? {} : { effective }),
  };
}

function holds({ address, length }: CodePiece, point: bigint): boolean {
  return point >= address && point < address + BigInt(length);
}

function codePlace(
  { symbolizer, lines }: Inspection,
  address: bigint,
): Pick<InstructionRow, 'symbol' | 'offset' | 'file' | 'line'> {
  const { module, function: symbol, functionStart } = symbolizer.locate(runtimeAddress(address));
  // The innermost: that is where the instruction's own source line is.
  const line = module === undefined ? undefined : lines.locate(module, runtimeAddress(address))?.[0];
  return {
    ...(symbol === undefined || functionStart === undefined ? {} : { symbol, offset: hex(address - functionStart) }),
    ...(line?.file === undefined ? {} : { file: line.file }),
    ...(line?.line === undefined || line.line === 0 ? {} : { line: line.line }),
  };
}

/** What a direct transfer or a pc-relative operand names. */
function referenceOf(inspection: Inspection, instruction: Instruction): string | undefined {
  const { classifier, space } = inspection;
  if (instruction.target !== undefined) {
    const known =
      space.find(instruction.target) !== undefined || inspection.modules.find(instruction.target) !== undefined;
    return known ? classifier?.codeName(instruction.target) : undefined;
  }
  // Operands that name no register are relative to the instruction: their displacement is the address.
  const fixed = instruction.memory.find(
    ({ base, index, segment, displacement }) =>
      base === undefined && index === undefined && segment === undefined && displacement !== 0n,
  );
  if (fixed === undefined) return undefined;
  const look = classifier?.classify(runtimeAddress(fixed.displacement));
  return look === undefined || look.text === '' ? undefined : look.text.replace(/^\u2192 /, '');
}

function effectiveOf(inspection: Inspection, instruction: Instruction, frame: StackFrame): EffectiveAddress[] {
  return accessesOf(instruction, frame.registers).map(({ address, access, size }) => ({
    address: hex(address),
    access,
    size,
    text: placeText(inspection, address),
  }));
}

function placeText(inspection: Inspection, address: bigint): string {
  const place = inspection.space.find(address);
  if (place === undefined) return 'nothing is mapped here';
  const look = inspection.classifier?.classify(address).text ?? '';
  return `${look.replace(/^\u2192 /, '')} (${place.readable ? 'r' : '-'}${place.writable ? 'w' : '-'}${place.executable ? 'x' : '-'})`;
}
