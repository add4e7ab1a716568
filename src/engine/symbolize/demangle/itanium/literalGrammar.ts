import { builtinTypes, literalSuffixes } from './builtinTypes.js';
import { Expression } from './expressionNodes.js';
import { Text } from './nameNodes.js';
import type { Node } from './node.js';
import type { Parser } from './parser.js';

/** `<expr-primary>` (Itanium C++ ABI 5.1.6.3): `L <type> <value> E`, `L _Z <encoding> E` */
export function literal(p: Parser): Node {
  p.expect('L');
  // Early compilers left out the underscore.
  if (p.eat('_Z') || p.eat('Z')) {
    const entity = p.rules.encoding(p, false);
    p.expect('E');
    return entity;
  }
  // nullptr is printed as its type.
  if (p.peek(2) === 'E' && p.eat('DnE')) return new Text('decltype(nullptr)');
  const code = p.peek();
  const type = p.rules.type(p);
  const value = literalValue(p);
  if (code === 'b' && (value === '0' || value === '1')) return new Expression([value === '1' ? 'true' : 'false']);
  const suffix = literalSuffixes[code];
  if (suffix !== undefined && type instanceof Text) return new Expression([value + suffix]);
  // Floating values are mangled as the hexadecimal digits of their bytes.
  const isFloat = 'fdeg'.includes(code) && builtinTypes[code] !== undefined;
  return new Expression(['(', type, ')', isFloat ? `[${value}]` : value]);
}

function literalValue(p: Parser): string {
  const sign = p.eat('n') ? '-' : '';
  const end = p.text.indexOf('E', p.position);
  if (end <= p.position) p.fail('literal without a value');
  const value = p.text.slice(p.position, end);
  p.position = end + 1;
  return sign + value;
}
