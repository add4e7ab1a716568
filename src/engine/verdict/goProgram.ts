import { runtimeAddress } from '../base/addresses.js';
import { Diagnostics } from '../base/diagnostics.js';
import { readNotes } from '../elf/notes.js';
import { readMappedHeader } from '../modules/loadModule.js';
import type { RuleContext } from './ruleContext.js';

/** Go's linker leaves its build id in a note of this name (cmd/link/internal/ld/elf.go); it lies in the file's first page. */
const NOTE_NAME = 'Go';
const LONGEST = 4096;

/** Whether the code at the crash's pc is a Go program's own, libraries not counted. */
export function isGoProgram(rule: RuleContext): boolean {
  const module = rule.unwind.modules.find(rule.pc);
  if (module === undefined) return false;
  const header = readMappedHeader(rule.unwind.memory, module.start, module.end);
  if (header === undefined) return false;
  return header.elf.segments.some((segment) => {
    if (segment.type !== 'note') return false;
    const at = runtimeAddress(segment.vaddr + header.bias);
    const { bytes } = rule.unwind.memory.read(at, Math.min(LONGEST, Number(segment.filesz)));
    return readNotes(bytes, header.elf.littleEndian, at, new Diagnostics()).some(({ name }) => name === NOTE_NAME);
  });
}
