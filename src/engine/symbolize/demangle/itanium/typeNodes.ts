import {
  firstPack,
  hasRightOf,
  Node,
  resolved,
  shapeOf,
  type Shape,
  type TemplateScope,
  type Printer,
} from './node.js';

/** `int const`. On a function type seen through a template parameter it goes inside the parentheses. */
export class QualifiedType extends Node {
  /** @param qualifiers outermost first, as mangled; printed the other way round */
  constructor(
    readonly inner: Node,
    readonly qualifiers: readonly string[],
  ) {
    super();
  }

  left(out: Printer): void {
    const { outer, target, qualifiers } = this.#enter(out);
    out.left(target);
    if (shapeOf(out, target) === 'function') openParenthesis(out);
    for (let i = qualifiers.length - 1; i >= 0; i--) out.write(qualifiers[i] ?? '');
    out.scope = outer;
  }

  override right(out: Printer): void {
    const { outer, target } = this.#enter(out);
    if (shapeOf(out, target) === 'function') out.write(')');
    out.right(target);
    out.scope = outer;
  }

  override shape(out: Printer): Shape {
    return shapeOf(out, this.inner) === 'array' ? 'array' : 'plain';
  }

  override hasRight(out: Printer): boolean {
    return hasRightOf(out, this.inner);
  }

  override pack(out: Printer): readonly Node[] | undefined {
    return firstPack(out, [this.inner]);
  }

  /** What is qualified, and by what: `const T` with a T that is const already is const once. The caller puts `outer` back. */
  #enter(out: Printer): { outer: TemplateScope | undefined; target: Node; qualifiers: readonly string[] } {
    const outer = out.scope;
    let target = this.inner;
    let qualifiers = this.qualifiers;
    for (;;) {
      const { node, scope } = resolved(out, target);
      if (!(node instanceof QualifiedType)) break;
      const known = qualifiers;
      qualifiers = [...known, ...node.qualifiers.filter((qualifier) => !known.includes(qualifier))];
      target = node.inner;
      out.scope = scope;
    }
    return { outer, target, qualifiers };
  }
}

/** `T qualifier<arguments>`: a vendor's qualifier, `_Complex`. */
export class VendorQualifiedType extends Node {
  constructor(
    readonly inner: Node,
    readonly qualifier: string,
    readonly args?: Node,
  ) {
    super();
  }

  left(out: Printer): void {
    out.left(this.inner);
    if (shapeOf(out, this.inner) === 'function') openParenthesis(out);
    out.write(this.qualifier);
    if (this.args !== undefined) out.print(this.args);
  }

  override right(out: Printer): void {
    if (shapeOf(out, this.inner) === 'function') out.write(')');
    out.right(this.inner);
  }

  override shape(out: Printer): Shape {
    return shapeOf(out, this.inner) === 'array' ? 'array' : 'plain';
  }

  override hasRight(out: Printer): boolean {
    return hasRightOf(out, this.inner);
  }

  override pack(out: Printer): readonly Node[] | undefined {
    return firstPack(out, [this.inner, this.args]);
  }
}

/** `T*`, `T&`, `T&&` */
export class Pointer extends Node {
  constructor(
    readonly inner: Node,
    readonly symbol: '*' | '&' | '&&',
  ) {
    super();
  }

  left(out: Printer): void {
    const { outer, target, symbol } = this.#enter(out);
    out.left(target);
    const shape = shapeOf(out, target);
    if (shape === 'array') out.write(' (');
    if (shape === 'function') openParenthesis(out);
    out.write(symbol);
    out.scope = outer;
  }

  override right(out: Printer): void {
    const { outer, target } = this.#enter(out);
    if (shapeOf(out, target) !== 'plain') out.write(')');
    out.right(target);
    out.scope = outer;
  }

  override shape(): Shape {
    return 'plain';
  }

  override hasRight(out: Printer): boolean {
    return hasRightOf(out, this.inner);
  }

  override pack(out: Printer): readonly Node[] | undefined {
    return firstPack(out, [this.inner]);
  }

