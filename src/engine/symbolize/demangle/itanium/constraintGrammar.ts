import { Expression } from './expressionNodes.js';
import type { Node } from './node.js';
import type { Parser } from './parser.js';

/**
 * C++20 constraints (Itanium C++ ABI 5.1.6, `<requirement>`): `rq <requirement>+ E`, `rQ <parameters> _ <requirement>+ E`. Newer than
 * c++filt 2.40, which does not understand them.
 */
export function requiresExpression(p: Parser): Node {
  p.expect('r');
  const parameters: Node[] = [];
  if (p.next() === 'Q') while (!p.eat('_')) parameters.push(p.rules.type(p));
  const requirements = p.untilE(requirement);
  const before = parameters.length > 0 ? ['requires (', { list: parameters }, ') { '] : ['requires { '];
  return new Expression([...before, ...requirements.flatMap((node) => [node, '; ']), '}']);
}

/** `X <expression> N? (R <type-constraint>)?`, `T <type>`, `Q <expression>` */
function requirement(p: Parser): Node {
  switch (p.next()) {
    case 'X': {
      const expression = p.rules.expression(p);
      const noexcept = p.eat('N') ? ' noexcept' : '';
      if (!p.eat('R')) return new Expression(noexcept === '' ? [expression] : ['{', expression, '}', noexcept]);
      return new Expression(['{', expression, '}', noexcept, ' -> ', p.rules.name(p)]);
    }
    case 'T':
      return new Expression(['typename ', p.rules.type(p)]);
    case 'Q':
      return new Expression(['requires ', p.rules.expression(p)]);
    default:
      return p.fail('requirement expected');
  }
}

/** Whether a template parameter's declaration stands here: `Ty`, `Tn`, `Tt`, `Tk`, `Tp`. */
export function startsDeclaration(p: Parser): boolean {
  return p.peek() === 'T' && p.peek(1) !== '' && 'yntkp'.includes(p.peek(1));
}

/** `<template-param-decl>`: written where the declaration cannot be told from the argument; not printed. */
export function skipDeclaration(p: Parser): void {
  p.enter();
  p.expect('T');
  switch (p.next()) {
    case 'y':
      break;
    case 'k':
      p.rules.name(p);
      break;
    case 'n':
      p.rules.type(p);
      break;
    case 't':
      while (startsDeclaration(p)) skipDeclaration(p);
      skipConstraint(p);
      p.expect('E');
      break;
    default:
      skipDeclaration(p);
  }
  p.leave();
}

/** `Q <expression>` where a constraint may stand. */
export function skipConstraint(p: Parser): void {
  if (p.eat('Q')) p.rules.expression(p);
}

/** `Dk <concept>`, `DK <concept>`: `C auto`, `C decltype(auto)` */
export function constrainedAuto(p: Parser): Node {
  p.expect('D');
  const keyword = p.next() === 'k' ? ' auto' : ' decltype(auto)';
  return new Expression([p.rules.name(p), keyword]);
}
