import { runtimeAddress } from '../base/addresses.js';
import { fixedString, latin1 } from '../base/text.js';
import type { Kind } from './kinds.js';
import type { RuleContext } from './ruleContext.js';

/** A message that a runtime wrote out before it ended the process, still in a buffer. */
export interface LastWords {
  readonly kind: Kind;
  readonly text: string;
}

/** How the messages begin: Rust's panic hook, Go's runtime, musl's assert, the sanitizers of LLVM and GCC. */
const MESSAGES: readonly { readonly kind: Kind; readonly pattern: RegExp }[] = [
  {
    kind: 'panic',
    pattern: /thread '[^'\n]{1,64}'(?: \(\d+\))? panicked at [^\0\n]{1,160}(?:(?<=:\d+:)\n[^\0\n]{1,160})?/,
  },
  { kind: 'panic', pattern: /(?:panic: |fatal error: )[^\0\n]{4,160}\n+(?:\[signal |goroutine \d+ )/ },
  { kind: 'assertion', pattern: /Assertion failed: [^\0\n]{1,200} \([^\0\n]{1,200}: \d+\)/ },
  { kind: 'abort', pattern: /ERROR: (?:Address|Thread|Memory|UndefinedBehavior|HWAddress)Sanitizer: [^\0\n]{4,160}/ },
];

/** Bytes of stack on either side of the stack pointer, and of every other writable mapping from its start. */
const STACK = 32 * 1024;
const ELSEWHERE = 64 * 1024;
const MOST_MAPPINGS = 12;

/** Looks for such a message in the stack and at the start of the heap and other writable mappings, so many and so far into each. */
export function lastWords(
  rule: RuleContext,
  elsewhere: { readonly mappings: number; readonly bytes: number } = { mappings: MOST_MAPPINGS, bytes: ELSEWHERE },
): LastWords | undefined {
  const { core, memory } = rule.unwind;
  const stack = core.segmentAt(rule.sp);
  const places: { start: bigint; size: number }[] = [];
  if (stack !== undefined) {
    const low = rule.sp - BigInt(STACK);
    places.push({ start: low < stack.vaddr ? stack.vaddr : low, size: 2 * STACK });
  }
  for (const segment of core.segments()) {
    if (places.length > elsewhere.mappings) break;
    if (segment.writable && !segment.executable && segment.filesz > 0n && segment !== stack)
      places.push({ start: segment.vaddr, size: Math.min(elsewhere.bytes, Number(segment.filesz)) });
  }
  for (const { start, size } of places) {
    const text = latin1(memory.read(runtimeAddress(start), size).bytes);
    for (const { kind, pattern } of MESSAGES) {
      const found = pattern.exec(text)?.[0];
      if (found === undefined) continue;
      const [line = '', next = ''] = found.split('\n');
      // Rust writes where on a line of its own, and why on the next.
      const words = kind === 'panic' && line.endsWith(':') ? `${line} ${next}`.trim() : line;
      return { kind, text: fixedString(Uint8Array.from(words, (character) => character.charCodeAt(0))) };
    }
  }
  return undefined;
}
