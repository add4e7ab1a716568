import { FunctionEncoding } from './encodingNodes.js';
import type { Node } from './node.js';
import type { Parser } from './parser.js';

/** `<encoding>` (Itanium C++ ABI 5.1.2): a function with its signature, an object's name, or a special name. */
export function encoding(p: Parser, inside: boolean): Node {
  p.enter();
  const node = p.withConversion(false, inside ? insideEncoding : outerEncoding);
  p.leave();
  return node;
}

function outerEncoding(p: Parser): Node {
  return isSpecial(p) ? p.rules.specialName(p) : entity(p, true);
}

function insideEncoding(p: Parser): Node {
  return isSpecial(p) ? p.rules.specialName(p) : entity(p, false);
}

/** Part of another name, a function's return type is read but not shown: `f<int>()::local`. */
function entity(p: Parser, showsResult: boolean): Node {
  const name = p.rules.name(p);
  // Compilers add suffixes to copies of functions; of an object `.suffix` is not understood, as in c++filt.
  if (p.atEnd || p.peek() === 'E') return name;
  const hasResult = name.templateArguments() !== undefined && !name.isStructor;
  const result = hasResult ? p.rules.type(p) : undefined;
  const parameters = p.rules.parameters(p);
  const requirement = p.eat('Q') ? p.rules.expression(p) : undefined;
  return new FunctionEncoding(name, showsResult ? result : undefined, parameters, requirement);
}

/** The parameter types; a lone `v` means none. */
export function parameters(p: Parser): Node[] {
  if (p.peek() === 'v' && signatureEnds(p, 1)) {
    p.next();
    return [];
  }
  const types: Node[] = [];
  while (!signatureEnds(p)) types.push(p.rules.type(p));
  if (types.length === 0) p.fail('a function without parameters');
  return types;
}

/** At the end, at a closing `E`, at a compiler's suffix such as `.cold`, at a constraint, at a function type's ref-qualifier. */
function signatureEnds(p: Parser, ahead = 0): boolean {
  const character = p.peek(ahead);
  return (
    character === '' ||
    character === 'E' ||
    character === '.' ||
    character === 'Q' ||
    ((character === 'R' || character === 'O') && p.peek(ahead + 1) === 'E')
  );
}

function isSpecial(p: Parser): boolean {
  return p.peek() === 'T' || (p.peek() === 'G' && p.peek(1) !== '');
}
