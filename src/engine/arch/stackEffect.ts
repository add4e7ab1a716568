/** What one instruction does to stack pointer and frame pointer, as far as both can be followed without running it. */
export type StackEffect =
  | { readonly kind: 'none' }
  /** Adds to the stack pointer; a push or a pop names its register, where it has one that callers may want back. */
  | { readonly kind: 'move'; readonly by: bigint; readonly saves?: string; readonly restores?: string }
  /** Stack pointer = frame pointer + offset. */
  | { readonly kind: 'fromFramePointer'; readonly offset: bigint }
  /** The same with offset 0, and the frame pointer is popped. */
  | { readonly kind: 'leave' }
  /** Frame pointer = stack pointer + offset. */
  | { readonly kind: 'setsFramePointer'; readonly offset: bigint }
  /** The frame pointer becomes something else. */
  | { readonly kind: 'losesFramePointer' }
  /** The stack pointer becomes something else. */
  | { readonly kind: 'losesStackPointer' };
