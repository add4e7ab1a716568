import { cannotEvaluate } from './errors.js';

/** What a user may type into a watch, a hover or the console. */
export type Expression =
  | { readonly kind: 'register'; readonly name: string }
  | { readonly kind: 'number'; readonly value: bigint }
  | { readonly kind: 'sum'; readonly left: Expression; readonly right: Expression; readonly sign: 1n | -1n }
  /** `count` words of memory. */
  | { readonly kind: 'words'; readonly address: Expression; readonly count: number }
  | { readonly kind: 'whatIs'; readonly address: Expression };

/** More words than these are a matter for the memory view. */
const WORDS_LIMIT = 4096;
/** Deep enough for people, shallow enough for the call stack. */
const DEPTH_LIMIT = 64;

/**
 * Reads `rax`, `$rax`, `%rax`, `0x10`, `16`, sums of them with parentheses, `*ADDRESS`, `*ADDRESS@COUNT` (words) and `whatis ADDRESS`.
 * @throws AdapterError with a sentence that shows where reading stopped.
 */
export function parseExpression(text: string): Expression {
  const command = /^\s*(whatis)\s+(.+)$/is.exec(text);
  if (command) return { kind: 'whatIs', address: new Parser(command[2] ?? '').whole() };
  const words = /^\s*\*(.+?)(?:@\s*(\d+)\s*)?$/s.exec(text);
  if (!words) return new Parser(text).whole();
  const count = Number(words[2] ?? 1);
  if (count < 1 || count > WORDS_LIMIT)
    throw cannotEvaluate(`Between 1 and ${WORDS_LIMIT} words can be shown at once.`);
  return { kind: 'words', address: new Parser(words[1] ?? '').whole(), count };
}

const TOKEN = /\s*(?:(0x[0-9a-f]+|\d+)(?![\w$%])|[$%]?([a-z_][a-z0-9_]*)|([-+()]))/iy;

class Parser {
  private at = 0;
  private depth = 0;

  constructor(private readonly text: string) {}

  whole(): Expression {
    const expression = this.sum();
    if (this.text.slice(this.at).trim() !== '') this.stop();
    return expression;
  }

  private sum(): Expression {
    let left = this.term();
    for (;;) {
      const mark = this.at;
      const [, , , operator] = this.next() ?? [];
      if (operator !== '+' && operator !== '-') {
        this.at = mark;
        return left;
      }
      left = { kind: 'sum', left, right: this.term(), sign: operator === '+' ? 1n : -1n };
    }
  }

  private term(): Expression {
    const mark = this.at;
    const [, digits, register, punctuation] = this.next() ?? [];
    if (digits !== undefined) return { kind: 'number', value: BigInt.asUintN(64, BigInt(digits)) };
    if (register !== undefined) return { kind: 'register', name: register.toLowerCase() };
    if (punctuation === '(' && this.depth < DEPTH_LIMIT) {
      this.depth++;
      const inner = this.sum();
      if (this.next()?.[3] === ')') {
        this.depth--;
        return inner;
      }
    }
    this.at = mark;
    return this.stop();
  }

  private next(): RegExpExecArray | undefined {
    TOKEN.lastIndex = this.at;
    const match = TOKEN.exec(this.text);
    if (!match) return undefined;
    this.at = TOKEN.lastIndex;
    return match;
  }

  private stop(): never {
    const rest = this.text.slice(this.at).trim().slice(0, 40);
    throw cannotEvaluate(
      rest === ''
        ? 'The expression ends too early: registers, addresses, sums of them, *ADDRESS@COUNT and whatis ADDRESS can be evaluated.'
        : `Redzone cannot read "${rest}": registers, addresses, sums of them, *ADDRESS@COUNT and whatis ADDRESS can be evaluated.`,
    );
  }
}
