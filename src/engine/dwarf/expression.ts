import { runtimeAddress } from '../base/addresses.js';
import { ByteCursor, FormatError } from '../base/byteCursor.js';
import type { MemoryView } from '../base/memoryView.js';
import { ExpressionStack } from './expressionStack.js';

/** The machine a location expression runs on. Everything missing makes the expressions that need it `undefined`. */
export interface ExpressionContext {
  /** The register with this DWARF number in the frame the expression belongs to; `undefined` when it is not known. */
  register(number: number): bigint | undefined;
  readonly memory: MemoryView;
  readonly addressSize: 4 | 8;
  /** Byte order of the memory and of the expression; little-endian when absent. */
  readonly littleEndian?: boolean;
  /** For DW_OP_call_frame_cfa. */
  readonly cfa?: bigint;
  /** For DW_OP_fbreg: what the function's DW_AT_frame_base gives. */
  readonly frameBase?: bigint | (() => bigint | undefined);
  /** Runtime address minus link address of the file the expression is from, added to DW_OP_addr and DW_OP_addrx; 0 when absent. */
  readonly bias?: bigint;
  /** For DW_OP_addrx and DW_OP_constx: entry `index` of the unit's part of `.debug_addr`. */
  addressAt?(index: number): bigint | undefined;
  /** For DW_OP_form_tls_address. */
  threadLocal?(offset: bigint): bigint | undefined;
  /** For DW_OP_entry_value: what the expression gave on entry to the function, if the caller tells. */
  entryValue?(expression: Uint8Array): bigint | undefined;
  /** For DW_OP_push_object_address. */
  readonly objectAddress?: bigint;
}

/**
 * - `address`: the object is in memory there
 * - `register`: it is in that register
 * - `value`: it has no place, only this value
 * - `bytes`: it has no place, only these bytes
 */
export type ExpressionResult =
  | { readonly kind: 'address'; readonly address: bigint }
  | { readonly kind: 'register'; readonly register: number }
  | { readonly kind: 'value'; readonly value: bigint }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array };

/** Branches can go backwards; real expressions need a few dozen operations. */
const MOST_STEPS = 10_000;

/**
 * Runs a DWARF expression (DWARF 5 §2.5 and §2.6). `undefined`: it needs a register, memory or fact that is not known, describes
 * an object in pieces or of a typed stack, is empty (optimized out) or malformed. Never throws.
 * @param initial what is on the stack at the start, bottom first: the CFA for register rules
 */
export function evaluateExpression(
  expression: Uint8Array,
  context: ExpressionContext,
  initial: readonly bigint[] = [],
): ExpressionResult | undefined {
  if (expression.length === 0) return undefined;
  try {
    return new Evaluation(expression, context, initial).run();
  } catch (problem) {
    if (problem instanceof FormatError) return undefined;
    throw problem;
  }
}

/** Something the expression needs is not known; ends the evaluation like a format error. */
function unknown(what: string): FormatError {
  return new FormatError('unknown-value', what);
}

class Evaluation {
  readonly #cursor: ByteCursor;
  readonly #stack: ExpressionStack;
  readonly #context: ExpressionContext;

  constructor(expression: Uint8Array, context: ExpressionContext, initial: readonly bigint[]) {
    this.#cursor = new ByteCursor(expression, context.littleEndian ?? true);
    this.#stack = new ExpressionStack(context.addressSize, initial);
    this.#context = context;
  }

