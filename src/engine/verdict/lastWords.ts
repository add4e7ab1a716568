import { runtimeAddress } from '../base/addresses.js';
import { fixedString, latin1 } from '../base/text.js';
import type { Kind } from './kinds.js';
import type { RuleContext } from './ruleContext.js';

/** A message that a runtime wrote out before it ended the process, still in a buffer. */
export interface LastWords {
  readonly kind: Kind;
  readonly text: string;
}

interface Message {
  readonly kind: Kind;
  /** What every such message holds, none further than `BEFORE` behind its start. */
  readonly anchor: string;
  readonly pattern: RegExp;
}

/** How the messages begin: Rust's panic hook, Go's runtime, musl's assert, the sanitizers of LLVM and GCC. */
const MESSAGES: readonly Message[] = [
  {
    kind: 'panic',
    anchor: 'panicked at ',
    pattern: /thread '[^'\n]{1,64}'(?: \(\d+\))? panicked at [^\0\n]{1,160}(?:(?<=:\d+:)\n[^\0\n]{1,160})?/,
  },
  { kind: 'panic', anchor: 'panic: ', pattern: /panic: [^\0\n]{4,160}\n+(?:\[signal |goroutine \d+ )/ },
  { kind: 'panic', anchor: 'fatal error: ', pattern: /fatal error: [^\0\n]{4,160}\n+(?:\[signal |goroutine \d+ )/ },
  {
    kind: 'assertion',
    anchor: 'Assertion failed: ',
    pattern: /Assertion failed: [^\0\n]{1,200} \([^\0\n]{1,200}: \d+\)/,
  },
  {
    kind: 'abort',
    anchor: 'ERROR: ',
    pattern: /ERROR: (?:Address|Thread|Memory|UndefinedBehavior|HWAddress)Sanitizer: [^\0\n]{4,160}/,
  },
];

/** Bytes around an anchor that hold the whole message. */
const BEFORE = 128;
const AFTER = 640;

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
    const { bytes } = memory.read(runtimeAddress(start), size);
    for (const message of MESSAGES) {
      const found = messageIn(bytes, message);
      if (found === undefined) continue;
      const [line = '', next = ''] = found.split('\n');
      // Rust writes where on a line of its own, and why on the next.
      const words = message.kind === 'panic' && line.endsWith(':') ? `${line} ${next}`.trim() : line;
      return { kind: message.kind, text: fixedString(Uint8Array.from(words, (character) => character.charCodeAt(0))) };
    }
  }
  return undefined;
}

/** The first such message, a character for every byte. Most memory is no text: only what lies around an anchor is looked at as text. */
function messageIn(bytes: Uint8Array, { anchor, pattern }: Message): string | undefined {
  const first = anchor.charCodeAt(0);
  for (let at = bytes.indexOf(first); at >= 0; at = bytes.indexOf(first, at + 1)) {
    if (!holds(bytes, at, anchor)) continue;
    const found = pattern.exec(latin1(bytes.subarray(Math.max(0, at - BEFORE), at + AFTER)))?.[0];
    if (found !== undefined) return found;
  }
  return undefined;
}

function holds(bytes: Uint8Array, at: number, text: string): boolean {
  for (let i = 1; i < text.length; i++) if (bytes[at + i] !== text.charCodeAt(i)) return false;
  return true;
}
