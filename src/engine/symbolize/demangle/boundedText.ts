import { FormatError } from '../../base/byteCursor.js';

export interface TextLimits {
  /** Characters written. */
  readonly length: number;
  /** Steps inside each other. */
  readonly depth: number;
  /** Steps in all. */
  readonly steps: number;
}

/**
 * Collects a printed name. A mangled name is a graph, not a tree: substitutions can make a hundred characters stand for 2^50. So printing
 * counts what it writes, how deep it goes and how many steps it takes, and throws `FormatError` at the first limit.
 */
export class BoundedText {
  readonly #parts: string[] = [];
  #length = 0;
  #pending = '';
  #last = '';
  #depth = 0;
  #steps = 0;

  constructor(private readonly limits: TextLimits) {}

  write(text: string): void {
    if (text === '') return;
    const part = this.#pending === '' ? text : this.#pending + text;
    this.#length += part.length;
    if (this.#length > this.limits.length) throw new FormatError('name-too-long', 'demangled name is too long');
    // Joined at the end: a string that grew by appending would keep its pieces in memory for as long as it lives.
    this.#parts.push(part);
    this.#pending = '';
    this.#last = text;
  }

  /** Text that is written only if something follows. */
  separate(text: string): void {
    this.#pending += text;
    this.#last = text;
  }

  /** Where a list begins: to be handed to `endList`, which takes back the separators behind which nothing came. */
  beginList(): { readonly length: number; readonly pending: string } {
    return { length: this.#length, pending: this.#pending };
  }

  endList(start: { readonly length: number; readonly pending: string }): void {
    this.#pending = this.#length === start.length ? start.pending : '';
  }

  /** To be paired with `leave` around every step that recurses. */
  enter(): void {
    if (++this.#depth > this.limits.depth) throw new FormatError('name-too-deep', 'name is nested too deeply');
    this.spend(1);
  }

  spend(steps: number): void {
    this.#steps += steps;
    if (this.#steps > this.limits.steps) throw new FormatError('name-too-long', 'name takes too many steps to print');
  }

  leave(): void {
    this.#depth--;
  }

  /**
   * The last character written, even if it was taken back since: c++filt separates two `>` by a space, but not where an empty pack
   * comes between them.
   */
  get last(): string {
    return this.#last.charAt(this.#last.length - 1);
  }

  toString(): string {
    return this.#parts.join('');
  }
}
