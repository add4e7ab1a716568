import { Expression } from './expressionNodes.js';
import type { Node } from './node.js';
import type { Parser } from './parser.js';

/** `<braced-expression>* E` (Itanium C++ ABI 5.1.6), with designators. */
export function initializers(p: Parser): Node[] {
  return p.untilE(initializer);
}

function initializer(p: Parser): Node {
  p.enter();
  const node = anyInitializer(p);
  p.leave();
  return node;
}

function anyInitializer(p: Parser): Node {
  if (p.eat('di')) {
    const field = p.identifier();
    return new Expression([`.${field}`, ...assigned(p)]);
  }
  if (p.eat('dx')) {
    const index = p.rules.expression(p);
    return new Expression(['[', index, ']', ...assigned(p)]);
  }
  if (p.eat('dX')) {
    const [first, last] = [p.rules.expression(p), p.rules.expression(p)];
    return new Expression(['[', first, ' ... ', last, ']', ...assigned(p)]);
  }
  return p.rules.expression(p);
}

/** Designators follow each other without an equals sign. */
function assigned(p: Parser): (string | Node | { operand: Node })[] {
  const chained = p.peek() === 'd' && /^[ixX]$/.test(p.peek(1));
  const value = initializer(p);
  return chained ? [value] : ['=', { operand: value }];
}
