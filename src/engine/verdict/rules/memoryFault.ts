import type { Instruction } from '../../arch/disassembler.js';
import { runtimeAddress } from '../../base/addresses.js';
import { SIGBUS, SIGSEGV } from '../../core/signals.js';
import { addressText, classifyAddress } from '../addressClass.js';
import { type Access, accessesOf } from '../effectiveAddress.js';
import { type Evidence, instruction, register } from '../evidence.js';
import type { Place } from '../../values/addressSpace.js';
import type { Finding } from '../finding.js';
import type { Kind } from '../kinds.js';
import { decodeAt, nameOf, type RuleContext } from '../ruleContext.js';

const RULE = 'memory-fault';
const SI_KERNEL = 0x80;
const SEGV_CPERR = 10;
const BUS_ADRALN = 1;

/** A data access of the instruction at rip was refused: which address, and what that makes it. */
export function memoryFault(rule: RuleContext): Finding | undefined {
  const { signal } = rule.crash;
  if (signal?.number !== SIGSEGV && signal?.number !== SIGBUS) return undefined;
  if (signal.number === SIGSEGV && signal.code === SEGV_CPERR) return controlProtection(rule);
  const decoded = decodeAt(rule, rule.pc);
  if (decoded?.privileged === true && signal.code === SI_KERNEL) return privileged(rule, decoded);
  const stack = wildStackPointer(rule, decoded);
  if (stack !== undefined) return stack;
  const accesses = decoded === undefined ? [] : accessesOf(decoded, rule.crash.registers);
  if (signal.code === SI_KERNEL) return generalProtection(rule, decoded, accesses);
  if (signal.faultAddress === undefined) return withoutAddress(rule, decoded, accesses);
  if (signal.number === SIGBUS) {
    return signal.code === BUS_ADRALN
      ? misaligned(rule, decoded, accesses[0], signal.faultAddress)
      : busError(rule, signal.faultAddress);
  }
  const overflow = stackOverflow(rule, signal.faultAddress, decoded);
  return overflow ?? pageFault(rule, decoded, accesses, signal.faultAddress);
}

function pageFault(
  rule: RuleContext,
  decoded: Instruction | undefined,
  accesses: readonly Access[],
  fault: bigint,
): Finding {
  // si_addr is where the first refused byte is: inside the operand's range, or its next page.
  const hit = accesses.find(
    (access) => fault >= access.address && fault < access.address + BigInt(Math.max(1, access.size)),
  );
  const write = directionOf(rule, hit, decoded);
  const address = classifyAddress(rule, fault);
  const nullish = address === 'null' || address === 'near-null';
  // Without the instruction and the error code nobody knows which way the access went.
  const wild: Kind = write === 'write' ? 'wild-write' : write === 'read' ? 'wild-read' : 'unknown';
  const kind: Kind = nullish ? 'null-dereference' : wild;
  const evidence: Evidence[] = [
    {
      rule: RULE,
      text: `the kernel reports a refused access to ${addressText(address, fault)}`,
      weight: 0.6,
      refs: [],
    },
  ];
  const missing: string[] = [];
  if (decoded !== undefined && hit !== undefined) {
    const base = hit.operand.base ?? hit.operand.index;
    evidence.push({
      rule: RULE,
      text: `${decoded.text} at ${nameOf(rule, rule.pc)} ${write === 'write' ? 'writes' : 'reads'} ${operandText(hit)} = 0x${hit.address.toString(16)}, the reported address`,
      weight: 0.9,
      refs: [instruction(runtimeAddress(rule.pc)), ...(base === undefined ? [] : [register(base)])],
    });
  } else if (decoded !== undefined) {
    evidence.push({
      rule: RULE,
      text: `${decoded.text} has no operand at the reported address as the registers are now`,
      weight: -0.2,
      refs: [instruction(runtimeAddress(rule.pc))],
    });
  } else missing.push('the code at %rip is not known: the faulting instruction was not decoded');
  const verb = write === 'write' ? 'wrote to' : write === 'read' ? 'read from' : 'touched';
  const through = hit === undefined ? '' : registerSource(rule, hit, nullish);
  return {
    label: 'other',
    kind,
    confidence: hit !== undefined ? 0.97 : write === undefined && !nullish ? 0.7 : 0.88,
    ...(address === undefined ? {} : { address }),
    account: `${nameOf(rule, rule.pc)} ${verb} ${addressText(address, fault)}${through}.`,
    evidence,
    missing,
  };
}

