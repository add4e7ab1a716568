import { type ByteCursor, FormatError } from '../../base/byteCursor.js';
import { skipLeb, sleb, uleb, wordNumber } from '../leb.js';
import { type LineHeader, readOldFile } from './lineHeader.js';
import { LineRows } from './lineRows.js';

/** A run of rows over contiguous code, `start` to `end`: rows `first` to `endRow` - 1. */
export interface LineSequence {
  readonly start: number;
  readonly end: number;
  readonly first: number;
  readonly endRow: number;
}

export interface LineProgramResult {
  readonly rows: LineRows;
  readonly sequences: readonly LineSequence[];
}

/** Runs a line number program (DWARF 5 §6.2.5). What it made before a bad instruction is kept. Never throws. */
export function runLineProgram(header: LineHeader, program: ByteCursor): LineProgramResult {
  const machine = new LineMachine(header, program);
  try {
    machine.run();
  } catch (problem) {
    if (!(problem instanceof FormatError)) throw problem;
  }
  return machine.result();
}

class LineMachine {
  readonly #rows = new LineRows();
  readonly #sequences: LineSequence[] = [];
  /** `undefined` until the sequence's first row. */
  #start: number | undefined;
  #first = 0;
  #sorted = true;
  #lastDistance = 0;

  #address = 0;
  #operation = 0;
  #file = 1;
  #line = 1;
  #column = 0;

  constructor(
    private readonly header: LineHeader,
    private readonly program: ByteCursor,
  ) {}

  run(): void {
    const { header, program } = this;
    const { opcodeBase, lineBase, lineRange } = header;
    while (program.remaining > 0) {
      const opcode = program.u8();
      if (opcode < opcodeBase) {
        this.#step(opcode);
        continue;
      }
      if (lineRange === 0) throw new FormatError('bad-line-table', 'line range of zero');
      const adjusted = opcode - opcodeBase;
      const line = adjusted % lineRange;
      this.#advance((adjusted - line) / lineRange);
      this.#line += lineBase + line;
      this.#emit();
    }
  }

  #step(opcode: number): void {
    const { header, program } = this;
    switch (opcode) {
      case 0:
        this.#extended();
        return;
      case 1: // copy
        this.#emit();
        return;
      case 2: // advance_pc
        this.#advance(uleb(program));
        return;
      case 3: // advance_line
        this.#line += sleb(program);
        return;
      case 4: // set_file
        this.#file = uleb(program);
        return;
      case 5: // set_column
        this.#column = uleb(program);
        return;
      case 8: // const_add_pc
        if (header.lineRange === 0) throw new FormatError('bad-line-table', 'line range of zero');
        this.#advance(Math.floor((255 - header.opcodeBase) / header.lineRange));
        return;
      case 9: // fixed_advance_pc
        this.#address += program.u16();
        this.#operation = 0;
        return;
      default:
        // Those that only set flags, and those that are newer than this reader.
        for (let i = header.operandCounts[opcode] ?? 0; i > 0; i--) skipLeb(program);
    }
  }

  result(): LineProgramResult {
    // Rows without an end of sequence have no known extent.
    this.#rows.truncate(this.#first);
    return { rows: this.#rows, sequences: this.#sequences };
  }

  #extended(): void {
    const { header, program } = this;
    const length = uleb(program);
    const end = program.position + length;
    if (length > 0) {
      switch (program.u8()) {
        case 1: // end_sequence
          this.#endSequence();
          break;
        case 2: // set_address
          this.#address = wordNumber(program, length === 5 ? 4 : length === 9 ? 8 : header.addressSize);
          this.#operation = 0;
          break;
        case 3: {
          // define_file
          const file = readOldFile(program);
          if (file !== undefined) header.files.push(file);
          break;
        }
      }
    }
    program.seek(end);
  }

  #advance(operations: number): void {
    const { minimumInstructionLength: unit, operationsPerInstruction: perInstruction } = this.header;
    if (perInstruction === 1) {
      this.#address += operations * unit;
      return;
    }
    const total = this.#operation + operations;
    this.#address += unit * Math.floor(total / perInstruction);
    this.#operation = total % perInstruction;
  }

  #emit(): void {
    this.#start ??= this.#address;
    const distance = this.#address - this.#start;
    // A row before the first one or 4 GiB behind it: set_address to nowhere.
    if (!(distance >= 0 && distance <= 0xffffffff)) return;
    if (distance < this.#lastDistance) this.#sorted = false;
    this.#lastDistance = distance;
    this.#rows.push(distance, this.#file, Math.max(0, this.#line), this.#column);
  }

  #endSequence(): void {
    const start = this.#start;
    const endRow = this.#rows.length;
    if (start !== undefined && this.#address > start && start <= Number.MAX_SAFE_INTEGER) {
      if (!this.#sorted) this.#rows.sort(this.#first, endRow);
      this.#sequences.push({ start, end: this.#address, first: this.#first, endRow });
    } else {
      this.#rows.truncate(this.#first);
    }
    this.#start = undefined;
    this.#first = this.#rows.length;
    this.#sorted = true;
    this.#lastDistance = 0;
    this.#address = 0;
    this.#operation = 0;
    this.#file = 1;
    this.#line = 1;
    this.#column = 0;
  }
}
