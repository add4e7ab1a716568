import { requiresExpression } from './constraintGrammar.js';
import { FunctionEncoding } from './encodingNodes.js';
import { Call, Expression, FunctionParameter, InitializerList } from './expressionNodes.js';
import { initializers } from './initializerGrammar.js';
import { Text } from './nameNodes.js';
import type { Node } from './node.js';
import { operatorNames } from './operatorNames.js';
import { isDigit, type Parser } from './parser.js';
import { Fold, PackExpansion, PackSize } from './templateNodes.js';
import { globalName, onOperator, simpleName, unresolvedName } from './unresolvedGrammar.js';

/** `<expression>` (Itanium C++ ABI 5.1.6) */
export function expression(p: Parser): Node {
  p.enter();
  const node = primary(p) ?? special(p) ?? operation(p);
  p.leave();
  return node;
}

function primary(p: Parser): Node | undefined {
  const character = p.peek();
  if (character === 'L') return p.rules.literal(p);
  if (character === 'T') return p.rules.templateParameter(p);
  if (isDigit(character)) return simpleName(p);
  if (character === 'f' && p.peek(1) !== '') return parameterOrFold(p);
  return undefined;
}

/** `fp`, `fL` are parameters, `fl`, `fr`, `fL`, `fR` folds; a number or a qualifier tells the two `fL` apart. */
function parameterOrFold(p: Parser): Node | undefined {
  if (p.eat('fpT')) return new FunctionParameter(0);
  const outer = p.peek(1) === 'L' && isDigit(p.peek(2));
  if (p.peek(1) === 'p' || outer) {
    p.position += 2;
    if (outer) {
      p.number();
      p.expect('p');
    }
    while (/^[rVK]$/.test(p.peek())) p.next();
    return new FunctionParameter(p.ordinal() + 1);
  }
  return fold(p);
}

/** C++17 fold expressions; the pack is shown whole. */
function fold(p: Parser): Node | undefined {
  const kind = p.peek(1);
  const operator = operatorNames[p.peek(2) + p.peek(3)];
  if (!/^[lrLR]$/.test(kind) || operator === undefined) return undefined;
  p.position += 4;
  const first = expression(p);
  if (kind === 'l') return new Fold(undefined, operator[0], first);
  if (kind === 'r') return new Fold(first, operator[0], undefined);
  return new Fold(first, operator[0], expression(p));
}

function special(p: Parser): Node | undefined {
  const code = p.peek() + p.peek(1);
  const cast = namedCasts[code];
  if (cast !== undefined) {
    p.position += 2;
    const type = p.rules.type(p);
    return new Expression([`${cast}<`, type, '>(', expression(p), ')']);
  }
  const onType = typeOperators[code];
  if (onType !== undefined) {
    p.position += 2;
    return new Expression([onType, '(', p.rules.type(p), ')']);
  }
  switch (code) {
    case 'sr':
      return unresolvedName(p);
    case 'on':
      return onOperator(p);
    case 'gs':
      return globalName(p);
    case 'sp':
      p.position += 2;
      return new PackExpansion(expression(p));
    case 'sZ':
    case 'sP':
      p.position += 2;
      return new PackSize(
        code === 'sP' ? new Expression([{ list: p.untilE(p.rules.templateArgument) }]) : expression(p),
      );
    case 'cl':
    case 'cp': {
      p.position += 2;
      const callee = expression(p);
      return new Call(callee, p.untilE(expression));
    }
    case 'cv':
      p.position += 2;
      return conversion(p);
    case 'tl': {
      p.position += 2;
      const type = p.rules.type(p);
      return new InitializerList(type, initializers(p));
    }
    case 'il':
      p.position += 2;
      return new InitializerList(undefined, initializers(p));
    case 'rq':
    case 'rQ':
      return requiresExpression(p);
    case 'tr':
      p.position += 2;
      return new Text('throw');
    default:
      if (code === 'u' + p.peek(1) && isDigit(p.peek(1))) return vendorCall(p);
      return undefined;
  }
}

const namedCasts: Readonly<Record<string, string>> = {
  dc: 'dynamic_cast',
  sc: 'static_cast',
  cc: 'const_cast',
  rc: 'reinterpret_cast',
};

const typeOperators: Readonly<Record<string, string>> = { st: 'sizeof ', at: 'alignof ', ti: 'typeid ' };

const wordOperators: Readonly<Record<string, string>> = {
  sz: 'sizeof ',
  az: 'alignof ',
  nx: 'noexcept ',
  te: 'typeid ',
  tw: 'throw ',
  dl: 'delete ',
  da: 'delete[] ',
  aw: 'co_await ',
};

/** Operators with operands. */
function operation(p: Parser): Node {
  const code = p.peek() + p.peek(1);
  p.position += 2;
  const word = wordOperators[code];
  if (word !== undefined) return new Expression([word, { operand: expression(p) }]);
  if (code === 'nw' || code === 'na') return newExpression(p);
  const known = operatorNames[code];
  if (known === undefined) p.fail('expression expected');
  const [text, operands] = known;
  if (operands === 1) return unary(p, code, text);
  if (operands === 3) return conditional(p);
  const first = expression(p);
  if (code === 'dt' || code === 'pt') return new Expression([{ operand: first }, text, { operand: member(p) }]);
  const second = expression(p);
  if (code === 'ix') return new Expression([{ operand: first }, '[', second, ']']);
  const parts = [{ operand: first }, text, { operand: second }];
  // Among template arguments a greater-than would end them.
  return new Expression(code === 'gt' ? ['(', ...parts, ')'] : parts);
}

function unary(p: Parser, code: string, text: string): Node {
  if (code === 'pp' || code === 'mm') {
    const before = p.eat('_');
    const operand = expression(p);
    return new Expression(before ? [text, { operand }] : [{ operand }, text]);
  }
  const operand = expression(p);
  const shown = code === 'ad' && operand instanceof FunctionEncoding ? operand.addressName : operand;
  return new Expression([text, { operand: shown }]);
}

function conditional(p: Parser): Node {
  const [condition, yes, no] = [expression(p), expression(p), expression(p)];
  return new Expression([{ operand: condition }, '?', { operand: yes }, ' : ', { operand: no }]);
}

/** What stands right of `.` and `->`: a name, not a type. */
function member(p: Parser): Node {
  return p.peek() === 'T' || p.peek() === 'L' ? p.fail('member name expected') : expression(p);
}

/** `cv <type> <expression>` or `cv <type> _ <expression>* E` */
function conversion(p: Parser): Node {
  const type = p.withConversion(false, p.rules.type);
  if (p.eat('_')) return new Expression(['(', type, ')(', { list: p.untilE(expression) }, ')']);
  return new Expression(['(', type, ')', { operand: expression(p) }]);
}

/** `nw <placement>* _ <type> E`, `... pi <expression>* E`, `... il <expression>* E` */
function newExpression(p: Parser): Node {
  const placement: Node[] = [];
  while (!p.eat('_')) placement.push(expression(p));
  const before = placement.length > 0 ? ['new (', { list: placement }, ') '] : ['new '];
  const type = p.rules.type(p);
  if (p.eat('E')) return new Expression([...before, type]);
  if (p.eat('pi')) return new Expression([...before, type, '(', { list: p.untilE(expression) }, ')']);
  if (p.peek() === 'i') return new Expression([...before, type, expression(p)]);
  return p.fail('initializer expected');
}

/** `u <source-name> <template-arg>* E` */
function vendorCall(p: Parser): Node {
  p.next();
  const name = new Text(p.identifier());
  return new Call(name, p.untilE(p.rules.templateArgument));
}
