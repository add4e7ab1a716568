/** `<builtin-type>` of one letter (Itanium C++ ABI 5.1.5.2). */
export const builtinTypes: Readonly<Record<string, string>> = {
  a: 'signed char',
  b: 'bool',
  c: 'char',
  d: 'double',
  e: 'long double',
  f: 'float',
  g: '__float128',
  h: 'unsigned char',
  i: 'int',
  j: 'unsigned int',
  l: 'long',
  m: 'unsigned long',
  n: '__int128',
  o: 'unsigned __int128',
  s: 'short',
  t: 'unsigned short',
  v: 'void',
  w: 'wchar_t',
  x: 'long long',
  y: 'unsigned long long',
  z: '...',
};

/** `D` and one letter. */
export const extendedBuiltinTypes: Readonly<Record<string, string>> = {
  a: 'auto',
  c: 'decltype(auto)',
  d: 'decimal64',
  e: 'decimal128',
  f: 'decimal32',
  h: 'half',
  i: 'char32_t',
  n: 'decltype(nullptr)',
  s: 'char16_t',
  u: 'char8_t',
};

/** How a literal of the type is written: what stands behind the number. Other types are written as casts. */
export const literalSuffixes: Readonly<Record<string, string>> = { i: '', j: 'u', l: 'l', m: 'ul', x: 'll', y: 'ull' };
