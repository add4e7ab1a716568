/**
 * The name alone of a demangled function, for signatures and lists: no return type, parameters, qualifiers, template arguments of the
 * function's own, ABI tags, clone suffixes, symbol versions or Rust hashes. The scope stays: classes with their template arguments,
 * enclosing functions by their names:
 *
 * - `void ns::Class<T>::method<int>(int) const` is `ns::Class<T>::method`
 * - `f<int>(char) const::{lambda(int)#1}::operator()(int) const` is `f::{lambda(int)#1}::operator()`
 * - `non-virtual thunk to A::f()` is `A::f`
 * - `core::ptr::drop_in_place::<u8>`, `core[667c7a61]::fmt::write` are `core::ptr::drop_in_place`, `core::fmt::write`
 *
 * What is no function (`vtable for A`) and what is not understood is returned as it is, without hashes.
 */
export function functionName(demangled: string): string {
  const text = withoutHashes(demangled);
  if (text.length > MAX_LENGTH || /^[a-zA-Z-]+(?: [a-zA-Z#0-9-]+)* (?:for|keyed to) /.test(text)) return text;
  const name = nameIn(text, 0);
  return name === '' ? text : name;
}

/** What changes from build to build, or names a copy. */
function withoutHashes(text: string): string {
  return text
    .replace(/@@?[\w.]+$/, '')
    .replace(/(?: \[clone [^\][]*\])+$/, '')
    .replace(/^(?:(?:non-virtual|virtual|covariant return) thunk to |(?:non-)?transaction clone for )+/, '')
    .replace(/::h[0-9a-f]{16}$/, '')
    .replace(/\[abi:\w+\]/g, '')
    .replace(/(?<=\w)\[[0-9a-f]{1,16}\]/g, '');
}

const MAX_LENGTH = 65_536;

const MAX_DECLARATORS = 16;

/** Reads a declaration from left to right: whatever stands before a space was its return type. */
function nameIn(text: string, depth: number): string {
  let name = '';
  for (let i = 0; i < text.length;) {
    const character = text.charAt(i);
    if (text.startsWith('operator', i) && !isWord(name.charAt(name.length - 1)) && !isWord(text.charAt(i + 8))) {
      const end = operatorEnd(text, i + 8);
      name += text.slice(i, end);
      // `operator< <int>`
      i = text.startsWith(' <', end) ? end + 1 : end;
    } else if (character === ' ') {
      // `decltype (...)` is one type.
      i = name === 'decltype' && text.charAt(i + 1) === '(' ? groupEnd(text, i + 1) : i + 1;
      name = '';
    } else if (character === '<') {
      const end = groupEnd(text, i);
      // Arguments of a scope tell scopes apart, those at the end belong to the function.
      if (text.startsWith('::', end)) name += text.slice(i, end);
      else if (name.endsWith('::')) name = name.slice(0, -2);
      i = end;
    } else if (character === '{' || character === '[') {
      const end = groupEnd(text, i);
      name += text.slice(i, end);
      i = end;
    } else if (text.startsWith('(anonymous namespace)', i)) {
      name += '(anonymous namespace)';
      i += 21;
    } else if (character === '(') {
      const end = groupEnd(text, i);
      // `int (*name(char))(long)`: a function that returns a pointer to function.
      if (name === '') return depth < MAX_DECLARATORS ? nameIn(declared(text.slice(i + 1, end - 1)), depth + 1) : '';
      const scopeEnd = /^(?: (?:const|volatile|restrict|&&?))*::/.exec(text.slice(end, end + 40))?.[0];
      if (scopeEnd === undefined) return name;
      name += '::';
      i = end + scopeEnd.length;
    } else {
      name += character;
      i++;
    }
  }
  return name;
}

/** A declarator without its `*`, `&`, `Class::*` and their qualifiers. */
function declared(declarator: string): string {
  return declarator.replace(/^[\w:<>, ]*?[*&]+(?: (?:const|volatile|restrict)\b)*[*& ]*/, '');
}

/** Where the operator's name ends that begins behind `operator`. */
function operatorEnd(text: string, start: number): number {
  const symbol =
    /^(?:\(\)|\[\]|->\*?|<=>|<<=?|>>=?|"" ?\w+| (?:new|delete)(?:\[\])?| co_await|[-+*/%^&|~!=<>,?]{1,2})/.exec(
      text.slice(start, start + 80),
    )?.[0];
  if (symbol !== undefined) return start + symbol.length;
  // A conversion: its type goes up to the last group of parentheses, the parameters.
  let last = text.length;
  for (let i = start; i < text.length;) {
    if (text.charAt(i) === '(') last = i;
    i = '(<[{'.includes(text.charAt(i)) ? groupEnd(text, i) : i + 1;
  }
  return last;
}

const [OPEN_ROUND, CLOSE_ROUND, OPEN_ANGLE, CLOSE_ANGLE, OPEN_SQUARE, CLOSE_SQUARE, OPEN_CURLY, CLOSE_CURLY, MINUS] =
  Array.from('()<>[]{}-', (character) => character.charCodeAt(0));

/** Behind the bracket that closes the one at `start`; the end of the text if none does. */
function groupEnd(text: string, start: number): number {
  const open = new OpenBrackets();
  for (let i = start; i < text.length; i++) {
    switch (text.charCodeAt(i)) {
      case OPEN_ROUND:
      case OPEN_SQUARE:
      case OPEN_CURLY:
        open.push(false);
        break;
      case OPEN_ANGLE:
        if (i === start || !isOperator(text, i)) open.push(true);
        break;
      case CLOSE_ROUND:
      case CLOSE_SQUARE:
      case CLOSE_CURLY:
        // A `<` still open inside was a less-than.
        while (open.depth > 1 && open.isAngle) open.pop();
        open.pop();
        break;
      case CLOSE_ANGLE:
        if (open.isAngle && text.charCodeAt(i - 1) !== MINUS && !isOperator(text, i)) open.pop();
        break;
      default:
        continue;
    }
    if (open.depth === 0) return i + 1;
  }
  return text.length;
}

/** Brackets that are open, of which it matters only which are angles: counts of others and of angles by turns, so that thousands of one sort take no room. */
class OpenBrackets {
  depth = 0;
  readonly #runs: number[] = [0];

  /** Whether the innermost one is an angle. */
  get isAngle(): boolean {
    return this.#runs.length % 2 === 0;
  }

  push(angle: boolean): void {
    this.depth++;
    const last = this.#runs.length - 1;
    if (angle === this.isAngle) this.#runs[last] = (this.#runs[last] ?? 0) + 1;
    else this.#runs.push(1);
  }

  pop(): void {
    if (this.depth === 0) return;
    this.depth--;
    const last = this.#runs.length - 1;
    const left = (this.#runs[last] ?? 0) - 1;
    if (left === 0 && last > 0) this.#runs.pop();
    else this.#runs[last] = left;
  }
}

/** Whether the angle bracket belongs to `operator<` and the like, or to an expression such as `(1)<(2)`. */
function isOperator(text: string, at: number): boolean {
  return (
    /(?:operator[-<>=]{0,2}|\))$/.test(text.slice(Math.max(0, at - 10), at)) &&
    !/^>+(?:[(:,> &*]|$)/.test(text.slice(at, at + 4))
  );
}

function isWord(character: string): boolean {
  return /^\w$/.test(character);
}