/** The signal was raised again and its address is lost with its frame: the instruction tells which access was refused. */
function withoutAddress(rule: RuleContext, decoded: Instruction | undefined, accesses: readonly Access[]): Finding {
  const refusedAccess = accesses.find((access) => {
    const place = rule.space().find(access.address);
    const refused = access.access === 'read' ? place?.readable !== true : place?.writable !== true;
    return refused && rule.unwind.architecture.isCanonical(access.address);
  });
  if (decoded === undefined || refusedAccess === undefined) return generalProtection(rule, decoded, accesses);
  const finding = pageFault(rule, decoded, accesses, refusedAccess.address);
  return {
    ...finding,
    confidence: Math.min(finding.confidence, 0.85),
    missing: [
      ...finding.missing,
      'the fault address is lost: it was worked out from the instruction and the registers',
    ],
  };
}

/** Which way the access went: by the instruction, else by the page fault's error code (bit 1: write). */
function directionOf(
  rule: RuleContext,
  hit: Access | undefined,
  decoded: Instruction | undefined,
): 'read' | 'write' | undefined {
  const { trap } = rule.crash;
  if (trap?.number === 14) return (trap.errorCode & 2n) !== 0n ? 'write' : 'read';
  if (hit !== undefined) return hit.access === 'read' ? 'read' : 'write';
  const accesses = decoded?.memory ?? [];
  if (accesses.length > 0)
    return accesses.every((access) => access.access === 'read')
      ? 'read'
      : accesses.every((access) => access.access !== 'read')
        ? 'write'
        : undefined;
  return undefined;
}

function registerSource(rule: RuleContext, hit: Access, nullish: boolean): string {
  const { base, displacement } = hit.operand;
  if (base === undefined || !nullish || rule.crash.registers.get(base) !== 0n) return '';
  return displacement === 0n
    ? `: %${base} is a null pointer`
    : `: %${base} is a null pointer, and the field lies at offset ${displacement}`;
}

function operandText(access: Access): string {
  const { base, index, scale, displacement } = access.operand;
  const signed = BigInt.asIntN(64, displacement);
  const parts = [base === undefined ? undefined : `%${base}`, index === undefined ? undefined : `%${index}*${scale}`];
  const sum = parts.filter((part) => part !== undefined).join('+');
  if (sum === '') return `[0x${displacement.toString(16)}]`;
  return signed === 0n
    ? `[${sum}]`
    : `[${sum}${signed < 0n ? '-' : '+'}0x${(signed < 0n ? -signed : signed).toString(16)}]`;
}

/** #GP or #SS: the kernel gives no address. */
function generalProtection(rule: RuleContext, decoded: Instruction | undefined, accesses: readonly Access[]): Finding {
  const wild = accesses.find((access) => !rule.unwind.architecture.isCanonical(access.address));
  if (wild !== undefined && decoded !== undefined) {
    const write = wild.access !== 'read';
    return {
      label: 'other',
      kind: write ? 'wild-write' : 'wild-read',
      confidence: 0.95,
      address: 'noncanonical',
      account: `${nameOf(rule, rule.pc)} ${write ? 'wrote to' : 'read from'} ${addressText('noncanonical', wild.address)}: a pointer was overwritten or never was one.`,
      evidence: [
        {
          rule: RULE,
          text: `${decoded.text} computes ${operandText(wild)} = 0x${wild.address.toString(16)}, not canonical; the processor answers with a general protection fault without an address`,
          weight: 0.9,
          refs: [
            instruction(runtimeAddress(rule.pc)),
            ...(wild.operand.base === undefined ? [] : [register(wild.operand.base)]),
          ],
        },
      ],
      missing: [],
    };
  }
  if (decoded !== undefined && decoded.requiredAlignment > 0) {
    const off = accesses.find((access) => access.address % BigInt(decoded.requiredAlignment) !== 0n);
    if (off !== undefined) return misaligned(rule, decoded, off, off.address);
  }
  if (decoded?.flow === 'interrupt') return closedGate(rule, decoded);
  if (rule.pc >= VSYSCALL && rule.pc < VSYSCALL + 4096n) return vsyscall(rule);
  return {
    label: 'other',
    kind: 'unknown',
    confidence: 0.5,
    account: `A general protection fault at ${nameOf(rule, rule.pc)}, for which the kernel gives no address.`,
    evidence: [
      {
        rule: RULE,
        text: 'SI_KERNEL without an address: a non-canonical address, a privileged instruction or a misaligned SSE operand',
        weight: 0.3,
        refs: [register('rip')],
      },
    ],
    missing: decoded === undefined ? ['the code at %rip is not known: the faulting instruction was not decoded'] : [],
  };
}

