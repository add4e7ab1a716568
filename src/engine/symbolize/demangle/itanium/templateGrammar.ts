import { skipConstraint, skipDeclaration, startsDeclaration } from './constraintGrammar.js';
import type { Node } from './node.js';
import type { Parser } from './parser.js';
import { ArgumentPack, TemplateParameter } from './templateNodes.js';

/** `I <template-arg>+ E` (Itanium C++ ABI 5.1.8); `J` too, as older compilers wrote. */
export function templateArguments(p: Parser): readonly Node[] {
  // Names inside do not name the constructors that may follow.
  const { lastName } = p;
  p.next();
  const args = p.withConversion(false, readArguments);
  p.lastName = lastName;
  return args;
}

function readArguments(p: Parser): Node[] {
  return p.untilE((q) => {
    const argument = q.rules.templateArgument(q);
    skipConstraint(q);
    return argument;
  });
}

export function templateArgument(p: Parser): Node {
  p.enter();
  const argument = anyArgument(p);
  p.leave();
  return argument;
}

function anyArgument(p: Parser): Node {
  if (startsDeclaration(p)) skipDeclaration(p);
  switch (p.peek()) {
    case 'X': {
      p.next();
      const expression = p.rules.expression(p);
      p.expect('E');
      return expression;
    }
    case 'L':
      return p.rules.literal(p);
    case 'I':
    case 'J':
      return new ArgumentPack(p.rules.templateArguments(p));
    default:
      return p.rules.type(p);
  }
}

/** `T_`, `T0_`...; `TL <level>_ _` counts enclosing lambdas too. */
export function templateParameter(p: Parser): Node {
  p.expect('T');
  if (p.eat('L')) p.ordinal();
  return new TemplateParameter(p.ordinal());
}
