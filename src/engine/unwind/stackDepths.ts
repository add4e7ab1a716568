import type { Architecture } from '../arch/architecture.js';
import type { Disassembler, Instruction } from '../arch/disassembler.js';
import type { StackEffect } from '../arch/stackEffect.js';
import { runtimeAddress } from '../base/addresses.js';
import type { MemoryView } from '../base/memoryView.js';
import { FactKey } from '../modules/imageFacts.js';
import { type ModuleMap, toLink } from '../modules/moduleMap.js';

/** What a function has done to the stack when it gets to an instruction, read from its code. */
export interface StackDepth {
  /** Bytes between the stack pointer and the return address; `undefined` when the code does not tell. */
  readonly depth: bigint | undefined;
  /** The frame pointer is the function's own there: it was set from the stack pointer. */
  readonly hasFramePointer: boolean;
  /** Registers of the caller that were pushed: how far below the return address each lies, in bytes. */
  readonly saved: ReadonlyMap<string, bigint>;
}

/**
 * Reads functions for what they do to the stack; what was read is kept, since threads stand in the same places, and where the code is the
 * file's own, for all cores of a run.
 */
export class StackDepths {
  readonly #known = new Map<string, StackDepth | undefined>();
  /** Some code was not fetched yet, or not looked at: what was not found may be found later. */
  #incomplete = false;
  #budget = MOST_IN_ALL;

  constructor(
    private readonly architecture: Architecture,
    private readonly memory: MemoryView,
    private readonly disassembler: Disassembler,
    private readonly modules?: ModuleMap,
  ) {}

