import { FunctionEncoding } from './encodingNodes.js';
import { firstPack, Node, type Printer } from './node.js';
import { writeOperand } from './templateNodes.js';

/** `{parm#1}`, and `this` for number 0. */
export class FunctionParameter extends Node {
  constructor(readonly number: number) {
    super();
  }

  left(out: Printer): void {
    out.write(this.number === 0 ? 'this' : `{parm#${this.number}}`);
  }

  override isSimpleOperand(): boolean {
    return true;
  }
}

/** Several nodes with fixed text before, between and after; operands are parenthesised when they need it. */
export class Expression extends Node {
  constructor(
    readonly parts: readonly (string | Node | { readonly operand: Node } | { readonly list: readonly Node[] })[],
  ) {
    super();
  }

  left(out: Printer): void {
    for (const part of this.parts) {
      if (typeof part === 'string') out.write(part);
      else if (part instanceof Node) out.print(part);
      else if ('operand' in part) writeOperand(out, part.operand);
      else out.list(part.list);
    }
  }

  override pack(out: Printer): readonly Node[] | undefined {
    for (const part of this.parts) {
      if (typeof part === 'string') continue;
      const nodes = part instanceof Node ? [part] : 'operand' in part ? [part.operand] : part.list;
      const pack = firstPack(out, nodes);
      if (pack !== undefined) return pack;
    }
    return undefined;
  }
}

/** `T{a, b}` or `{a, b}` */
export class InitializerList extends Node {
  constructor(
    readonly type: Node | undefined,
    readonly items: readonly Node[],
  ) {
    super();
  }

  left(out: Printer): void {
    if (this.type !== undefined) out.print(this.type);
    out.write('{');
    out.list(this.items);
    out.write('}');
  }

  override pack(out: Printer): readonly Node[] | undefined {
    return firstPack(out, [this.type, ...this.items]);
  }

  override isSimpleOperand(): boolean {
    return true;
  }
}

/** A call: of a function named with its signature, the name alone is printed. */
export class Call extends Node {
  constructor(
    readonly callee: Node,
    readonly args: readonly Node[],
  ) {
    super();
  }

  left(out: Printer): void {
    writeOperand(out, this.callee instanceof FunctionEncoding ? this.callee.name : this.callee);
    out.write('(');
    out.list(this.args);
    out.write(')');
  }

  override pack(out: Printer): readonly Node[] | undefined {
    return firstPack(out, [this.callee, ...this.args]);
  }
}
