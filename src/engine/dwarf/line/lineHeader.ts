import { type ByteCursor, FormatError } from '../../base/byteCursor.js';
import { pathText } from '../../base/text.js';
import type { DwarfFile } from '../dwarfFile.js';
import { type AttributeValue, readForm, type UnitShape } from '../forms.js';
import { uleb, wordNumber } from '../leb.js';
import { readInitialLength } from '../unitHeader.js';

export interface LineFile {
  /** The text itself, or where it is: tables name hundreds of headers of which few are ever asked for. */
  readonly name: string | AttributeValue;
  /** Index into `directories`. */
  readonly directory: number;
  readonly md5?: Uint8Array;
}

/** The head of a line number program (DWARF 5 §6.2.4). */
export interface LineHeader {
  readonly version: number;
  readonly addressSize: 4 | 8;
  readonly minimumInstructionLength: number;
  readonly operationsPerInstruction: number;
  readonly lineBase: number;
  readonly lineRange: number;
  readonly opcodeBase: number;
  /** Of opcodes 1 to opcodeBase - 1, at those indices. */
  readonly operandCounts: readonly number[];
  /** DWARF 5 counts from 0, the working directory; before, entry 0 is absent and means that too. */
  readonly directories: readonly (string | AttributeValue | undefined)[];
  /** DWARF 5 counts from 0; before, entry 0 is absent. The program may add more. */
  readonly files: (LineFile | undefined)[];
}

/** More than any unit includes. */
const MOST_NAMES = 1 << 18;

const LineContent = { path: 1, directoryIndex: 2, md5: 5 } as const;

/**
 * Reads the head and leaves the cursor over the program alone. @throws FormatError
 * @param unitAddressSize that of the unit, which DWARF 2 to 4 do not repeat here
 */
export function readLineHeader(
  file: DwarfFile,
  offset: number,
  unitAddressSize: 4 | 8,
): { header: LineHeader; program: ByteCursor } {
  const section = file.section('.debug_line');
  const start = section.cursor(offset, Math.min(16, section.size - offset));
  const { length, offsetSize } = readInitialLength(start);
  const cursor = section.cursor(offset + start.position, Math.min(length, section.size - offset - start.position));
  const version = cursor.u16();
  if (version < 2 || version > 5)
    throw new FormatError('bad-line-version', `line table version ${version}`, BigInt(offset));
  let addressSize = unitAddressSize;
  if (version >= 5) {
    const size = cursor.u8();
    if (size === 4 || size === 8) addressSize = size;
    cursor.skip(1);
  }
  const headerLength = wordNumber(cursor, offsetSize);
  const programStart = cursor.position + headerLength;
  const minimumInstructionLength = cursor.u8();
  const operationsPerInstruction = version >= 4 ? Math.max(1, cursor.u8()) : 1;
  cursor.skip(1); // default_is_stmt
  const lineBase = cursor.i8();
  const lineRange = cursor.u8();
  const opcodeBase = cursor.u8();
  const operandCounts = [0];
  for (let i = 1; i < opcodeBase; i++) operandCounts.push(cursor.u8());
  const names = version >= 5 ? readNames(cursor, { version, addressSize, offsetSize }) : readOldNames(cursor);
  return {
    header: {
      version,
      addressSize,
      minimumInstructionLength,
      operationsPerInstruction,
      lineBase,
      lineRange,
      opcodeBase,
      operandCounts,
      ...names,
    },
    program: cursor.seek(programStart),
  };
}

/** DWARF 2 to 4: lists ended by an empty name. */
function readOldNames(cursor: ByteCursor): Pick<LineHeader, 'directories' | 'files'> {
  const directories: (string | undefined)[] = [undefined];
  const files: (LineFile | undefined)[] = [undefined];
  for (;;) {
    const directory = cursor.cString();
    if (directory.length === 0 || directories.length >= MOST_NAMES) break;
    directories.push(pathText(directory));
  }
  for (;;) {
    const file = readOldFile(cursor);
    if (file === undefined || files.length >= MOST_NAMES) break;
    files.push(file);
  }
  return { directories, files };
}

/** `undefined` at the end of the list. Also the operand of DW_LNE_define_file. */
export function readOldFile(cursor: ByteCursor): LineFile | undefined {
  const name = cursor.cString();
  if (name.length === 0) return undefined;
  const directory = uleb(cursor);
  cursor.uleb(); // time of change
  cursor.uleb(); // size
  return { name: pathText(name), directory };
}

/** DWARF 5: lists whose layout is part of the head. */
function readNames(cursor: ByteCursor, shape: UnitShape): Pick<LineHeader, 'directories' | 'files'> {
  const directories = readEntries(cursor, shape).map((entry) => entry.name);
  return { directories, files: readEntries(cursor, shape) };
}

function readEntries(cursor: ByteCursor, shape: UnitShape): LineFile[] {
  const formats: { content: number; form: number }[] = [];
  for (let count = cursor.u8(); count > 0; count--) formats.push({ content: uleb(cursor), form: uleb(cursor) });
  const count = uleb(cursor);
  if (count > MOST_NAMES) throw new FormatError('bad-line-table', 'too many file names', cursor.origin);
  const entries: LineFile[] = [];
  for (let i = 0; i < count; i++) {
    let name: string | AttributeValue = '';
    let directory = 0;
    let md5: Uint8Array | undefined;
    for (const { content, form } of formats) {
      const value = readForm(cursor, form, shape);
      if (content === LineContent.path) name = value.kind === 'text' ? pathText(value.bytes) : value;
      else if (content === LineContent.directoryIndex && value.kind === 'constant') directory = Number(value.value);
      else if (content === LineContent.md5 && value.kind === 'block' && value.bytes.length === 16)
        md5 = value.bytes.slice();
    }
    entries.push({ name, directory, ...(md5 === undefined ? {} : { md5 }) });
  }
  return entries;
}
