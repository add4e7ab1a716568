/** What names in an expression stand for. Each gives a sentence instead of a value it does not have. */
export interface ExpressionScope {
  register(name: string): bigint | string | undefined;
  /** `undefined` when there is no such symbol. */
  symbol(name: string): bigint | undefined;
  /** The word at an address; `undefined` when it is not there. */
  word(address: bigint): bigint | undefined;
}

/**
 * Evaluates `0x10`, `16`, `rax`, `$rax`, `%rax`, `main`, `'ns::f(int)'`, sums, differences, `*ADDRESS` (the word there), `&symbol` and
 * parentheses. Everything is a 64-bit number and wraps like one.
 *
 * @returns the value, or one sentence that says where it went wrong
 */
export function evaluateAddress(text: string, scope: ExpressionScope): bigint | string {
  try {
    return BigInt.asUintN(64, new Evaluation(text, scope).whole());
  } catch (error) {
    if (error instanceof Stop) return error.message;
    throw error;
  }
}

/** Why an evaluation ended without a value. */
class Stop extends Error {}

/** Deep enough for people, shallow enough for the call stack. */
const DEEPEST = 64;
const LONGEST = 1024;

const TOKEN =
  /\s*(?:(0x[0-9a-f]+|\d+)(?![\w$%])|'([^']*)'|([$%]?)([a-z_][\w$.@]*(?:::~?[a-z_][\w$.@]*)*)|([-+*&()]))/iy;

class Evaluation {
  #at = 0;
  #depth = 0;

  constructor(
    private readonly text: string,
    private readonly scope: ExpressionScope,
  ) {
    if (text.length > LONGEST) throw new Stop('The expression is too long.');
  }

  whole(): bigint {
    const value = this.#sum();
    if (this.text.slice(this.#at).trim() !== '') this.#stop();
    return value;
  }

  #sum(): bigint {
    let value = this.#term();
    for (;;) {
      const mark = this.#at;
      const operator = this.#next()?.[5];
      if (operator === '+') value += this.#term();
      else if (operator === '-') value -= this.#term();
      else {
        this.#at = mark;
        return value;
      }
    }
  }

  #term(): bigint {
    const mark = this.#at;
    const [, digits, quoted, sigil, name, punctuation] = this.#next() ?? [];
    if (digits !== undefined) return BigInt(digits);
    if (quoted !== undefined) return this.#symbol(quoted);
    if (name !== undefined) return this.#named(name, sigil !== '');
    if (punctuation !== undefined && punctuation !== ')' && this.#depth < DEEPEST) {
      this.#depth++;
      const value = this.#prefixed(punctuation);
      this.#depth--;
      if (value !== undefined) return value;
    }
    this.#at = mark;
    return this.#stop();
  }

  #prefixed(punctuation: string): bigint | undefined {
    switch (punctuation) {
      case '(': {
        const value = this.#sum();
        return this.#next()?.[5] === ')' ? value : undefined;
      }
      case '-':
        return -this.#term();
      case '+':
        return this.#term();
      case '&': {
        // A symbol stands for its address already.
        const [, , quoted, , name] = this.#next() ?? [];
        return quoted === undefined && name === undefined ? undefined : this.#symbol(quoted ?? name ?? '');
      }
      default: {
        const address = BigInt.asUintN(64, this.#term());
        const word = this.scope.word(address);
        if (word === undefined) throw new Stop(`There is no word to read at 0x${address.toString(16)}.`);
        return word;
      }
    }
  }

  #named(name: string, isRegister: boolean): bigint {
    const register = this.scope.register(name.toLowerCase());
    if (typeof register === 'bigint') return register;
    if (typeof register === 'string') throw new Stop(register);
    if (isRegister) throw new Stop(`There is no register "${name}".`);
    return this.#symbol(name);
  }

  #symbol(name: string): bigint {
    const value = this.scope.symbol(name);
    if (value === undefined) throw new Stop(`There is no register and no symbol "${name}".`);
    return value;
  }

  #next(): RegExpExecArray | undefined {
    TOKEN.lastIndex = this.#at;
    const match = TOKEN.exec(this.text);
    if (!match) return undefined;
    this.#at = TOKEN.lastIndex;
    return match;
  }

  #stop(): never {
    const rest = this.text.slice(this.#at).trim();
    throw new Stop(
      rest === ''
        ? 'The expression ends too early.'
        : `"${rest.length > 40 ? `${rest.slice(0, 40)}…` : rest}" cannot be read: numbers, registers, symbols, sums and *ADDRESS can.`,
    );
  }
}
