import { runtimeAddress } from '../base/addresses.js';
import type { FactKey } from '../modules/imageFacts.js';
import { toLink } from '../modules/moduleMap.js';
import type { CodeContext } from './ruleContext.js';

/** A function looked through: at most so many bytes. */
const LONGEST_FUNCTION = 64 * 1024;

/** Bytes of the function that starts at an address: by call-frame information, else by symbol, else a small guess. */
export function functionExtent(rule: CodeContext, start: bigint): number {
  const module = rule.unwind.modules.find(start);
  const link = module === undefined ? undefined : toLink(module, start);
  if (module === undefined || link === undefined) return 256;
  const row = module.image?.cfi?.find(link);
  const size =
    row === undefined || row.functionStart !== link
      ? BigInt(module.image?.symbols.find(link, true)?.size ?? 256)
      : row.functionEnd - link;
  return size > BigInt(LONGEST_FUNCTION) ? LONGEST_FUNCTION : Number(size === 0n ? 256n : size);
}

/** Whether the instruction at an address is a near return, read from its bytes alone: `ret`, `ret imm16`, with rep or bnd. */
export function isReturnAt(rule: CodeContext, address: bigint): boolean | undefined {
  const { bytes } = rule.unwind.memory.read(runtimeAddress(address), 2);
  const [first, second] = bytes;
  if (first === undefined) return undefined;
  const opcode = first === 0xf2 || first === 0xf3 ? second : first;
  return opcode === 0xc3 || opcode === 0xc2;
}

/** What was worked out of a function's code, in addresses that become the process's own when the bias is added. */
export interface Worked<T> {
  readonly fact: T;
  readonly bias: bigint;
}

/**
 * Works something out of a function's code, once for all cores of a run where the code is the file's own. Dumped code may be changed code: a
 * breakpoint, a patched jump.
 *
 * @param workOut is given the code and the address at which it is to be taken to lie; what comes of it must depend on nothing else
 * @returns `undefined` when there is no code
 */
export function workedOut<T>(
  context: CodeContext,
  key: FactKey<T>,
  start: bigint,
  workOut: (code: Uint8Array, at: bigint) => T,
): Worked<T> | undefined {
  const { bytes, provenance } = context.unwind.memory.read(runtimeAddress(start), functionExtent(context, start));
  if (bytes.length === 0) return undefined;
  const module = context.unwind.modules.find(start);
  const link = module === undefined ? undefined : toLink(module, start);
  if (module?.image === undefined || link === undefined || provenance === 'core')
    return { fact: workOut(bytes, start), bias: 0n };
  return { fact: module.image.facts.at(key, link, () => workOut(bytes, link)), bias: start - link };
}
