import { FormatError } from '../../../base/byteCursor.js';
import type { Node } from './node.js';

/**
 * Where the reading of one mangled name stands: the position, and the substitutions so far. Anything unexpected throws `FormatError`.
 */
export class Parser {
  position = 0;
  substitutions: Node[] = [];
  /** In the type of a conversion operator template arguments may belong to the operator. */
  inConversion = false;
  /** The source name read last outside template arguments: what constructors are called. */
  lastName: Node | undefined;
  /** Whether an `sr` was met that can be read in another way. */
  hasAmbiguousScope = false;
  #depth = 0;
  #steps = 0;
  #attempts = 0;

  constructor(
    readonly text: string,
    readonly rules: Rules,
    /** How `sr` is read: see `unresolvedName`. */
    readonly scopeIsType = false,
    private readonly limits: { readonly depth: number; readonly steps: number } = { depth: 300, steps: 40_000 },
  ) {}

  get atEnd(): boolean {
    return this.position >= this.text.length;
  }

  /** The character `ahead` of the position, or the empty string behind the end. */
  peek(ahead = 0): string {
    return this.text.charAt(this.position + ahead);
  }

  next(): string {
    return this.text.charAt(this.position++);
  }

  eat(token: string): boolean {
    if (!this.text.startsWith(token, this.position)) return false;
    this.position += token.length;
    return true;
  }

  expect(token: string): void {
    if (!this.eat(token)) this.fail(`'${token}' expected`);
  }

  fail(what: string): never {
    throw new FormatError('not-mangled', what, BigInt(this.position));
  }

  /** To be paired with `leave` in each rule through which the grammar recurses. */
  enter(): void {
    if (++this.#depth > this.limits.depth) this.fail('nested too deeply');
    if (++this.#steps > this.limits.steps) this.fail('too many steps');
  }

  leave(): void {
    this.#depth--;
  }

  /** Remembers a component that `S_` may name later (Itanium C++ ABI 5.1.10). */
  remember<T extends Node>(node: T): T {
    this.substitutions.push(node);
    return node;
  }

  /** `[0-9]+` */
  number(): number {
    const start = this.position;
    while (isDigit(this.peek())) this.position++;
    // Fifteen digits are exact in a double; no length or index in a name can be larger.
    if (this.position === start || this.position - start > 15) this.fail('number expected');
    return Number(this.text.slice(start, this.position));
  }

  /** `n`? then digits: printed with a minus sign. */
  signedNumber(): string {
    const sign = this.eat('n') ? '-' : '';
    const start = this.position;
    while (isDigit(this.peek())) this.position++;
    if (this.position === start) this.fail('number expected');
    return sign + this.text.slice(start, this.position);
  }

  /** `_` is 0, `<number>_` is the number plus 1. */
  ordinal(): number {
    if (this.eat('_')) return 0;
    const value = this.number() + 1;
    this.expect('_');
    return value;
  }

  /** Base 36 with the digits 0-9A-Z: `_` is 0, `0_` is 1 (`<seq-id>`). */
  sequenceId(): number {
    if (this.eat('_')) return 0;
    let value = 0;
    while (!this.eat('_')) {
      const c = this.next();
      if (isDigit(c)) value = value * 36 + Number(c);
      else if (c >= 'A' && c <= 'Z') value = value * 36 + c.charCodeAt(0) - 55;
      else this.fail('sequence number expected');
      if (value > this.text.length) this.fail('sequence number too large');
    }
    return value + 1;
  }

  /** `<length> <identifier>`: the identifier. */
  identifier(): string {
    const length = this.number();
    if (length === 0 || this.position + length > this.text.length) this.fail('identifier cut short');
    this.position += length;
    return this.text.slice(this.position - length, this.position);
  }

  /** Items up to and including a closing `E`. */
  untilE<T>(rule: (p: Parser) => T): T[] {
    const items: T[] = [];
    while (!this.eat('E')) items.push(rule(this));
    return items;
  }

  /** Reads a type of a conversion operator, or something inside it that is none. */
  withConversion<T>(inConversion: boolean, rule: (p: Parser) => T): T {
    const outer = this.inConversion;
    this.inConversion = inConversion;
    const result = rule(this);
    this.inConversion = outer;
    return result;
  }

  /** Tries a rule; if it fails or answers undefined, everything is as before. */
  attempt<T>(rule: () => T | undefined): T | undefined {
    if (++this.#attempts > MAX_ATTEMPTS) this.fail('too many readings');
    const { position, lastName, inConversion } = this;
    const known = this.substitutions.length;
    const depth = this.#depth;
    try {
      const result = rule();
      if (result !== undefined) return result;
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
    }
    this.position = position;
    this.lastName = lastName;
    this.inConversion = inConversion;
    this.substitutions.length = known;
    this.#depth = depth;
    return undefined;
  }
}

/** Readings within readings double the work at each level. */
const MAX_ATTEMPTS = 64;

export function isDigit(character: string): boolean {
  return character >= '0' && character <= '9' && character !== '';
}

/**
 * The rules through which the grammar recurses. Each grammar file calls the others through this table, so that the files depend on
 * it and not on each other.
 */
export interface Rules {
  /** A function, an object or a special name; `inside` another name its return type is left out. */
  readonly encoding: (p: Parser, inside: boolean) => Node;
  readonly name: (p: Parser) => Node;
  /** One component of a name, in the scope read so far. */
  readonly unqualifiedName: (p: Parser) => Node;
  /** Vtables, guards, thunks. */
  readonly specialName: (p: Parser) => Node;
  /** The `S` has not been read. */
  readonly substitution: (p: Parser) => Node;
  readonly type: (p: Parser) => Node;
  /** `<bare-function-type>` parameters up to the end of the function. */
  readonly parameters: (p: Parser) => Node[];
  readonly templateArguments: (p: Parser) => readonly Node[];
  readonly templateArgument: (p: Parser) => Node;
  readonly templateParameter: (p: Parser) => Node;
  readonly expression: (p: Parser) => Node;
  /** `L ... E` */
  readonly literal: (p: Parser) => Node;
  /** `Dt` or `DT` has been seen but not read. */
  readonly decltype: (p: Parser) => Node;
}
