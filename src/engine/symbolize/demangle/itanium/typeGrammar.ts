import { builtinTypes, extendedBuiltinTypes } from './builtinTypes.js';
import { constrainedAuto } from './constraintGrammar.js';
import type { Node } from './node.js';
import { Text } from './nameNodes.js';
import { isDigit, type Parser } from './parser.js';
import { PackExpansion, Template, TemplateArguments } from './templateNodes.js';
import {
  ArrayType,
  FunctionType,
  MemberPointer,
  Pointer,
  QualifiedType,
  VectorType,
  VendorQualifiedType,
  Wrapped,
} from './typeNodes.js';

/** `<type>` (Itanium C++ ABI 5.1.5). All but builtin types and plain substitutions are remembered. */
export function type(p: Parser): Node {
  p.enter();
  const node = anyType(p);
  p.leave();
  return node;
}

function anyType(p: Parser): Node {
  const character = p.peek();
  const builtin = builtinTypes[character];
  if (builtin !== undefined && character !== '') {
    p.next();
    return new Text(builtin);
  }
  switch (character) {
    case 'r':
    case 'V':
    case 'K':
      return p.remember(qualified(p));
    case 'P':
      p.next();
      return p.remember(new Pointer(type(p), '*'));
    case 'R':
      p.next();
      return p.remember(new Pointer(type(p), '&'));
    case 'O':
      p.next();
      return p.remember(new Pointer(type(p), '&&'));
    case 'C':
      p.next();
      return p.remember(new VendorQualifiedType(type(p), ' _Complex'));
    case 'G':
      p.next();
      return p.remember(new VendorQualifiedType(type(p), ' _Imaginary'));
    case 'U':
      return vendorOrUnnamed(p);
    case 'u':
      p.next();
      return p.remember(new Text(p.identifier()));
    case 'F':
      return p.remember(functionType(p, []));
    case 'A':
      return p.remember(arrayType(p));
    case 'M':
      return p.remember(memberPointer(p));
    case 'T':
      return parameterType(p);
    case 'S':
      return substitutedType(p);
    case 'D':
      return extendedType(p);
    default:
      return p.remember(p.rules.name(p));
  }
}

/** `<CV-qualifiers> <type>`; of a function type they are those of its `this`, printed behind its parameters. */
function qualified(p: Parser): Node {
  const qualifiers: string[] = [];
  for (;;) {
    if (p.eat('r')) qualifiers.push(' restrict');
    else if (p.eat('V')) qualifiers.push(' volatile');
    else if (p.eat('K')) qualifiers.push(' const');
    else break;
  }
  if (startsFunction(p)) return functionLike(p, [new Text(qualifiers.reverse().join(''))]);
  return new QualifiedType(type(p), qualifiers);
}

/** `U <source-name> <template-args>? <type>`; `Ut` and `Ul` are unnamed types. */
function vendorOrUnnamed(p: Parser): Node {
  if (!isDigit(p.peek(1))) return p.remember(p.rules.name(p));
  p.next();
  const qualifier = ` ${p.identifier()}`;
  const args = p.peek() === 'I' ? new TemplateArguments(p.rules.templateArguments(p)) : undefined;
  return p.remember(new VendorQualifiedType(type(p), qualifier, args));
}

function startsFunction(p: Parser): boolean {
  return p.peek() === 'F' || (p.peek() === 'D' && 'oOwx'.includes(p.peek(1)) && p.peek(1) !== '');
}

/** A function type with what stands before its `F`: exception specification, transaction safety. */
function functionLike(p: Parser, suffix: Node[]): Node {
  if (p.eat('Do')) suffix.push(new Text(' noexcept'));
  else if (p.eat('DO')) {
    suffix.push(new Wrapped(' noexcept(', [p.rules.expression(p)], ')'));
    p.expect('E');
  } else if (p.eat('Dw')) suffix.push(new Wrapped(' throw(', p.untilE(type), ')'));
  if (p.eat('Dx')) suffix.push(new Text(' transaction_safe'));
  return functionType(p, suffix);
}

/** `F Y? <result> <parameters> <ref-qualifier>? E` */
function functionType(p: Parser, suffix: Node[]): Node {
  p.expect('F');
  p.eat('Y');
  const result = type(p);
  const parameters = p.rules.parameters(p);
  if (p.eat('R')) suffix.push(new Text(' &'));
  else if (p.eat('O')) suffix.push(new Text(' &&'));
  p.expect('E');
  return new FunctionType(result, parameters, suffix);
}

/** `A <number>? _ <element>` or `A <expression> _ <element>` */
function arrayType(p: Parser): Node {
  p.expect('A');
  const bound = p.peek() === '_' ? undefined : isDigit(p.peek()) ? digits(p) : p.rules.expression(p);
  p.expect('_');
  return new ArrayType(type(p), bound);
}

function digits(p: Parser): Node {
  return new Text(p.signedNumber());
}

function memberPointer(p: Parser): Node {
  p.expect('M');
  const owner = type(p);
  return new MemberPointer(owner, type(p));
}

/** `T_`, and as a template template parameter `T_ <template-args>`. */
function parameterType(p: Parser): Node {
  const parameter = p.remember(p.rules.templateParameter(p));
  if (p.peek() !== 'I') return parameter;
  if (!p.inConversion) return p.remember(new Template(parameter, p.rules.templateArguments(p)));
  // The arguments are the conversion operator's own, unless it has some more.
  const args = p.attempt(() => {
    const candidate = p.rules.templateArguments(p);
    return p.peek() === 'I' ? candidate : undefined;
  });
  return args === undefined ? parameter : p.remember(new Template(parameter, args));
}

function substitutedType(p: Parser): Node {
  if (p.peek(1) === 't') return p.remember(p.rules.name(p));
  const node = p.rules.substitution(p);
  return p.peek() === 'I' ? p.remember(new Template(node, p.rules.templateArguments(p))) : node;
}

/** Types of two letters that begin with `D`. */
function extendedType(p: Parser): Node {
  const second = p.peek(1);
  if (startsFunction(p)) return p.remember(functionLike(p, []));
  const builtin = extendedBuiltinTypes[second];
  if (builtin !== undefined) {
    p.position += 2;
    return new Text(builtin);
  }
  switch (second) {
    case 't':
    case 'T':
      return p.remember(p.rules.decltype(p));
    case 'p':
      p.position += 2;
      return p.remember(new PackExpansion(type(p)));
    case 'v':
      p.position += 2;
      return p.remember(vectorType(p));
    case 'F':
      p.position += 2;
      return floatType(p);
    case 'k':
    case 'K':
      return p.remember(constrainedAuto(p));
    default:
      return p.fail('type expected');
  }
}

/** `Dv <number> _ <element>` or `Dv _ <expression> _ <element>` */
function vectorType(p: Parser): Node {
  const size = p.eat('_') ? p.rules.expression(p) : digits(p);
  p.expect('_');
  return new VectorType(type(p), size);
}

/** `DF <bits> _`, `DF <bits> x`, `DF16b` */
function floatType(p: Parser): Node {
  const bits = p.number();
  if (p.eat('_')) return new Text(`_Float${bits}`);
  if (p.eat('x')) return new Text(`_Float${bits}x`);
  if (bits === 16 && p.eat('b')) return new Text('std::bfloat16_t');
  return p.fail('floating type expected');
}

/** `Dt <expression> E`, `DT <expression> E` */
export function decltype(p: Parser): Node {
  p.position += 2;
  const expression = p.rules.expression(p);
  p.expect('E');
  return new Wrapped('decltype (', [expression], ')');
}
