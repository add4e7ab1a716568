import type { SignalFrame } from '../arch/architecture.js';
import { type RuntimeAddress, runtimeAddress } from '../base/addresses.js';
import { isCode, type UnwindContext } from './unwindContext.js';

/** The signal frames of one thread. */
export interface SignalFrames {
  /** Above the stack pointer: their handlers had not returned when the process died. Innermost first. */
  readonly active: readonly SignalFrame[];
  /** Below the stack pointer or on a stack that was left: their handlers have returned. Nearest to the stack pointer first. */
  readonly stale: readonly SignalFrame[];
}

/**
 * Looks for signal frames by shape around a stack pointer, and on every alternate stack that a found frame names.
 *
 * @param walked frames that the walk went through: those are active wherever they lie
 */
export function findSignalFrames(
  context: UnwindContext,
  stackPointer: bigint,
  walked: readonly SignalFrame[],
): SignalFrames {
  const { architecture, core } = context;
  if (architecture.signalFrameSize === 0) return { active: [], stale: [] };
  const segment = core.segmentAt(stackPointer) ?? core.segmentAfter(stackPointer);
  if (segment === undefined) return { active: [...walked], stale: [] };
  const low = maximum(segment.vaddr, stackPointer - BELOW);
  const high = minimum(segment.vaddr + segment.memsz, stackPointer + ABOVE);
  const found = scan(context, low, high);
  const walkedAt = new Set<bigint>(walked.map((frame) => frame.address));
  const active = [...walked];
  const stale: SignalFrame[] = [];
  for (const frame of found) {
    if (walkedAt.has(frame.address)) continue;
    // Below the red zone nothing is alive. Above, an unwalked frame is active only if it could have interrupted this stack.
    if (frame.address < stackPointer) stale.push(frame);
    else if (walked.length === 0 && couldBeActive(frame, segment.vaddr, segment.vaddr + segment.memsz))
      active.push(frame);
  }
  stale.sort((a, b) => (a.address > b.address ? -1 : 1));
  const onOther = alternateStacks(context, [...found, ...walked], stackPointer, walkedAt);
  return { active: active.sort((a, b) => (a.address < b.address ? -1 : 1)), stale: [...stale, ...onOther] };
}

/** A frame with AMX state takes about 11 KiB, and handlers may have run below it; the first window read is 12 KiB. */
const BELOW = 12n * 1024n;
const ABOVE = 16n * 1024n;
const LARGEST_ALTERNATE_STACK = 1n << 20n;
const MOST_ALTERNATE_STACKS = 4;

/** The frame's own stack pointer lies above it, or on a stack elsewhere: a handler's frame never lies above what it interrupted. */
function couldBeActive(frame: SignalFrame, stackStart: bigint, stackEnd: bigint): boolean {
  const interrupted = frame.registers.get('rsp') ?? 0n;
  return interrupted > frame.address || interrupted < stackStart || interrupted >= stackEnd;
}

/** Every place in [low, high) with a signal frame's shape and a trampoline in executable memory, ascending. */
function scan(context: UnwindContext, low: bigint, high: bigint): SignalFrame[] {
  const { architecture, memory } = context;
  const found: SignalFrame[] = [];
  const alignment = BigInt(architecture.signalFrameAlignment);
  const first = low - (low % 16n) + alignment;
  const last = Number(high - first) - architecture.signalFrameSize;
  if (last < 0) return found;
  const looksLikeFrame = segmentProbe(context, first, high);
  for (let into = 0; into <= last; into += 16) {
    if (!looksLikeFrame(into)) continue;
    const frame = architecture.signalFrameAt(memory, runtimeAddress(first + BigInt(into)));
    if (frame === undefined || !isCode(context, frame.returnTrampoline)) continue;
    found.push(frame);
    into = Number(frame.end - (frame.end % 16n) + alignment - first) - 16;
  }
  return found;
}

