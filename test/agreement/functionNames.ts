import { demangle } from '../../src/engine/symbolize/demangle/demangle.js';

/**
 * What is left of a function's name when everything is taken away on which tools differ by taste: parameters, return type, template
 * arguments, versions, hashes, suffixes of clones.
 */
export function plainName(name: string | undefined): string {
  if (name === undefined) return '??';
  let plain = (/^_R/.test(name) ? (demangle(name) ?? name) : name)
    .replace(/@@?[A-Za-z_][\w.+-]*$/, '')
    .replace(/::h[0-9a-f]{16}$/, '')
    .replace(/\[[0-9a-f]{8,16}\]/g, '')
    .replace(/\.(constprop|isra|part|cold|lto_priv)(\.\d+)*/g, '')
    .replace(/ \[clone [^\]]*\]/g, '')
    .replace(/\{\{?(closure|lambda|env|impl)[^}]*\}?\}/g, '{$1}')
    .replace(/\(anonymous namespace\)|\{anonymous\}/g, '{anonymous}')
    .replace(/operator\(\)/g, 'operator call')
    .replace(/operator(<<=|>>=|<=>|<<|>>|<=|>=|->\*|->|<|>)/g, 'operator sign');
  plain = withoutBrackets(plain, '<', '>');
  plain = withoutBrackets(plain, '(', ')').replace(/ (const|volatile|noexcept)\b/g, '');
  // The return type stands before the last blank that is not part of the name.
  plain = plain.replace(/operator (call|sign)/g, 'operator-$1').trim();
  plain = plain.slice(plain.lastIndexOf(' ') + 1);
  return plain
    .replace(/::{2,}/g, '::')
    .replace(/::$/, '')
    .replace(/^::/, '');
}

function withoutBrackets(text: string, open: string, close: string): string {
  let depth = 0;
  let rest = '';
  for (const letter of text) {
    if (letter === open) depth++;
    else if (letter === close && depth > 0) depth--;
    else if (depth === 0) rest += letter;
  }
  return rest;
}

/** The name itself, without the scopes around it. */
export function lastPart(name: string): string {
  const at = name.lastIndexOf('::');
  return at < 0 ? name : name.slice(at + 2);
}