  run(): ExpressionResult | undefined {
    for (let steps = 0; !this.#cursor.atEnd; steps++) {
      if (steps >= MOST_STEPS) throw new FormatError('too-many-steps', 'expression does not end');
      const final = this.#step(this.#cursor.u8());
      // A description of a place ends the expression; if anything follows, the object is in pieces.
      if (final !== undefined) return this.#cursor.remaining === 0 ? final : undefined;
    }
    return { kind: 'address', address: this.#stack.pop() };
  }

  #step(opcode: number): ExpressionResult | undefined {
    const cursor = this.#cursor;
    const stack = this.#stack;
    if (opcode >= 0x30 && opcode <= 0x4f) {
      stack.push(BigInt(opcode - 0x30)); // lit0..lit31
      return undefined;
    }
    if (opcode >= 0x50 && opcode <= 0x6f) return { kind: 'register', register: opcode - 0x50 }; // reg0..reg31
    if (opcode >= 0x70 && opcode <= 0x8f) {
      stack.push(this.#register(opcode - 0x70) + cursor.sleb()); // breg0..breg31
      return undefined;
    }
    if (stack.operate(opcode, cursor)) return undefined;
    switch (opcode) {
      case 0x03: // addr
        stack.push(cursor.word(this.#context.addressSize) + (this.#context.bias ?? 0n));
        return undefined;
      case 0x06: // deref
        stack.push(this.#load(stack.pop(), this.#context.addressSize));
        return undefined;
      case 0x94: // deref_size
        stack.push(this.#load(stack.pop(), cursor.u8()));
        return undefined;
      case 0x28: {
        // bra
        const distance = cursor.i16();
        if (stack.pop() !== 0n) cursor.skip(distance);
        return undefined;
      }
      case 0x2f: // skip
        cursor.skip(cursor.i16());
        return undefined;
      case 0x90: // regx
        return { kind: 'register', register: cursor.ulebNumber() };
      case 0x91: // fbreg
        stack.push(this.#frameBase() + cursor.sleb());
        return undefined;
      case 0x92: // bregx
        stack.push(this.#register(cursor.ulebNumber()) + cursor.sleb());
        return undefined;
      case 0x96: // nop
        return undefined;
      case 0x97: // push_object_address
        stack.push(this.#known(this.#context.objectAddress, 'object address'));
        return undefined;
      case 0x9b: // form_tls_address
      case 0xe0: // GNU_push_tls_address
        stack.push(this.#known(this.#context.threadLocal?.(stack.pop()), 'thread-local storage'));
        return undefined;
      case 0x9c: // call_frame_cfa
        stack.push(this.#known(this.#context.cfa, 'CFA'));
        return undefined;
      case 0x9e: // implicit_value
        return { kind: 'bytes', bytes: cursor.take(cursor.ulebNumber()) };
      case 0x9f: // stack_value
        return { kind: 'value', value: stack.pop() };
      case 0xa1: // addrx
      case 0xfb: // GNU_addr_index
        stack.push(this.#addressAt(cursor.ulebNumber()) + (this.#context.bias ?? 0n));
        return undefined;
      case 0xa2: // constx
      case 0xfc: // GNU_const_index
        stack.push(this.#addressAt(cursor.ulebNumber()));
        return undefined;
      case 0xa3: // entry_value
      case 0xf3: // GNU_entry_value
        stack.push(this.#known(this.#context.entryValue?.(cursor.take(cursor.ulebNumber())), 'value on entry'));
        return undefined;
      default:
        // Pieces, typed operations, implicit pointers, calls to other entries: not told here.
        throw unknown(`operation 0x${opcode.toString(16)}`);
    }
  }

  #known(value: bigint | undefined, what: string): bigint {
    if (value === undefined) throw unknown(what);
    return value;
  }

  #register(number: number): bigint {
    return this.#known(this.#context.register(number), 'register');
  }

  #addressAt(index: number): bigint {
    return this.#known(this.#context.addressAt?.(index), 'address');
  }

  #frameBase(): bigint {
    const { frameBase } = this.#context;
    return this.#known(typeof frameBase === 'function' ? frameBase() : frameBase, 'frame base');
  }

  /** An unsigned integer of 1 to 8 bytes. */
  #load(address: bigint, size: number): bigint {
    if (size < 1 || size > 8) throw new FormatError('bad-size', `dereference of ${size} bytes`);
    const { bytes } = this.#context.memory.read(runtimeAddress(address), size);
    if (bytes.length < size) throw unknown('memory');
    let value = 0n;
    for (let i = 0; i < size; i++) {
      const byte = bytes[this.#cursor.littleEndian ? size - 1 - i : i] ?? 0;
      value = (value << 8n) | BigInt(byte);
    }
    return value;
  }
}