/** Of the interrupt gates a program may use 3, 4 and 0x80 only (arch/x86/kernel/idt.c). */
function closedGate(rule: RuleContext, decoded: Instruction): Finding {
  return {
    label: 'other',
    kind: 'privileged-instruction',
    confidence: 0.93,
    account: `${nameOf(rule, rule.pc)} ran ${decoded.text}: an interrupt that programs may not raise.`,
    evidence: [
      {
        rule: RULE,
        text: `%rip is at ${decoded.text}, whose gate is closed to programs: a general protection fault`,
        weight: 0.9,
        refs: [instruction(runtimeAddress(rule.pc))],
      },
    ],
    missing: [],
  };
}

/** The page of old system-call entries, at the same address in every process (arch/x86/entry/vsyscall). */
const VSYSCALL = 0xffff_ffff_ff60_0000n;

function vsyscall(rule: RuleContext): Finding {
  return {
    label: 'other',
    kind: 'wild-jump',
    confidence: 0.85,
    address: 'kernel',
    account: `Control went to 0x${rule.pc.toString(16)} in the vsyscall page, where only the three entries can be called.`,
    evidence: [
      {
        rule: RULE,
        text: '%rip lies in the vsyscall page, at no entry that the kernel emulates',
        weight: 0.8,
        refs: [register('rip')],
      },
    ],
    missing: [],
  };
}

function misaligned(
  rule: RuleContext,
  decoded: Instruction | undefined,
  access: Access | undefined,
  address: bigint,
): Finding {
  const base = access?.operand.base;
  return {
    label: 'other',
    kind: 'misaligned-access',
    confidence: decoded === undefined ? 0.7 : 0.93,
    address: 'misaligned',
    account: `${nameOf(rule, rule.pc)} needs aligned data and was given 0x${address.toString(16)}; %rsp itself is in order.`,
    evidence: [
      {
        rule: RULE,
        text:
          decoded === undefined
            ? `the kernel reports a misaligned address`
            : `${decoded.text} needs a multiple of ${decoded.requiredAlignment || 8}; the address is 0x${address.toString(16)}`,
        weight: 0.9,
        refs: [instruction(runtimeAddress(rule.pc)), ...(base === undefined ? [] : [register(base)])],
      },
    ],
    missing: [],
  };
}

/** #SS comes as SIGBUS; an unmapped stack pointer as a page fault near it. Neither is an error of a file or of data. */
function wildStackPointer(rule: RuleContext, decoded: Instruction | undefined): Finding | undefined {
  const { signal, registers } = rule.crash;
  const { architecture } = rule.unwind;
  const { stackPointer, framePointer } = architecture;
  const isCanonical = (address: bigint): boolean => architecture.isCanonical(address);
  const isStackFault = signal?.number === SIGBUS && signal.code === SI_KERNEL;
  const wild = [stackPointer, framePointer].find((name) => {
    const value = registers.get(name);
    return (
      value !== undefined &&
      !isCanonical(value) &&
      (isStackFault || decoded?.memory.some((operand) => operand.base === name) === true)
    );
  });
  const spPlace = rule.space().find(rule.sp);
  const spNear = rule.space().neighbours(rule.sp).above;
  const lost =
    spPlace === undefined &&
    !(spNear?.role === 'stack' || (spNear !== undefined && spNear.start - rule.sp < 1n << 20n));
  if (
    wild === undefined &&
    !isStackFault &&
    !(lost && decoded?.memory.some((operand) => operand.base === stackPointer) === true)
  )
    return undefined;
  const name = wild ?? stackPointer;
  const value = registers.get(name) ?? 0n;
  return {
    label: 'other',
    kind: 'stack-pointer-wild',
    confidence: 0.93,
    address: isCanonical(value) ? 'unmapped' : 'noncanonical',
    account: `%${name} is ${addressText(isCanonical(value) ? 'unmapped' : 'noncanonical', value)}: the stack was lost before ${nameOf(rule, rule.pc)} used it.`,
    evidence: [
      {
        rule: RULE,
        text: isStackFault
          ? 'SIGBUS with SI_KERNEL is a stack fault of the processor (#SS), not an error of a mapped file'
          : `%${name} points to no mapping`,
        weight: 0.8,
        refs: [register(name)],
      },
    ],
    missing: [],
  };
}

