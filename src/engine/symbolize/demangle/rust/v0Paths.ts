import type { V0Reader } from './v0Reader.js';
import { constant } from './v0Constants.js';
import { lifetime } from './v0Types.js';

/** `<path>` (RFC 2603). In a value, generic arguments are written `::<T>`, in a type `<T>`. */
export function path(r: V0Reader, inValue: boolean): void {
  if (openPath(r, inValue)) r.write('>');
}

/** The path with its list of generic arguments left open, as `dyn Trait<T, Name = U>` needs; says whether there is one. */
export function openPath(r: V0Reader, inValue: boolean): boolean {
  r.out.enter();
  const open = anyPath(r, inValue);
  r.out.leave();
  return open;
}

function anyPath(r: V0Reader, inValue: boolean): boolean {
  switch (r.next()) {
    case 'C': {
      const hash = r.disambiguator();
      r.write(`${r.identifier()}[${hash}]`);
      return false;
    }
    case 'N':
      nested(r, inValue);
      return false;
    case 'M':
      implementation(r);
      selfType(r, false);
      return false;
    case 'X':
      implementation(r);
      selfType(r, true);
      return false;
    case 'Y':
      selfType(r, true);
      return false;
    case 'I':
      path(r, inValue);
      r.write(inValue ? '::<' : '<');
      r.list(() => {
        genericArgument(r);
      });
      return true;
    case 'B': {
      let open = false;
      r.backReference(() => {
        open = openPath(r, inValue);
      });
      return open;
    }
    default:
      return r.fail('path expected');
  }
}

/** `N <namespace> <path> <identifier>`; a capital namespace is one the compiler made: closures, shims. */
function nested(r: V0Reader, inValue: boolean): void {
  const namespace = r.next();
  if (!isLetter(namespace)) r.fail('namespace expected');
  path(r, inValue);
  const ordinal = r.disambiguator();
  const name = r.identifier();
  if (namespace >= 'a') {
    if (name !== '') r.write(`::${name}`);
    return;
  }
  const kind = namespace === 'C' ? 'closure' : namespace === 'S' ? 'shim' : namespace;
  r.write(`::{${kind}${name === '' ? '' : `:${name}`}#${BigInt(`0x${ordinal}`)}}`);
}

/** Where the `impl` stands, which the type and the trait tell already. */
function implementation(r: V0Reader): void {
  r.disambiguator();
  r.silently(() => {
    path(r, false);
  });
}

function selfType(r: V0Reader, withTrait: boolean): void {
  r.write('<');
  r.rules.type(r);
  if (withTrait) {
    r.write(' as ');
    path(r, false);
  }
  r.write('>');
}

function genericArgument(r: V0Reader): void {
  if (r.eat('L')) lifetime(r, r.base62());
  else if (r.eat('K')) constant(r, true);
  else r.rules.type(r);
}

function isLetter(c: string): boolean {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
