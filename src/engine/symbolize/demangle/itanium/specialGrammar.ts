import type { Node } from './node.js';
import { ModuleName } from './nameNodes.js';
import type { Parser } from './parser.js';
import { Wrapped } from './typeNodes.js';

/** `<special-name>` (Itanium C++ ABI 5.1.4): what the compiler makes besides functions and objects. */
export function specialName(p: Parser): Node {
  const code = p.next() + p.next();
  const ofType = typeTables[code];
  if (ofType !== undefined) return new Wrapped(ofType, [p.rules.type(p)], '');
  const ofName = names[code];
  if (ofName !== undefined) return new Wrapped(ofName, [p.rules.name(p)], '');
  switch (code) {
    case 'TC': {
      const derived = p.rules.type(p);
      p.signedNumber();
      p.expect('_');
      return new Wrapped('construction vtable for ', [new Wrapped('', [p.rules.type(p)], '-in-'), derived], '', '');
    }
    case 'Th':
      p.position--;
      callOffset(p);
      return new Wrapped('non-virtual thunk to ', [p.rules.encoding(p, false)], '');
    case 'Tv':
      p.position--;
      callOffset(p);
      return new Wrapped('virtual thunk to ', [p.rules.encoding(p, false)], '');
    case 'Tc':
      callOffset(p);
      callOffset(p);
      return new Wrapped('covariant return thunk to ', [p.rules.encoding(p, false)], '');
    case 'TA':
      return new Wrapped('template parameter object for ', [p.rules.templateArgument(p)], '');
    case 'GA':
      return new Wrapped('hidden alias for ', [p.rules.encoding(p, false)], '');
    case 'GT':
      return transactionClone(p);
    case 'GR':
      return referenceTemporary(p);
    case 'GI':
      return new Wrapped('initializer for module ', [moduleName(p)], '');
    default:
      return p.fail('special name expected');
  }
}

const typeTables: Readonly<Record<string, string>> = {
  TV: 'vtable for ',
  TT: 'VTT for ',
  TI: 'typeinfo for ',
  TS: 'typeinfo name for ',
  TF: 'typeinfo fn for ',
  TJ: 'java Class for ',
};

const names: Readonly<Record<string, string>> = {
  GV: 'guard variable for ',
  TH: 'TLS init function for ',
  TW: 'TLS wrapper function for ',
};

/** `h <offset> _` or `v <offset> _ <offset> _`: not printed. */
function callOffset(p: Parser): void {
  const kind = p.next();
  if (kind !== 'h' && kind !== 'v') p.fail('call offset expected');
  p.signedNumber();
  p.expect('_');
  if (kind === 'h') return;
  p.signedNumber();
  p.expect('_');
}

function transactionClone(p: Parser): Node {
  const safe = p.next();
  const entity = p.rules.encoding(p, false);
  return new Wrapped(safe === 'n' ? 'non-transaction clone for ' : 'transaction clone for ', [entity], '');
}

/** `GR <object> <sequence>_`: a temporary whose life a reference extends. */
function referenceTemporary(p: Parser): Node {
  const object = p.rules.name(p);
  const sequence = p.sequenceId();
  return new Wrapped(`reference temporary #${sequence} for `, [object], '');
}

/** `GI (W P? <source-name>)+` */
function moduleName(p: Parser): Node {
  let module: Node | undefined;
  while (p.eat('W')) {
    const partition = p.eat('P');
    module = new ModuleName(module, p.identifier(), partition);
  }
  return module ?? p.fail('module name expected');
}
