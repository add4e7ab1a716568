import type { CallSite } from '../arch/architecture.js';
import { linkAddress, runtimeAddress } from '../base/addresses.js';
import { toLink } from '../modules/moduleMap.js';
import { functionCalled, mayJumpTo } from './callReading.js';
import { functionExtent } from './functionCode.js';
import { checkReturnAddress, isCode } from '../unwind/unwindContext.js';
import { type RuleContext, wordAt } from './ruleContext.js';

/** The start of the function that the call before a return address leads to: by its target, by a pointer in its place, or as `main`. */
export function calledAt(rule: RuleContext, site: CallSite, returnAddress: bigint): bigint | undefined {
  if (site.target !== undefined) return functionCalled(rule, site.target);
  const pointed = pointedAt(rule, site);
  if (pointed !== undefined) return functionCalled(rule, pointed);
  return isCallOfMain(rule, returnAddress) ? mainOf(rule) : undefined;
}

/** Whether the call before a return address can have led to the function that starts at an address, as far as its target is known. */
export function mayHaveCalled(rule: RuleContext, returnAddress: bigint, start: bigint): boolean {
  const check = checkReturnAddress(rule.unwind, returnAddress);
  const target = check.kind === 'call' ? calledAt(rule, check.site, returnAddress) : undefined;
  // A call of another function by this one leads back to it only where that one says so: tables of jumps within it are pointers as well.
  const isOwnCall = returnAddress > start && returnAddress <= start + BigInt(functionExtent(rule, start));
  return target === undefined || target === start || mayJumpTo(rule, target, start, !isOwnCall);
}

/** A pointer at a fixed place, in the module's data or the thread's block, still holds what was called: so a thread's start function. */
function pointedAt(rule: RuleContext, { operand, address }: CallSite): bigint | undefined {
  if (operand?.kind !== 'memory' || operand.base !== undefined || operand.index !== undefined) return undefined;
  const prefix = rule.unwind.memory.read(runtimeAddress(address - 1n), 2).bytes;
  const base = prefix.includes(FS) ? rule.crash.registers.get('fs_base') : 0n;
  const place = operand.address ?? (base === undefined ? undefined : base + operand.displacement);
  const pointer = place === undefined ? undefined : wordAt(rule, place);
  return pointer !== undefined && isCode(rule.unwind, pointer) ? pointer : undefined;
}

/** The prefix that adds the thread's block to an address (Intel SDM 2A 2.1.1). */
const FS = 0x64;

/** glibc calls main from __libc_start_main, since 2.34 from a local function right before it (sysdeps/nptl/libc_start_call_main.h). */
function isCallOfMain(rule: RuleContext, returnAddress: bigint): boolean {
  const module = rule.unwind.modules.find(runtimeAddress(returnAddress));
  const link = module === undefined ? undefined : toLink(module, returnAddress);
  const { symbols } = module?.image ?? {};
  if (link === undefined || symbols === undefined) return false;
  return NEAR.some((distance) => /^__libc_start_main(_impl)?$/.test(symbols.find(link + distance, true)?.name ?? ''));
}

/** Where the symbol is looked for, in bytes behind the return address: the local function before it ends soon. */
const NEAR = [0n, 0x40n, 0x80n, 0xc0n];

/** What the entry code of the program passes on as main: `lea main(%rip), %rdi` or `mov $main, %rdi` (glibc, sysdeps/x86_64/start.S). */
function mainOf(rule: RuleContext): bigint | undefined {
  const [program] = rule.unwind.modules.modules;
  const entry = program?.image?.entryAddress;
  if (program?.bias === undefined || entry === undefined || entry === 0n) return undefined;
  const start = BigInt.asUintN(64, linkAddress(entry) + program.bias);
  const { bytes } = rule.unwind.memory.read(runtimeAddress(start), ENTRY_CODE);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let i = 0; i + 7 <= bytes.length; i++) {
    const opcode = view.getUint16(i + 1);
    if (bytes[i] !== 0x48 || (opcode !== 0x8d3d && opcode !== 0xc7c7)) continue;
    const operand = BigInt(view.getInt32(i + 3, true));
    return opcode === 0xc7c7 ? operand : BigInt.asUintN(64, start + BigInt(i + 7) + operand);
  }
  return undefined;
}

const ENTRY_CODE = 48;
