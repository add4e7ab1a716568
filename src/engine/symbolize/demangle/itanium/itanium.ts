import { FormatError } from '../../../base/byteCursor.js';
import { encoding, parameters } from './encodingGrammar.js';
import { expression } from './expressionGrammar.js';
import { literal } from './literalGrammar.js';
import { name } from './nameGrammar.js';
import { Printer } from './node.js';
import { Parser, type Rules } from './parser.js';
import { specialName } from './specialGrammar.js';
import { substitution } from './substitutionGrammar.js';
import { templateArgument, templateArguments, templateParameter } from './templateGrammar.js';
import { decltype, type } from './typeGrammar.js';
import { unqualifiedName } from './unqualifiedGrammar.js';

/**
 * A C++ name (Itanium C++ ABI 5.1), `_Z` first, as GNU c++filt prints it; undefined if it is none. Suffixes that compilers add to
 * copies of a function (`.cold`, `.isra.0`) are printed as ` [clone .cold]`.
 */
export function demangleItanium(symbol: string): string | undefined {
  if (!symbol.startsWith('_Z')) return undefined;
  return read(symbol, false);
}

function read(symbol: string, scopeIsType: boolean): string | undefined {
  const p = new Parser(symbol, rules, scopeIsType);
  try {
    p.expect('_Z');
    const node = p.rules.encoding(p, false);
    const suffixes = cloneSuffixes(p);
    const out = new Printer();
    out.print(node);
    for (const suffix of suffixes) out.write(` [clone ${suffix}]`);
    return out.toString();
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    const again = error.code === 'not-mangled' && p.hasAmbiguousScope && !scopeIsType;
    return again ? read(symbol, true) : undefined;
  }
}

/** `.name` or `.123`, each with any number of `.123` behind it. */
function cloneSuffixes(p: Parser): string[] {
  const rest = p.text.slice(p.position);
  const suffixes = rest.match(/\.[a-z0-9_]+(?:\.\d+)*/g) ?? [];
  return suffixes.join('') === rest ? suffixes : p.fail('more than a name');
}

const rules: Rules = {
  encoding,
  name,
  unqualifiedName,
  specialName,
  substitution,
  type,
  parameters,
  templateArguments,
  templateArgument,
  templateParameter,
  expression,
  literal,
  decltype,
};
