import { constant } from './v0Constants.js';
import { basicTypes } from './v0BasicTypes.js';
import type { V0Reader } from './v0Reader.js';

/** `<type>` (RFC 2603) */
export function type(r: V0Reader): void {
  r.out.enter();
  anyType(r);
  r.out.leave();
}

function anyType(r: V0Reader): void {
  const basic = basicTypes[r.peek()];
  if (basic !== undefined) {
    r.next();
    r.write(basic);
    return;
  }
  const tag = r.peek();
  if (tag !== '' && 'CNMXYI'.includes(tag)) {
    if (r.rules.openPath(r, false)) r.write('>');
    return;
  }
  r.next();
  switch (tag) {
    case 'R':
    case 'Q': {
      r.write('&');
      const bound = r.eat('L') ? r.base62() : 0;
      if (bound > 0) {
        lifetime(r, bound);
        r.write(' ');
      }
      if (tag === 'Q') r.write('mut ');
      type(r);
      return;
    }
    case 'P':
    case 'O':
      r.write(tag === 'P' ? '*const ' : '*mut ');
      type(r);
      return;
    case 'A':
      r.write('[');
      type(r);
      r.write('; ');
      constant(r, true);
      r.write(']');
      return;
    case 'S':
      r.write('[');
      type(r);
      r.write(']');
      return;
    case 'T':
      r.write('(');
      if (
        r.list(() => {
          type(r);
        }) === 1
      )
        r.write(',');
      r.write(')');
      return;
    case 'F':
      binder(r, () => {
        functionSignature(r);
      });
      return;
    case 'D':
      r.write('dyn ');
      binder(r, () => {
        r.list(() => {
          dynTrait(r);
        }, ' + ');
      });
      if (!r.eat('L')) r.fail('lifetime expected');
      objectLifetime(r);
      return;
    case 'B':
      r.backReference(() => {
        type(r);
      });
      return;
    default:
      r.fail('type expected');
  }
}

/** A lifetime by its distance from the innermost binder; 0 is one that was erased. */
export function lifetime(r: V0Reader, distance: number): void {
  r.write("'");
  if (distance === 0) {
    r.write('_');
    return;
  }
  // Where nothing is printed the binders around a back reference are not known.
  if (r.isSilent) return;
  const depth = r.boundLifetimes - distance;
  if (depth < 0) r.fail('unbound lifetime');
  r.write(depth < 26 ? String.fromCharCode(97 + depth) : `_${depth}`);
}

function objectLifetime(r: V0Reader): void {
  const distance = r.base62();
  if (distance === 0) return;
  r.write(' + ');
  lifetime(r, distance);
}

/** `G <base 62>`?: `for<'a, 'b>` around what the rule prints. */
function binder(r: V0Reader, rule: () => void): void {
  const outer = r.boundLifetimes;
  const count = r.optionalBase62('G');
  // Bounded by what can be used: a hostile count would print for long.
  if (count > r.text.length) r.fail('too many lifetimes');
  if (count > 0 && !r.isSilent) {
    r.write('for<');
    for (let i = 0; i < count; i++) {
      if (i > 0) r.write(', ');
      r.boundLifetimes++;
      lifetime(r, 1);
    }
    r.write('> ');
  }
  rule();
  r.boundLifetimes = outer;
}

/** `U`? (`K` abi)? type* `E` type */
function functionSignature(r: V0Reader): void {
  if (r.eat('U')) r.write('unsafe ');
  if (r.eat('K')) {
    const abi = r.eat('C') ? 'C' : r.identifier().replaceAll('_', '-');
    r.write(`extern "${abi}" `);
  }
  r.write('fn(');
  r.list(() => {
    type(r);
  });
  r.write(')');
  if (r.eat('u')) return;
  r.write(' -> ');
  type(r);
}

/** A trait and its associated types, which join its generic arguments. */
function dynTrait(r: V0Reader): void {
  let open = r.rules.openPath(r, false);
  while (r.eat('p')) {
    r.write(open ? ', ' : '<');
    open = true;
    r.write(`${r.identifier()} = `);
    type(r);
  }
  if (open) r.write('>');
}