/** The access was just below a stack, near %rsp. */
function stackOverflow(rule: RuleContext, fault: bigint, decoded: Instruction | undefined): Finding | undefined {
  const distance = fault - rule.sp;
  const near = distance > -(64n * 1024n) && distance < 16n * 1024n * 1024n;
  const place = rule.space().find(fault);
  const spPlace = rule.space().find(rule.sp);
  const { above } = rule.space().neighbours(place === undefined ? fault : place.end - 1n);
  const isGuard = place === undefined ? true : !place.readable && !place.writable;
  const stackAbove = spPlace !== undefined && (spPlace.readable || spPlace.writable) ? spPlace : above;
  if (!near || !isGuard || stackAbove === undefined || fault >= stackAbove.start) return undefined;
  // A fault far below the lowest page the stack has is a wild access, unless the stack pointer went there too.
  if (stackAbove.start - fault > 1n << 20n && rule.sp >= stackAbove.start) return undefined;
  if (rule.sp >= stackAbove.start + 64n * 1024n || !isStackOf(rule, stackAbove)) return undefined;
  const frames = rule.crash.walk.frames.length;
  const size = stackAbove.end - (rule.sp < stackAbove.start ? rule.sp : stackAbove.start);
  return {
    label: 'other',
    kind: 'stack-overflow',
    confidence: 0.95,
    address: 'guard',
    account: `The stack ran out at ${nameOf(rule, rule.pc)}: ${size / 1024n} KiB were in use${frames > 100 ? ', in a deep recursion' : ''}.`,
    evidence: [
      {
        rule: RULE,
        text: `the fault at 0x${fault.toString(16)} lies below the stack's lowest page 0x${stackAbove.start.toString(16)}, and %rsp is 0x${rule.sp.toString(16)}`,
        weight: 0.9,
        refs: [register('rsp')],
      },
      ...(decoded === undefined
        ? []
        : [
            {
              rule: RULE,
              text: `${decoded.text} uses the stack`,
              weight: decoded.memory.some((operand) => operand.base === 'rsp') ? 0.4 : 0.1,
              refs: [instruction(runtimeAddress(rule.pc))],
            },
          ]),
      { rule: RULE, text: `${frames} frames were walked without an end`, weight: frames > 100 ? 0.4 : 0, refs: [] },
    ],
    missing: [],
  };
}

/** Largest step below a stack by one frame that is still taken for its overflow: a huge local array. */
const LARGEST_STEP = 64n << 20n;
const AT_RANDOM = 25;

/**
 * Whether a mapping is the stack that the thread ran on: it holds what the kernel put on the main stack, the thread's control block,
 * or the frame pointer; and %rsp is not a world away from it.
 */
function isStackOf(rule: RuleContext, place: Place): boolean {
  if (place.start - rule.sp > LARGEST_STEP) return false;
  const { registers } = rule.crash;
  const marks = [
    rule.core.auxv.get(AT_RANDOM),
    registers.get('fs_base'),
    registers.get(rule.unwind.architecture.framePointer),
  ];
  return place.role === 'stack' || marks.some((mark) => mark !== undefined && mark >= place.start && mark < place.end);
}

function busError(rule: RuleContext, fault: bigint): Finding {
  const address = classifyAddress(rule, fault);
  const path = rule.space().find(fault)?.path;
  return {
    label: 'other',
    kind: 'bus-error',
    confidence: 0.93,
    ...(address === undefined ? {} : { address }),
    account: `${nameOf(rule, rule.pc)} touched 0x${fault.toString(16)}${path === undefined ? '' : ` in the mapping of ${path}`}, a page that has nothing behind it: the file is shorter than its mapping, or the memory is broken.`,
    evidence: [
      {
        rule: RULE,
        text: `SIGBUS with ${rule.crash.signal?.codeName ?? 'an address'} at 0x${fault.toString(16)}`,
        weight: 0.9,
        refs: [],
      },
    ],
    missing: [],
  };
}

function privileged(rule: RuleContext, decoded: Instruction): Finding {
  return {
    label: 'other',
    kind: 'privileged-instruction',
    confidence: 0.95,
    account: `${nameOf(rule, rule.pc)} ran ${decoded.text}, which only the kernel may.`,
    evidence: [
      {
        rule: RULE,
        text: `${decoded.text} at %rip is privileged`,
        weight: 0.9,
        refs: [instruction(runtimeAddress(rule.pc))],
      },
    ],
    missing: [],
  };
}

function controlProtection(rule: RuleContext): Finding {
  return {
    label: 'other',
    kind: 'control-protection',
    confidence: 0.9,
    account: `${nameOf(rule, rule.pc)} violated control-flow protection: a return that the shadow stack does not know, or a jump to no landing.`,
    evidence: [{ rule: RULE, text: 'SEGV_CPERR: a control protection fault', weight: 0.9, refs: [register('rip')] }],
    missing: [],
  };
}
