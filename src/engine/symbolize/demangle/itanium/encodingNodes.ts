import { firstPack, hasRightOf, Node, type Printer } from './node.js';
import { Qualified } from './nameNodes.js';

/** A function with its signature: `result name(parameters) qualifiers`. */
export class FunctionEncoding extends Node {
  constructor(
    readonly name: Node,
    readonly result: Node | undefined,
    readonly parameters: readonly Node[],
    readonly requirement?: Node,
  ) {
    super();
  }

  left(out: Printer): void {
    const outer = out.scope;
    const args = this.name.templateArguments();
    const inner = args === undefined ? outer : { args, outer };
    out.scope = inner;
    if (this.result !== undefined) {
      out.left(this.result);
      if (!hasRightOf(out, this.result)) out.write(' ');
    }
    out.scope = outer;
    out.left(this.name);
    out.scope = inner;
    out.write('(');
    out.list(this.parameters);
    out.write(')');
    out.right(this.name);
    if (this.result !== undefined) out.right(this.result);
    if (this.requirement !== undefined) {
      out.write(' requires ');
      out.print(this.requirement);
    }
    out.scope = outer;
  }

  override pack(out: Printer): readonly Node[] | undefined {
    return firstPack(out, [this.name, this.result, ...this.parameters]);
  }

  /** The name to print where the address of the function is taken, if the signature is left out there. */
  get addressName(): Node {
    return this.name instanceof Qualified ? this.name : this;
  }
}
