import { type ByteCursor, FormatError } from '../base/byteCursor.js';

/** More than any producer needs; a loop that pushes must not fill memory. */
const MOST_ENTRIES = 1024;

/** The stack of a DWARF expression: unsigned words of the size of an address (DWARF 5 §2.5.1). Methods throw `FormatError`. */
export class ExpressionStack {
  readonly #entries: bigint[];
  readonly #bits: number;

  constructor(addressSize: 4 | 8, initial: readonly bigint[]) {
    this.#bits = addressSize * 8;
    this.#entries = initial.map((value) => BigInt.asUintN(this.#bits, value));
  }

  push(value: bigint): void {
    if (this.#entries.length >= MOST_ENTRIES) throw new FormatError('stack-overflow', 'expression stack too deep');
    this.#entries.push(BigInt.asUintN(this.#bits, value));
  }

  pop(): bigint {
    const value = this.#entries.pop();
    if (value === undefined) throw new FormatError('stack-underflow', 'expression stack is empty');
    return value;
  }

  /** Runs `opcode` if it only concerns the stack (DWARF 5 §2.5.1.1, §2.5.1.3, §2.5.1.4); `false`: it does not, and nothing happened. */
  operate(opcode: number, cursor: ByteCursor): boolean {
    const value = constant(opcode, cursor);
    if (value !== undefined) this.push(value);
    else if (!this.#rearrange(opcode, cursor) && !this.#unary(opcode, cursor) && !this.#binary(opcode)) return false;
    return true;
  }

  #peek(depth: number): bigint {
    const value = this.#entries[this.#entries.length - 1 - depth];
    if (value === undefined) throw new FormatError('stack-underflow', 'expression stack is too short');
    return value;
  }

  #rearrange(opcode: number, cursor: ByteCursor): boolean {
    switch (opcode) {
      case 0x12: // dup
        this.push(this.#peek(0));
        return true;
      case 0x13: // drop
        this.pop();
        return true;
      case 0x14: // over
        this.push(this.#peek(1));
        return true;
      case 0x15: // pick
        this.push(this.#peek(cursor.u8()));
        return true;
      case 0x16: {
        // swap
        const [first, second] = [this.pop(), this.pop()];
        this.push(first);
        this.push(second);
        return true;
      }
      case 0x17: {
        // rot: the first becomes the third
        const [first, second, third] = [this.pop(), this.pop(), this.pop()];
        this.push(first);
        this.push(third);
        this.push(second);
        return true;
      }
      default:
        return false;
    }
  }

  #unary(opcode: number, cursor: ByteCursor): boolean {
    switch (opcode) {
      case 0x19: {
        // abs
        const value = this.#signed(this.pop());
        this.push(value < 0n ? -value : value);
        return true;
      }
      case 0x1f: // neg
        this.push(-this.pop());
        return true;
      case 0x20: // not
        this.push(~this.pop());
        return true;
      case 0x23: // plus_uconst
        this.push(this.pop() + cursor.uleb());
        return true;
      default:
        return false;
    }
  }

  #binary(opcode: number): boolean {
    const operation = BINARY.get(opcode);
    if (operation === undefined) return false;
    const second = this.pop();
    const first = this.pop();
    this.push(operation(first, second, this.#signed(first), this.#signed(second), this.#bits));
    return true;
  }

  #signed(value: bigint): bigint {
    return BigInt.asIntN(this.#bits, value);
  }
}

/** const1u..consts, whose operand is the value. */
function constant(opcode: number, cursor: ByteCursor): bigint | undefined {
  switch (opcode) {
    case 0x08:
      return BigInt(cursor.u8());
    case 0x09:
      return BigInt(cursor.i8());
    case 0x0a:
      return BigInt(cursor.u16());
    case 0x0b:
      return BigInt(cursor.i16());
    case 0x0c:
      return BigInt(cursor.u32());
    case 0x0d:
      return BigInt(cursor.i32());
    case 0x0e:
      return cursor.u64();
    case 0x0f:
      return cursor.i64();
    case 0x10:
      return cursor.uleb();
    case 0x11:
      return cursor.sleb();
    default:
      return undefined;
  }
}

type Binary = (a: bigint, b: bigint, signedA: bigint, signedB: bigint, bits: number) => bigint;

function nonZero(divisor: bigint): bigint {
  if (divisor === 0n) throw new FormatError('division-by-zero', 'expression divides by zero');
  return divisor;
}

/** Comparisons and division are signed, modulo is not. */
const BINARY: ReadonlyMap<number, Binary> = new Map<number, Binary>([
  [0x1a, (a, b) => a & b], // and
  [0x1b, (_a, _b, a, b) => a / nonZero(b)], // div
  [0x1c, (a, b) => a - b], // minus
  [0x1d, (a, b) => a % nonZero(b)], // mod
  [0x1e, (a, b) => a * b], // mul
  [0x21, (a, b) => a | b], // or
  [0x22, (a, b) => a + b], // plus
  // A shift by the width or more leaves nothing; the bound also keeps the intermediate value small.
  [0x24, (a, b, _a, _b, bits) => (b >= BigInt(bits) ? 0n : a << b)], // shl
  [0x25, (a, b, _a, _b, bits) => (b >= BigInt(bits) ? 0n : a >> b)], // shr
  [0x26, (_a, b, a, _b, bits) => a >> (b >= BigInt(bits) ? BigInt(bits) : b)], // shra
  [0x27, (a, b) => a ^ b], // xor
  [0x29, (_a, _b, a, b) => (a === b ? 1n : 0n)], // eq
  [0x2a, (_a, _b, a, b) => (a >= b ? 1n : 0n)], // ge
  [0x2b, (_a, _b, a, b) => (a > b ? 1n : 0n)], // gt
  [0x2c, (_a, _b, a, b) => (a <= b ? 1n : 0n)], // le
  [0x2d, (_a, _b, a, b) => (a < b ? 1n : 0n)], // lt
  [0x2e, (_a, _b, a, b) => (a !== b ? 1n : 0n)], // ne
]);
