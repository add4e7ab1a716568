import { Global, Operator, Qualified } from './nameNodes.js';
import type { Node } from './node.js';
import { isDigit, type Parser } from './parser.js';
import { Template } from './templateNodes.js';
import { operatorName, sourceName } from './unqualifiedGrammar.js';

/**
 * `sr ...` (Itanium C++ ABI 5.1.6.1): a name in a scope that is not known before the template is used. Compilers differ: the scope is
 * either a list of levels up to an `E`, or one type. Which of the two is told apart only by what can be read to the end.
 */
export function unresolvedName(p: Parser): Node {
  p.expect('sr');
  if (isDigit(p.peek()) && !p.scopeIsType) {
    p.hasAmbiguousScope = true;
    const node = p.attempt(() => inLevels(p));
    if (node !== undefined) return node;
  }
  return inScope(p, p.rules.type(p));
}

function inLevels(p: Parser): Node {
  let scope = simpleName(p);
  while (!p.eat('E')) scope = new Qualified(scope, simpleName(p));
  return inScope(p, scope);
}

/** `gs` and a name, `new` or `delete` */
export function globalName(p: Parser): Node {
  p.expect('gs');
  return new Global(p.rules.expression(p));
}

/** `<source-name> <template-args>?` */
export function simpleName(p: Parser): Node {
  return withArguments(p, sourceName(p));
}

/** `on <operator-name> <template-args>?` */
export function onOperator(p: Parser): Node {
  p.expect('on');
  return withArguments(p, operatorName(p));
}

/** `<base-unresolved-name>`, its template arguments outside of the scope. */
function inScope(p: Parser, scope: Node): Node {
  return withArguments(p, new Qualified(scope, baseName(p)));
}

function baseName(p: Parser): Node {
  if (p.eat('on')) return operatorName(p);
  if (p.eat('dn')) return new Operator('~', isDigit(p.peek()) ? simpleName(p) : p.rules.type(p));
  return isDigit(p.peek()) ? sourceName(p) : operatorName(p);
}

function withArguments(p: Parser, node: Node): Node {
  return p.peek() === 'I' ? new Template(node, p.rules.templateArguments(p)) : node;
}
