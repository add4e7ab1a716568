import { BoundedText } from '../boundedText.js';

/**
 * One element of a decoded name. Declarators wrap around names in C++ (`int (*name)[3]`), so each node prints in two halves, the text
 * before the declared name and the text after it. Always print through `Printer`, which counts.
 */
export abstract class Node {
  abstract left(out: Printer): void;

  /** Absent where nothing follows the declared name. */
  right?(out: Printer): void;

  /** Whether a pointer to this must be parenthesised, and how; absent: never. */
  shape?(out: Printer): Shape;

  /** Whether `right` prints anything, which decides about the space before a function's name. */
  hasRight(out: Printer): boolean {
    return shapeOf(out, this) !== 'plain';
  }

  /** The type itself when this only stands for one: template parameters answer their argument. */
  resolve(out: Printer): Resolved {
    return { node: this, scope: out.scope };
  }

  /** The first argument pack that a pack expansion of this would run through. */
  pack?(out: Printer): readonly Node[] | undefined;

  /** The arguments `T_` refers to in the signature of a function of this name; undefined when the name does not end in arguments. */
  templateArguments(): readonly Node[] | undefined {
    return undefined;
  }

  /** Constructors, destructors and conversions, which are mangled without a return type. */
  readonly isStructor: boolean = false;

  /** Whether the name stands without parentheses as an operand. */
  isSimpleOperand(): boolean {
    return false;
  }
}

/** Prints nodes; what they mean depends on where they stand. */
export class Printer extends BoundedText {
  /** Which element of a template argument pack a parameter stands for: set while a pack expansion prints. */
  packIndex = 0;

  /** What template parameters refer to: the arguments of the innermost function template being printed. */
  scope: TemplateScope | undefined;

  /** Whether the parameters of a lambda are being printed. */
  inLambda = false;

  constructor() {
    super({ length: 65_536, depth: 500, steps: 60_000 });
  }

  /** The node's text before the declared name: `int (*` of `int (*name)()`. */
  left(node: Node): void {
    this.enter();
    node.left(this);
    this.leave();
  }

  /** The node's text after the declared name: `)()` of `int (*name)()`. */
  right(node: Node): void {
    if (node.right === undefined) return;
    this.enter();
    node.right(this);
    this.leave();
  }

  print(node: Node): void {
    this.left(node);
    this.right(node);
  }

  /** Prints where template parameters refer to something else. */
  within(scope: TemplateScope | undefined, node: Node): void {
    const outer = this.scope;
    this.scope = scope;
    this.print(node);
    this.scope = outer;
  }

  /** Nodes and separators, without the separators behind which nothing more is printed: an empty pack leaves no comma. */
  list(nodes: readonly Node[], separator = ', '): void {
    const start = this.beginList();
    for (let i = 0; i < nodes.length; i++) {
      if (i > 0) this.separate(separator);
      const node = nodes[i];
      if (node !== undefined) this.print(node);
    }
    this.endList(start);
  }
}

export type Shape = 'plain' | 'function' | 'array';

/** A node and what the template parameters in it refer to. */
export interface Resolved {
  readonly node: Node;
  readonly scope: TemplateScope | undefined;
}

/** The arguments of a function template, and what template parameters in those refer to. */
export interface TemplateScope {
  readonly args: readonly Node[];
  readonly outer: TemplateScope | undefined;
}

/** `resolve` of a wrapped node, counted. */
export function resolved(out: Printer, node: Node): Resolved {
  out.enter();
  const answer = node.resolve(out);
  out.leave();
  return answer;
}

/** The first pack among several nodes; counted, because shared nodes make the walk exponential. */
export function firstPack(out: Printer, nodes: readonly (Node | undefined)[]): readonly Node[] | undefined {
  out.spend(nodes.length);
  for (const node of nodes) {
    if (node?.pack === undefined) continue;
    out.enter();
    const pack = node.pack(out);
    out.leave();
    if (pack !== undefined) return pack;
  }
  return undefined;
}

/** Shape of a wrapped node, counted. */
export function shapeOf(out: Printer, node: Node): Shape {
  if (node.shape === undefined) return 'plain';
  out.enter();
  const shape = node.shape(out);
  out.leave();
  return shape;
}

/** `hasRight` of a wrapped node, counted. */
export function hasRightOf(out: Printer, node: Node): boolean {
  out.enter();
  const answer = node.hasRight(out);
  out.leave();
  return answer;
}