  /**
   * What is pointed to. A reference to a reference, reached through a template parameter, is one reference ([dcl.ref]); the parameters
   * in its target then refer to what surrounds the template: the caller puts `outer` back.
   */
  #enter(out: Printer): { outer: TemplateScope | undefined; target: Node; symbol: string } {
    const outer = out.scope;
    let target = this.inner;
    let symbol = this.symbol;
    while (symbol !== '*') {
      const { node, scope } = resolved(out, target);
      if (!(node instanceof Pointer) || node.symbol === '*') break;
      if (node.symbol === '&') symbol = '&';
      target = node.inner;
      out.scope = scope;
    }
    return { outer, target, symbol };
  }
}

/** `T Class::*` */
export class MemberPointer extends Node {
  constructor(
    readonly owner: Node,
    readonly member: Node,
  ) {
    super();
  }

  left(out: Printer): void {
    out.left(this.member);
    const shape = shapeOf(out, this.member);
    if (shape === 'function') openParenthesis(out);
    else out.write(shape === 'array' ? ' (' : ' ');
    out.print(this.owner);
    out.write('::*');
  }

  override right(out: Printer): void {
    if (shapeOf(out, this.member) !== 'plain') out.write(')');
    out.right(this.member);
  }

  override hasRight(out: Printer): boolean {
    return hasRightOf(out, this.member);
  }

  override pack(out: Printer): readonly Node[] | undefined {
    return firstPack(out, [this.owner, this.member]);
  }
}

/** `T [n]` */
export class ArrayType extends Node {
  constructor(
    readonly element: Node,
    readonly bound: Node | undefined,
  ) {
    super();
  }

  left(out: Printer): void {
    out.left(this.element);
  }

  override right(out: Printer): void {
    out.write(out.last === ']' ? '[' : ' [');
    if (this.bound !== undefined) out.print(this.bound);
    out.write(']');
    out.right(this.element);
  }

  override shape(): Shape {
    return 'array';
  }

  override pack(out: Printer): readonly Node[] | undefined {
    return firstPack(out, [this.element, this.bound]);
  }
}

/** `R (parameters) const & noexcept` */
export class FunctionType extends Node {
  constructor(
    readonly result: Node | undefined,
    readonly parameters: readonly Node[],
    readonly suffix: readonly Node[],
  ) {
    super();
  }

  left(out: Printer): void {
    if (this.result === undefined) return;
    out.left(this.result);
    if (!hasRightOf(out, this.result)) out.write(' ');
  }

  override right(out: Printer): void {
    // Unwrapped, the type of a function that returns a pointer to function still needs its separating space.
    out.write('(');
    out.list(this.parameters);
    out.write(')');
    for (const part of this.suffix) out.print(part);
    if (this.result !== undefined) out.right(this.result);
  }

  override shape(): Shape {
    return 'function';
  }

  override pack(out: Printer): readonly Node[] | undefined {
    return firstPack(out, [this.result, ...this.parameters]);
  }
}

/** Text around other nodes: `decltype (e)`, ` noexcept(e)`, `T __vector(n)`. */
export class Wrapped extends Node {
  constructor(
    readonly before: string,
    readonly nodes: readonly Node[],
    readonly after: string,
    readonly separator = ', ',
  ) {
    super();
  }

  left(out: Printer): void {
    out.write(this.before);
    out.list(this.nodes, this.separator);
    out.write(this.after);
  }

  override pack(out: Printer): readonly Node[] | undefined {
    return firstPack(out, this.nodes);
  }
}

/** `T __vector(n)` */
export class VectorType extends Node {
  constructor(
    readonly element: Node,
    readonly size: Node,
  ) {
    super();
  }

  left(out: Printer): void {
    out.left(this.element);
    out.write(' __vector(');
    out.print(this.size);
    out.write(')');
  }

  override right(out: Printer): void {
    out.right(this.element);
  }

  override pack(out: Printer): readonly Node[] | undefined {
    return firstPack(out, [this.size, this.element]);
  }
}

function openParenthesis(out: Printer): void {
  if (!'(* '.includes(out.last)) out.write(' ');
  out.write('(');
}
