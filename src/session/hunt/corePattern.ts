/** What /proc/sys/kernel/core_pattern says (core(5)). */
export type CorePattern =
  /** The kernel writes files. */
  | {
      readonly kind: 'file';
      /** Below the working directory of the process that crashes. */
      readonly relative: boolean;
      /** One expression for each part of the path; the last one is the file. */
      readonly parts: readonly RegExp[];
      /** Whether every process has a name of its own. */
      readonly distinct: boolean;
    }
  /** A program gets each core on its standard input. */
  | { readonly kind: 'pipe'; readonly program: string }
  | { readonly kind: 'none' };

/** @param usesPid /proc/sys/kernel/core_uses_pid */
export function corePattern(text: string, usesPid: boolean): CorePattern {
  const pattern = text.replace(/\n$/, '');
  if (pattern.startsWith('|')) return { kind: 'pipe', program: pattern.slice(1).trim().split(/\s+/)[0] ?? '' };
  if (pattern === '' && !usesPid) return { kind: 'none' };
  const named = /%[pP]/.test(pattern.replaceAll('%%', ''));
  const parts = pattern.split('/').filter((part) => part !== '' && part !== '.');
  const last = parts.pop() ?? '';
  return {
    kind: 'file',
    relative: !pattern.startsWith('/'),
    parts: [...parts.map((part) => expression(part, '')), expression(last, named ? '' : '(\\.\\d+)?')],
    distinct: named || usesPid,
  };
}

function expression(part: string, suffix: string): RegExp {
  const source = part.replace(/%(.?)|[^%]+/gs, (text, specifier: string | undefined) => {
    if (specifier === undefined) return text.replace(/[$()*+.?[\\\]^{|}]/g, '\\$&');
    if (specifier === '%') return '%';
    if (/[pPiIugdstcC]/.test(specifier)) return '\\d+';
    // Names, in which the kernel writes ! for /; a letter that it does not know stands for nothing.
    return /[efhEF]/.test(specifier) ? '[^/]*' : '';
  });
  return new RegExp(`^${source}${suffix}$`);
}
