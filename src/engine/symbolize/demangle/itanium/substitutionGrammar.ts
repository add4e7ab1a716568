import { withAbiTags } from './nameGrammar.js';
import type { Node } from './node.js';
import { Text } from './nameNodes.js';
import type { Parser } from './parser.js';

/** `<substitution>` (Itanium C++ ABI 5.1.10): `S_`, `S0_`..., or one of the standard abbreviations, printed in full. */
export function substitution(p: Parser): Node {
  p.expect('S');
  const abbreviation = abbreviations[p.peek()];
  if (abbreviation !== undefined) {
    p.next();
    p.lastName = new Text(abbreviation[1]);
    const whole = new Text(abbreviation[0]);
    if (p.peek() !== 'B') return whole;
    return p.remember(withAbiTags(p, whole));
  }
  const index = p.sequenceId();
  return p.substitutions[index] ?? p.fail('substitution of what was not seen');
}

/** Code to what it stands for, and to the name of its constructors. */
const abbreviations: Readonly<Record<string, readonly [full: string, className: string]>> = {
  a: ['std::allocator', 'allocator'],
  b: ['std::basic_string', 'basic_string'],
  s: ['std::basic_string<char, std::char_traits<char>, std::allocator<char> >', 'basic_string'],
  i: ['std::basic_istream<char, std::char_traits<char> >', 'basic_istream'],
  o: ['std::basic_ostream<char, std::char_traits<char> >', 'basic_ostream'],
  d: ['std::basic_iostream<char, std::char_traits<char> >', 'basic_iostream'],
};
