import { skipConstraint, skipDeclaration, startsDeclaration } from './constraintGrammar.js';
import { inModule, moduleName, withAbiTags } from './nameGrammar.js';
import type { Node } from './node.js';
import { Conversion, Lambda, Operator, Structor, Text } from './nameNodes.js';
import { operatorNames } from './operatorNames.js';
import { isDigit, type Parser } from './parser.js';

/** `<unqualified-name>` (Itanium C++ ABI 5.1.2) with the module it belongs to and its ABI tags. */
export function unqualifiedName(p: Parser): Node {
  const module = moduleName(p);
  // Internal linkage; and the friend of a class template, declared in it.
  p.eat('L');
  p.eat('F');
  const node = plainName(p);
  return withAbiTags(p, inModule(node, module));
}

function plainName(p: Parser): Node {
  const character = p.peek();
  if (isDigit(character)) return sourceName(p);
  if (character >= 'a' && character <= 'z') return operatorName(p);
  if (character === 'C') return constructorName(p);
  if (character === 'D') return p.eat('DC') ? structuredBinding(p) : destructorName(p);
  if (p.eat('Ut')) return new Text(`{unnamed type#${p.ordinal() + 1}}`);
  if (p.eat('Ul')) return lambda(p);
  return p.fail('name expected');
}

/** `<source-name>`; the compilers' names for the unnamed namespace are shown as that. */
export function sourceName(p: Parser): Node {
  const identifier = p.identifier();
  const node = new Text(
    identifier.startsWith('_GLOBAL_') && /^[._$]N/.test(identifier.slice(8)) ? '(anonymous namespace)' : identifier,
  );
  p.lastName = node;
  return node;
}

/** `<operator-name>` */
export function operatorName(p: Parser): Node {
  if (p.eat('cv')) return new Conversion(p.withConversion(true, p.rules.type));
  if (p.eat('li')) return new Operator(`operator"" ${p.identifier()}`);
  if (p.peek() === 'v' && isDigit(p.peek(1))) {
    p.position += 2;
    return new Operator(`operator ${p.identifier()}`);
  }
  const known = operatorNames[p.peek() + p.peek(1)];
  if (known === undefined) p.fail('operator expected');
  p.position += 2;
  return new Operator(/^[a-z]/.test(known[0]) ? `operator ${known[0]}` : `operator${known[0]}`);
}

/** `C1`..`C5`; `CI1 <base>`, a constructor inherited from the base. */
function constructorName(p: Parser): Node {
  p.expect('C');
  const inherited = p.eat('I');
  if (!/^[1-5]$/.test(p.next())) p.fail('constructor expected');
  if (inherited) p.rules.type(p);
  return new Structor(classNamed(p), '');
}

function destructorName(p: Parser): Node {
  p.expect('D');
  if (!/^[0-5]$/.test(p.next())) p.fail('destructor expected');
  return new Structor(classNamed(p), '~');
}

/** A constructor or destructor has the name of the class that stands before it. */
function classNamed(p: Parser): Node {
  return p.lastName ?? p.fail('class expected');
}

/** `DC <source-name>+ E` */
function structuredBinding(p: Parser): Node {
  const names = p.untilE(() => p.identifier());
  return new Text(`[${names.join(', ')}]`);
}

/** `Ul <template parameters>* <parameters> E <number>? _` */
function lambda(p: Parser): Node {
  while (startsDeclaration(p)) skipDeclaration(p);
  skipConstraint(p);
  const parameters = p.withConversion(false, p.rules.parameters);
  skipConstraint(p);
  p.expect('E');
  return new Lambda(parameters, p.ordinal() + 1);
}