  /**
   * Follows a function from its first instruction along all direct jumps to `pc`, without running it: what is pushed, subtracted and
   * popped on the way. Compilers keep the depth of an instruction the same on all ways to it, so the first one found tells.
   *
   * @returns `undefined` when code is missing, or no way leads to `pc` within the instructions that are looked at
   */
  at(start: bigint, pc: bigint): StackDepth | undefined {
    const key = `${start} ${pc}`;
    if (this.#known.has(key)) return this.#known.get(key);
    const shared = this.#sharedBy(start, pc);
    const offset = pc - start;
    const found = shared?.has(offset) === true ? shared.get(offset) : this.#follow(start, pc);
    if (this.#incomplete) return found;
    if (shared !== undefined && shared.size < MOST_OF_FUNCTION) shared.set(offset, found);
    if (this.#known.size < MOST_KNOWN) this.#known.set(key, found);
    return found;
  }

  /** What other cores found in the same function of the same file, by offset. Dumped code may be changed code, which is this core's alone. */
  #sharedBy(start: bigint, pc: bigint): Map<bigint, StackDepth | undefined> | undefined {
    this.#incomplete = false;
    const module = this.modules?.find(start);
    const link = module === undefined ? undefined : toLink(module, start);
    if (module?.image === undefined || link === undefined || this.modules?.find(pc) !== module) return undefined;
    const own = (address: bigint): boolean => this.memory.read(runtimeAddress(address), 1).provenance !== 'core';
    return own(start) && own(pc) ? module.image.facts.at(DEPTHS, link, () => new Map()) : undefined;
  }

  #follow(start: bigint, pc: bigint): StackDepth | undefined {
    this.#incomplete = false;
    const { stackEffect } = this.architecture;
    if (stackEffect === undefined || pc < start || pc - start > LONGEST) return undefined;
    const seen = new Set<bigint>();
    const ways: Way[] = [{ address: start, state: AT_ENTRY }];
    const behindCalls: Way[] = [];
    let instructions = 0;
    let found: State | undefined;
    for (let next = 0; found === undefined;) {
      // Some calls do not return, and what stands behind them is another part of the function: what jumps lead to comes first.
      const way = ways.pop() ?? behindCalls[next++];
      if (way === undefined) break;
      let { address, state } = way;
      while (!seen.has(address)) {
        if (address === pc) {
          found = state;
          break;
        }
        seen.add(address);
        const instruction = this.#decode(address);
        if (--this.#budget < 0) this.#incomplete = true;
        if (instruction === undefined || ++instructions > MOST_INSTRUCTIONS || this.#budget < 0) break;
        state = after(state, stackEffect(instruction), this.architecture.framePointer);
        address += BigInt(instruction.length);
        const { target, flow } = instruction;
        const inside = target !== undefined && target >= start && target - start <= LONGEST;
        if (inside && (flow === 'jump' || flow === 'conditional')) ways.push({ address: target, state });
        if (flow === 'call' || flow === 'indirectCall') behindCalls.push({ address, state });
        if (ENDS.has(flow)) break;
      }
    }
    return found && { depth: found.depth, hasFramePointer: found.framePointer !== undefined, saved: found.saved };
  }

  #decode(address: bigint): Instruction | undefined {
    const { bytes, rest } = this.memory.read(runtimeAddress(address), LONGEST_INSTRUCTION);
    if (rest === 'notFetched') this.#incomplete = true;
    return bytes.length === 0 ? undefined : this.disassembler.decode(bytes, runtimeAddress(address));
  }
}

/** Bytes from a function's start within which its code is looked for, and how much of it is looked at. */
const LONGEST = 64n * 1024n;
const MOST_INSTRUCTIONS = 4000;
const LONGEST_INSTRUCTION = 15;
const MOST_KNOWN = 20_000;
/** Places of one function that are kept for other cores. */
const MOST_OF_FUNCTION = 64;
/** Instructions of one core that are looked at: stacks made to do harm lead to other code in every frame. */
const MOST_IN_ALL = 50_000;

const DEPTHS = new FactKey<Map<bigint, StackDepth | undefined>>('stack depths');

/** What follows these is reached in another way. */
const ENDS: ReadonlySet<Instruction['flow']> = new Set([
  'jump',
  'indirectJump',
  'return',
  'trap',
  'call',
  'indirectCall',
]);

interface State {
  readonly depth: bigint | undefined;
  /** Bytes between where the frame pointer points and the return address. */
  readonly framePointer: bigint | undefined;
  readonly saved: ReadonlyMap<string, bigint>;
}

/** Where to go on, and what holds there. */
interface Way {
  readonly address: bigint;
  readonly state: State;
}

const AT_ENTRY: State = { depth: 0n, framePointer: undefined, saved: new Map() };

function after(state: State, effect: StackEffect, frameRegister: string): State {
  const { depth, framePointer, saved } = state;
  switch (effect.kind) {
    case 'none':
      return state;
    case 'move':
      return moved(state, effect, frameRegister);
    case 'fromFramePointer':
      return { ...state, depth: framePointer === undefined ? undefined : framePointer - effect.offset };
    case 'leave':
      return framePointer === undefined
        ? { ...state, depth: undefined }
        : { depth: framePointer - 8n, framePointer: undefined, saved: within(saved, framePointer - 8n) };
    case 'setsFramePointer':
      return { ...state, framePointer: depth === undefined ? undefined : depth - effect.offset };
    case 'losesFramePointer':
      return { ...state, framePointer: undefined };
    case 'losesStackPointer':
      return { ...state, depth: undefined };
  }
}

function moved(state: State, effect: Extract<StackEffect, { kind: 'move' }>, frameRegister: string): State {
  const framePointer = effect.restores === frameRegister ? undefined : state.framePointer;
  if (state.depth === undefined) return { ...state, framePointer };
  const depth = state.depth - effect.by;
  // It took its return address off the stack.
  if (depth < 0n) return { ...state, depth: undefined, framePointer };
  const saved = new Map(within(state.saved, depth));
  // The first push of a register holds the caller's value; later ones are arguments or spills.
  if (effect.saves !== undefined && !saved.has(effect.saves)) saved.set(effect.saves, depth);
  return { depth, framePointer, saved };
}

/** What still lies on the stack when it ends at `depth`. */
function within(saved: ReadonlyMap<string, bigint>, depth: bigint): ReadonlyMap<string, bigint> {
  return new Map([...saved].filter(([, place]) => place <= depth));
}