/**
 * One half-word, the user code segment, decides for nearly every place that is none. It is asked of hundreds per core, so the range is
 * read once; what lies behind a hole in it is asked one by one.
 */
function segmentProbe(context: UnwindContext, low: bigint, high: bigint): (into: number) => boolean {
  const { bytes } = context.memory.read(runtimeAddress(low), Number(high - low));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return (into) => {
    const at = into + CODE_SEGMENT;
    if (at + 2 <= bytes.length) return view.getUint16(at, true) === USER_CODE_SEGMENT;
    const word = context.memory.word(runtimeAddress(low + BigInt(at)));
    return word !== undefined && (word & 0xffffn) === BigInt(USER_CODE_SEGMENT);
  };
}

/** Offset of the saved code segment in a signal frame, and its value for 64-bit user code. */
const CODE_SEGMENT = 192;
const USER_CODE_SEGMENT = 0x33;

function alternateStacks(
  context: UnwindContext,
  frames: readonly SignalFrame[],
  stackPointer: bigint,
  walked: ReadonlySet<bigint>,
): SignalFrame[] {
  const seen = new Set<bigint>();
  const stale: SignalFrame[] = [];
  for (const { alternateStack } of frames) {
    const { base, size } = alternateStack;
    const disabled = (alternateStack.flags & SS_DISABLE) !== 0 || size === 0n || size > LARGEST_ALTERNATE_STACK;
    const current = stackPointer >= base && stackPointer < base + size;
    if (disabled || seen.has(base) || seen.size >= MOST_ALTERNATE_STACKS) continue;
    seen.add(base);
    // On the alternate stack in use, only what lies below the stack pointer is stale, and that was scanned already.
    if (current) continue;
    for (const frame of scan(context, base, base + size)) {
      if (!walked.has(frame.address)) stale.push(frame);
    }
  }
  return stale;
}

const SS_DISABLE = 2;

/**
 * Looks through writable memory for the signal frame that holds these registers: its rsp and rip stand next to each other.
 *
 * @returns `undefined` when there is none within the first megabytes that are searched
 */
export function searchSignalFrame(context: UnwindContext, stackPointer: bigint, pc: bigint): SignalFrame | undefined {
  const { architecture, core, memory } = context;
  let budget = SEARCHED;
  for (const segment of core.segments()) {
    if (!segment.writable || segment.executable || segment.filesz === 0n) continue;
    if (budget <= 0) return undefined;
    const size = Math.min(budget, Number(segment.filesz));
    budget -= size;
    for (let start = 0; start < size; start += SEARCH_STEP) {
      // Steps overlap by a word, so that a pair across a border is seen.
      const { bytes } = memory.read(
        runtimeAddress(segment.vaddr + BigInt(start)),
        Math.min(SEARCH_STEP + 8, size - start),
      );
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      for (let i = 0; i + 16 <= bytes.length; i += 8) {
        if (view.getBigUint64(i, true) !== stackPointer || view.getBigUint64(i + 8, true) !== pc) continue;
        const address = runtimeAddress(segment.vaddr + BigInt(start + i) - SAVED_STACK_POINTER);
        const frame = architecture.signalFrameAt(memory, address);
        if (frame !== undefined) return frame;
      }
    }
  }
  return undefined;
}

/** Bytes of memory looked through for one frame; alternate stacks are small and lie in heap, data or mappings of their own. */
const SEARCHED = 8 << 20;
const SEARCH_STEP = 64 << 10;
/** Offset of the interrupted rsp in a signal frame (arch/x86_64/signalFrame.ts). */
const SAVED_STACK_POINTER = 168n;

function maximum(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

function minimum(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

/** Whether an address lies in the fixed part of a frame. */
export function fieldAt(frame: SignalFrame, address: RuntimeAddress): string | undefined {
  if (address < frame.address || address >= frame.end) return undefined;
  return frame.fields.get(Number(address - frame.address)) ?? '';
}
