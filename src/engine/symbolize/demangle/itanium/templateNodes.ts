import { FormatError } from '../../../base/byteCursor.js';
import { firstPack, hasRightOf, Node, resolved, shapeOf, type Resolved, type Shape, type Printer } from './node.js';

/** `name<arguments>` */
export class Template extends Node {
  override readonly isStructor: boolean;

  constructor(
    readonly name: Node,
    readonly args: readonly Node[],
  ) {
    super();
    this.isStructor = name.isStructor;
  }

  left(out: Printer): void {
    // The type of a conversion operator is written with the operator's own parameters.
    if (this.isStructor) out.within({ args: this.args, outer: out.scope }, this.name);
    else out.print(this.name);
    writeTemplateArguments(out, this.args);
  }

  override pack(out: Printer): readonly Node[] | undefined {
    return firstPack(out, [this.name, ...this.args]);
  }

  override templateArguments(): readonly Node[] {
    return this.args;
  }
}

/** Arguments alone, as of a vendor qualifier. */
export class TemplateArguments extends Node {
  constructor(readonly args: readonly Node[]) {
    super();
  }

  left(out: Printer): void {
    writeTemplateArguments(out, this.args);
  }
}

function writeTemplateArguments(out: Printer, args: readonly Node[]): void {
  out.write(out.last === '<' ? ' <' : '<');
  out.list(args);
  out.write(out.last === '>' ? ' >' : '>');
}

/**
 * `T_`, `T0_`...: stands for an argument of the innermost function template being printed, and the argument in turn is printed as part
 * of what surrounds that. Not bound while reading, because compilers take the `T_` of two templates for the same substitution. In the
 * parameters of a lambda it is one declared `auto`.
 */
export class TemplateParameter extends Node {
  constructor(readonly index: number) {
    super();
  }

  left(out: Printer): void {
    if (out.inLambda) out.write(`auto:${this.index + 1}`);
    else
      this.#inArgument(out, (argument) => {
        out.left(argument);
      });
  }

  override right(out: Printer): void {
    if (!out.inLambda)
      this.#inArgument(out, (argument) => {
        out.right(argument);
      });
  }

  override shape(out: Printer): Shape {
    return out.inLambda ? 'plain' : this.#inArgument(out, (argument) => shapeOf(out, argument));
  }

  override hasRight(out: Printer): boolean {
    return !out.inLambda && this.#inArgument(out, (argument) => hasRightOf(out, argument));
  }

  override resolve(out: Printer): Resolved {
    return out.inLambda ? super.resolve(out) : this.#inArgument(out, (argument) => resolved(out, argument));
  }

  override pack(out: Printer): readonly Node[] | undefined {
    const argument = out.scope?.args[this.index];
    return argument instanceof ArgumentPack && !out.inLambda ? argument.items : undefined;
  }

  #inArgument<T>(out: Printer, action: (argument: Node) => T): T {
    const { scope } = out;
    const argument = scope?.args[this.index];
    const isElement = argument instanceof ArgumentPack && out.packIndex !== WHOLE_PACK;
    const element = isElement ? argument.items[out.packIndex] : argument;
    if (scope === undefined || element === undefined)
      throw new FormatError('not-mangled', 'template parameter without an argument');
    out.scope = scope.outer;
    const result = action(element);
    out.scope = scope;
    return result;
  }
}

/** `J ... E`: the arguments a parameter pack stands for. */
export class ArgumentPack extends Node {
  constructor(readonly items: readonly Node[]) {
    super();
  }

  left(out: Printer): void {
    out.list(this.items);
  }

  override pack(out: Printer): readonly Node[] | undefined {
    return firstPack(out, this.items);
  }
}

/** `pattern...`, or the pattern once for each element of the pack it contains. */
export class PackExpansion extends Node {
  constructor(readonly pattern: Node) {
    super();
  }

  left(out: Printer): void {
    const pack = firstPack(out, [this.pattern]);
    if (pack === undefined) {
      writeOperand(out, this.pattern);
      out.write('...');
      return;
    }
    const outer = out.packIndex;
    pack.forEach((_, index) => {
      if (index > 0) out.write(', ');
      out.packIndex = index;
      out.print(this.pattern);
    });
    out.packIndex = outer;
  }
}

/** `(... op e)`, `(e op ...)`, `(e op ... op e)`: packs in it are printed whole. */
export class Fold extends Node {
  constructor(
    readonly first: Node | undefined,
    readonly operator: string,
    readonly last: Node | undefined,
  ) {
    super();
  }

  left(out: Printer): void {
    const outer = out.packIndex;
    out.packIndex = WHOLE_PACK;
    out.write('(');
    if (this.first !== undefined) {
      writeOperand(out, this.first);
      out.write(this.operator);
    }
    out.write('...');
    if (this.last !== undefined) {
      out.write(this.operator);
      writeOperand(out, this.last);
    }
    out.write(')');
    out.packIndex = outer;
  }
}

const WHOLE_PACK = -1;

/** `sizeof...(pack)`: how many there are. */
export class PackSize extends Node {
  constructor(readonly pattern: Node) {
    super();
  }

  left(out: Printer): void {
    out.write(String(firstPack(out, [this.pattern])?.length ?? 0));
  }
}

/** An operand of an operator, in parentheses unless it is a plain name. */
export function writeOperand(out: Printer, operand: Node): void {
  if (operand.isSimpleOperand()) {
    out.print(operand);
    return;
  }
  out.write('(');
  out.print(operand);
  out.write(')');
}
