/**
 * A demangled function name without what differs between builds and instances: return type, parameters, template arguments, closures'
 * numbers, ABI tags, clone suffixes and the versions of inline namespaces.
 *
 * `void std::__1::sort[abi:v15006]<int*>(int*, int*)` is `std::sort`, `<shop::Ledger as Drop>::drop` is `shop::Ledger::drop`, and a lambda
 * has the name of the function it was written in.
 *
 * @returns the empty string when nothing but brackets is left, as of `<signal handler called>`
 */
export function plainName(name: string): string {
  // Most names are such: a word has nothing that could be left out.
  return WORD.test(name) ? name : plainNameAt(name, 0);
}

const WORD = /^\w+$/;

/** Types within types that are looked into: names are hostile data, and each one takes another look at all of the name. */
const DEEPEST = 8;

function plainNameAt(name: string, depth: number): string {
  return withoutReturnType(withoutArguments(depth < DEEPEST ? ofImplementedType(name, depth) : name))
    .replace(ANONYMOUS_HELD, ANONYMOUS)
    .replace(/ \[clone .*$/, '')
    .replace(/@@?[A-Z][A-Za-z0-9_.]*$/, '')
    .replace(/\.(isra|part|cold|constprop|lto_priv|llvm)\b.*$/, '')
    .replace(/::h[0-9a-f]{16}$/, '')
    .replace(/\[([0-9a-f]{8,16}|abi:[^\]]{0,99}|go\.shape[^\]]{0,999})\]/g, '')
    .replace(/(::(\{.*|'(lambda|unnamed).*|\$_\d+.*))$/, '')
    .replace(/\bstd::(__[a-z]*\d+|_V2)::/g, 'std::')
    .trim();
}

const ANONYMOUS = '(anonymous namespace)';
/** Stands for it while spaces and brackets are looked at. */
const ANONYMOUS_HELD = '\0';

/** Rust's `<T as Trait>::f` and `<T>::f` are `T::f`. */
function ofImplementedType(name: string, level: number): string {
  if (!name.startsWith('<')) return name;
  const end = closing(name, 0);
  if (end < 0 || !name.startsWith('::', end + 1)) return name;
  const inner = name.slice(1, end);
  let depth = 0;
  let type = inner;
  for (let i = 0; i < inner.length; i++) {
    if (inner[i] === '<') depth++;
    else if (inner[i] === '>' && inner[i - 1] !== '-') depth--;
    else if (depth === 0 && inner.startsWith(' as ', i)) {
      type = inner.slice(0, i);
      break;
    }
  }
  return `${plainNameAt(type.replace(/^[&*](mut |const )?/, ''), level + 1)}${name.slice(end + 1)}`;
}

/** `operator<` and a letter in front of it. */
const LONGEST_WORD = 10;

/** Up to the parameters, without template arguments. */
function withoutArguments(name: string): string {
  const text = name.replaceAll(ANONYMOUS, ANONYMOUS_HELD);
  const plain: string[] = [];
  // What is plain so far ends with it; looking at all of that for each character would take forever on a hostile name.
  let tail = '';
  const keep = (part: string): void => {
    plain.push(part);
    tail = (tail + part).slice(-LONGEST_WORD);
  };
  for (let i = 0; i < text.length; i++) {
    const character = text[i] ?? '';
    const operator = /\boperator[<>-]?$/.test(tail);
    if (character === '<' && !operator) {
      const end = closing(text, i);
      if (end < 0) break;
      i = end;
    } else if (character === '(' && !operator) {
      const end = closing(text, i);
      // Of a type in front of the name, and the receiver of a method of Go.
      if (/\b(decltype|noexcept)$/.test(tail)) i = end < 0 ? endOfType(text, i) : end;
      else if (tail.endsWith('.') && end > 0) {
        keep(text.slice(i, end + 1));
        i = end;
      }
      // A function that returns a pointer to a function stands in brackets itself.
      else if (/[*&]/.test(text[i + 1] ?? '') && tail.endsWith(' ')) i++;
      else break;
    } else if (character === '{' && tail.endsWith('::')) break;
    else keep(character);
  }
  return plain.join('').replace(/::$/, '');
}

/** Behind the last space, unless an operator's own name holds it. */
function withoutReturnType(plain: string): string {
  const trimmed = plain.replace(/ \[clone .*$/, '').trim();
  const operator = /(?:^|[\s:*&])operator(?=\W|$)/.exec(trimmed);
  const until = operator === null ? trimmed.length : operator.index + operator[0].length - 'operator'.length;
  return trimmed.slice(trimmed.lastIndexOf(' ', until - 1) + 1).replace(/^[*&]+/, '');
}

/** Demanglers print casts to pointers to functions with a bracket too few: the type then ends with the last bracket before a name. */
function endOfType(text: string, at: number): number {
  const end = /\)(?= [A-Za-z_])/.exec(text.slice(at));
  return end === null ? text.length : at + end.index;
}

/** Where the bracket that opens at `at` is closed; negative when it is not. */
function closing(text: string, at: number): number {
  const open = text[at] ?? '';
  const close = open === '<' ? '>' : ')';
  let depth = 0;
  let round = 0;
  for (let i = at; i < text.length; i++) {
    const character = text[i];
    // Inside round brackets an angle one may be a comparison.
    if (open === '<' && character === '(') round++;
    else if (open === '<' && character === ')') round--;
    else if (character === open && round === 0) depth++;
    else if (character === close && round === 0 && !(close === '>' && text[i - 1] === '-') && --depth === 0) return i;
  }
  return -1;
}
