import { firstPack, Node, type Printer } from './node.js';

/** Fixed text: a source name, a builtin type, an operator's name. */
export class Text extends Node {
  constructor(readonly text: string) {
    super();
  }

  left(out: Printer): void {
    out.write(this.text);
  }

  override isSimpleOperand(): boolean {
    return true;
  }
}

/** `scope::name` */
export class Qualified extends Node {
  override readonly isStructor: boolean;

  constructor(
    readonly scope: Node,
    readonly name: Node,
  ) {
    super();
    this.isStructor = name.isStructor;
  }

  left(out: Printer): void {
    out.print(this.scope);
    out.write('::');
    out.print(this.name);
  }

  override pack(out: Printer): readonly Node[] | undefined {
    return firstPack(out, [this.scope, this.name]);
  }

  override templateArguments(): readonly Node[] | undefined {
    return this.name.templateArguments();
  }

  override isSimpleOperand(): boolean {
    return true;
  }
}

/** `operator+`, `~T`: as an operand it needs parentheses. */
export class Operator extends Node {
  constructor(
    readonly text: string,
    readonly operand?: Node,
  ) {
    super();
  }

  left(out: Printer): void {
    out.write(this.text);
    if (this.operand !== undefined) out.print(this.operand);
  }
}

/** `::name` */
export class Global extends Node {
  constructor(readonly name: Node) {
    super();
  }

  left(out: Printer): void {
    out.write('::');
    out.print(this.name);
  }

  override pack(out: Printer): readonly Node[] | undefined {
    return firstPack(out, [this.name]);
  }
}

/** `name[abi:tag]` */
export class Tagged extends Node {
  override readonly isStructor: boolean;

  constructor(
    readonly name: Node,
    readonly tag: string,
  ) {
    super();
    this.isStructor = name.isStructor;
  }

  left(out: Printer): void {
    out.print(this.name);
    out.write(`[abi:${this.tag}]`);
  }
}

/** `name@module` (C++20 modules) */
export class InModule extends Node {
  constructor(
    readonly name: Node,
    readonly module: Node,
  ) {
    super();
  }

  left(out: Printer): void {
    out.print(this.name);
    out.write('@');
    out.print(this.module);
  }
}

/** A module's name and partitions: `outer.inner:part`. */
export class ModuleName extends Node {
  constructor(
    readonly parent: Node | undefined,
    readonly name: string,
    readonly partition: boolean,
  ) {
    super();
  }

  left(out: Printer): void {
    if (this.parent !== undefined) out.print(this.parent);
    if (this.partition) out.write(':');
    else if (this.parent !== undefined) out.write('.');
    out.write(this.name);
  }
}

/** Constructor or destructor: the class's own name again, without its template arguments. */
export class Structor extends Node {
  constructor(
    readonly className: Node,
    readonly prefix: '' | '~',
  ) {
    super();
  }

  left(out: Printer): void {
    out.write(this.prefix);
    out.print(this.className);
  }

  override readonly isStructor = true;
}

/** `operator type` */
export class Conversion extends Node {
  constructor(readonly type: Node) {
    super();
  }

  left(out: Printer): void {
    out.write('operator ');
    out.print(this.type);
  }

  override pack(out: Printer): readonly Node[] | undefined {
    return firstPack(out, [this.type]);
  }

  override readonly isStructor = true;
}

/** The qualifiers of a member function, printed behind its parameters. */
export class MemberQualified extends Node {
  override readonly isStructor: boolean;

  constructor(
    readonly name: Node,
    readonly qualifiers: string,
  ) {
    super();
    this.isStructor = name.isStructor;
  }

  left(out: Printer): void {
    out.left(this.name);
  }

  override right(out: Printer): void {
    out.right(this.name);
    out.write(this.qualifiers);
  }

  override templateArguments(): readonly Node[] | undefined {
    return this.name.templateArguments();
  }
}

/** An entity inside a function: `function(int)::entity`. */
export class Local extends Node {
  override readonly isStructor: boolean;

  constructor(
    readonly scope: Node,
    readonly entity: Node,
  ) {
    super();
    this.isStructor = entity.isStructor;
  }

  left(out: Printer): void {
    out.print(this.scope);
    out.write('::');
    out.left(this.entity);
  }

  override right(out: Printer): void {
    out.right(this.entity);
  }

  override pack(out: Printer): readonly Node[] | undefined {
    return firstPack(out, [this.scope, this.entity]);
  }

  override templateArguments(): readonly Node[] | undefined {
    return this.entity.templateArguments();
  }
}

/** `{lambda(int)#1}` */
export class Lambda extends Node {
  constructor(
    readonly parameters: readonly Node[],
    readonly ordinal: number,
  ) {
    super();
  }

  left(out: Printer): void {
    const outer = out.inLambda;
    out.inLambda = true;
    out.write('{lambda(');
    out.list(this.parameters);
    out.inLambda = outer;
    out.write(`)#${this.ordinal}}`);
  }
}
