import type { Node } from './node.js';
import { InModule, Local, MemberQualified, ModuleName, Qualified, Tagged, Text } from './nameNodes.js';
import { isDigit, type Parser } from './parser.js';
import { Template } from './templateNodes.js';

/** `<name>` (Itanium C++ ABI 5.1.2): nested, local, or unscoped with or without template arguments. */
export function name(p: Parser): Node {
  p.enter();
  const node = anyName(p);
  p.leave();
  return node;
}

function anyName(p: Parser): Node {
  switch (p.peek()) {
    case 'N':
      return nestedName(p);
    case 'Z':
      return localName(p);
    case 'S':
      if (p.peek(1) !== 't') return withArguments(p, p.rules.substitution(p), true);
      p.position += 2;
      return withArguments(p, new Qualified(new Text('std'), p.rules.unqualifiedName(p)), false);
    default:
      return withArguments(p, p.rules.unqualifiedName(p), false);
  }
}

function withArguments(p: Parser, node: Node, known: boolean): Node {
  if (p.peek() !== 'I') return node;
  if (!known) p.remember(node);
  return new Template(node, p.rules.templateArguments(p));
}

/** `N <qualifiers> <prefix> <name> E` */
function nestedName(p: Parser): Node {
  p.expect('N');
  const qualifiers = memberQualifiers(p);
  const node = prefix(p);
  p.expect('E');
  return qualifiers === '' ? node : new MemberQualified(node, qualifiers);
}

/** The `this` of a member function: `rVK` and `R` or `O`, as they are printed. */
function memberQualifiers(p: Parser): string {
  let text = '';
  const written = { r: ' restrict', V: ' volatile', K: ' const' };
  // Mangled outermost first, printed innermost first.
  for (let c = p.peek(); c === 'r' || c === 'V' || c === 'K'; c = p.peek()) {
    text = written[c] + text;
    p.next();
  }
  if (p.eat('R')) text += ' &';
  else if (p.eat('O')) text += ' &&';
  return text;
}

/** Every prefix on the way is a substitution candidate; the whole name is not, `type` remembers it where it is a type. */
function prefix(p: Parser): Node {
  let node: Node | undefined;
  for (;;) {
    const component = prefixComponent(p, node);
    node = component.node;
    if (p.peek() === 'E') return node;
    if (!component.known) p.remember(node);
    // `<data-member-prefix>`: a lambda in the initializer of the member just named.
    p.eat('M');
  }
}

function prefixComponent(p: Parser, scope: Node | undefined): { node: Node; known: boolean } {
  const character = p.peek();
  if (character === 'I') {
    if (scope === undefined) p.fail('template arguments without a name');
    return { node: new Template(scope, p.rules.templateArguments(p)), known: false };
  }
  if (scope !== undefined) return { node: new Qualified(scope, p.rules.unqualifiedName(p)), known: false };
  if (character === 'S') {
    if (p.eat('St')) return { node: new Qualified(new Text('std'), p.rules.unqualifiedName(p)), known: false };
    return { node: p.rules.substitution(p), known: true };
  }
  if (character === 'T') return { node: p.rules.templateParameter(p), known: false };
  if (character === 'D' && 'tT'.includes(p.peek(1))) return { node: p.rules.decltype(p), known: false };
  return { node: p.rules.unqualifiedName(p), known: false };
}

/** `Z <function> E <entity> <discriminator>?`, `Z <function> E s`, `Z <function> E d <parameter>_ <entity>` */
function localName(p: Parser): Node {
  p.expect('Z');
  const scope = p.rules.encoding(p, true);
  p.expect('E');
  if (p.eat('s')) {
    discriminator(p);
    return new Local(scope, new Text('string literal'));
  }
  if (p.eat('d')) {
    const argument = p.ordinal();
    return new Local(scope, new Local(new Text(`{default arg#${argument + 1}}`), name(p)));
  }
  const entity = name(p);
  discriminator(p);
  return new Local(scope, entity);
}

/** `_ <digit>` or `__ <number> _`: tells entities of the same name apart, and is not printed. */
function discriminator(p: Parser): void {
  // A lone `_` belongs to what follows the name.
  if (p.peek() !== '_') return;
  if (isDigit(p.peek(1))) {
    p.next();
    p.number();
  } else if (p.eat('__')) {
    p.number();
    p.eat('_');
  }
}

/** `B <source-name>` after a name, any number of times. */
export function withAbiTags(p: Parser, node: Node): Node {
  let tagged = node;
  while (p.eat('B')) tagged = new Tagged(tagged, p.identifier());
  return tagged;
}

/** `W <name>`, `WP <partition>`, any number of times (C++20 modules); remembered as substitutions. */
export function moduleName(p: Parser): Node | undefined {
  let module: Node | undefined;
  while (p.eat('W')) {
    const partition = p.eat('P');
    module = p.remember(new ModuleName(module, p.identifier(), partition));
  }
  return module;
}

export function inModule(node: Node, module: Node | undefined): Node {
  return module === undefined ? node : new InModule(node, module);
}
