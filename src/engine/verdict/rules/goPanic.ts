/** Why Go's runtime gave up, by the function of its own that did. */
export interface GoPanic {
  /** Index of that function among the frames. */
  readonly index: number;
  readonly reason: string;
}

/** Functions behind which the runtime's own ways out lie: a panic that nobody recovers, and errors that nobody can (runtime/panic.go). */
const WAYS_OUT = /^runtime\.(gopanic|throw|fatal|fatalthrow)(\.func\d+)?$/;

const REASONS: readonly { readonly names: RegExp; readonly reason: string }[] = [
  { names: /^runtime\.(panicmem|panicmemAddr|sigpanic)$/, reason: 'invalid memory address or nil pointer dereference' },
  { names: /^runtime\.(goPanic|panic)(Index|ExtendIndex)/, reason: 'index out of range' },
  { names: /^runtime\.(goPanic|panic)(Slice|ExtendSlice)/, reason: 'slice bounds out of range' },
  { names: /^runtime\.panicdivide$/, reason: 'integer divide by zero' },
  { names: /^runtime\.panicshift$/, reason: 'negative shift amount' },
  { names: /^runtime\.(panicdottype|panicnildottype|typeAssert|assertE2I)/, reason: 'interface conversion' },
  { names: /^runtime\.makeslice|^runtime\.panicmakeslice/, reason: 'makeslice: length or capacity out of range' },
  { names: /^runtime\.closechan$/, reason: 'close of a closed or nil channel' },
  { names: /^runtime\.chansend/, reason: 'send on a closed channel' },
  { names: /^runtime\.mapassign/, reason: 'assignment to an entry in a nil map, or concurrent map writes' },
  { names: /^runtime\.(mapaccess|mapiter|mapdelete)/, reason: 'concurrent map access' },
  { names: /^runtime\.checkdead$/, reason: 'all goroutines are asleep: a deadlock' },
  { names: /^runtime\.(newstack|morestack)$/, reason: 'a goroutine stack exceeds its limit' },
  { names: /^runtime\.(mallocgc|sysMap|mheap|persistentalloc|sysReserve)/, reason: 'out of memory, or a damaged heap' },
];

/** What the innermost function tells that called a way out; `undefined` where a program called it itself, or none is on the stack. */
export function goPanic(named: readonly string[]): GoPanic | undefined {
  const out = named.findLastIndex((name) => WAYS_OUT.test(name));
  if (out < 0) return undefined;
  const index = named.findIndex((name, i) => i > out && name !== '');
  const reason = REASONS.find(({ names }) => names.test(named[index] ?? ''))?.reason;
  return reason === undefined ? undefined : { index, reason };
}
