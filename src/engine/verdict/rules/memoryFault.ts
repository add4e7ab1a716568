import type { Instruction } from '../../arch/disassembler.js';
import { runtimeAddress } from '../../base/addresses.js';
import { SIGBUS, SIGSEGV } from '../../core/signals.js';
import { addressText, classifyAddress } from '../addressClass.js';
import { type Access, accessesOf } from '../effectiveAddress.js';
import { type Evidence, instruction, register, slot } from '../evidence.js';
import type { Finding } from '../finding.js';
import type { Kind } from '../kinds.js';
import { pointerPattern } from '../pointerPattern.js';
import { decodeAt, nameOf, type RuleContext, slotName } from '../ruleContext.js';
import { isWhereItCalled, keepsFramePointers } from '../stackInPlace.js';
import { stackOverflow } from './stackOverflow.js';
import { stackPointerWild } from './stackPointerWild.js';

const RULE = 'memory-fault';
const SI_KERNEL = 0x80;
const SEGV_ACCERR = 2;
const SEGV_CPERR = 10;
const BUS_ADRALN = 1;

/** A data access of the instruction at rip was refused: which address, and what that makes it. */
export function memoryFault(rule: RuleContext): Finding | undefined {
  const { signal } = rule.crash;
  if (signal?.number !== SIGSEGV && signal?.number !== SIGBUS) return undefined;
  if (signal.number === SIGSEGV && signal.code === SEGV_CPERR) return controlProtection(rule);
  const decoded = decodeAt(rule, rule.pc);
  if (decoded !== undefined && signal.code === SI_KERNEL && isForbidden(decoded)) return privileged(rule, decoded);
  const accesses = decoded === undefined ? [] : accessesOf(decoded, rule.crash.registers);
  const stack = stackOverflow(rule, decoded, accesses) ?? stackPointerWild(rule, decoded);
  if (stack !== undefined) return stack;
  if (signal.code === SI_KERNEL) return generalProtection(rule, decoded, accesses);
  if (signal.faultAddress === undefined) return withoutAddress(rule, decoded, accesses);
  if (signal.number === SIGBUS) {
    return signal.code === BUS_ADRALN
      ? misaligned(rule, decoded, accesses[0], signal.faultAddress)
      : busError(rule, decoded, signal.faultAddress);
  }
  if (signal.code === undefined && isPermitted(rule, accesses, signal.faultAddress))
    return busError(rule, decoded, signal.faultAddress);
  return pageFault(rule, decoded, accesses, signal.faultAddress);
}

/** The mapping, a file's, allows the access: then the page fault, whose signal is not known here, was one for a page the file lacks. */
function isPermitted(rule: RuleContext, accesses: readonly Access[], fault: bigint): boolean {
  const place = rule.space().find(fault);
  const hit = accesses.find(({ address, size }) => fault >= address && fault < address + BigInt(Math.max(1, size)));
  if (place?.path === undefined || hit === undefined) return false;
  return hit.access === 'read' ? place.readable : place.writable;
}

function pageFault(
  rule: RuleContext,
  decoded: Instruction | undefined,
  accesses: readonly Access[],
  fault: bigint,
  isReported = true,
): Finding {
  // si_addr is where the first refused byte is: inside the operand's range, or its next page.
  const hit = accesses.find(
    (access) => fault >= access.address && fault < access.address + BigInt(Math.max(1, access.size)),
  );
  const write = directionOf(rule, hit, decoded);
  const isOffset = hit !== undefined && isOffsetOfNull(rule, hit);
  const address = isOffset && fault !== 0n ? 'near-null' : classifyAddress(rule, fault);
  const nullish = address === 'null' || address === 'near-null';
  // Without the instruction and the error code nobody knows which way the access went.
  const wild: Kind = write === 'write' ? 'wild-write' : write === 'read' ? 'wild-read' : 'unknown';
  const kind: Kind = nullish ? 'null-dereference' : wild;
  const evidence: Evidence[] = [
    {
      rule: RULE,
      text: isReported
        ? `the kernel reports a refused access to ${addressText(address, fault)}`
        : `by the instruction and the registers the access went to ${addressText(address, fault)}; the kernel's report does not say`,
      weight: isReported ? 0.6 : 0.3,
      refs: [],
    },
  ];
  const missing: string[] = [];
  if (decoded !== undefined && hit !== undefined) {
    const base = hit.operand.base ?? hit.operand.index;
    evidence.push({
      rule: RULE,
      text: `${decoded.text} at ${nameOf(rule, rule.pc)} ${write === 'write' ? 'writes' : 'reads'} ${operandText(hit)} = 0x${hit.address.toString(16)}${isReported ? ', the reported address' : ''}`,
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
  const isInPlace = decoded === undefined && isWhereItCalled(rule, fault);
  if (isInPlace) evidence.push(inPlace(rule));
  else if (decoded === undefined) missing.push(MOVED);
  evidence.push(...patternEvidence(rule, hit));
  const verb = write === 'write' ? 'wrote to' : write === 'read' ? 'read from' : 'touched';
  const through = hit === undefined ? '' : registerSource(rule, hit, nullish);
  return {
    label: 'other',
    kind,
    confidence: hit !== undefined ? 0.97 : write === undefined && !nullish ? 0.7 : surenessOf(rule, decoded, isInPlace),
    ...(address === undefined ? {} : { address }),
    account: `${nameOf(rule, rule.pc)} ${verb} ${addressText(address, fault)}${through}.`,
    evidence,
    missing,
  };
}

/** Where the kernel names the address and the direction the instruction adds no more than which pointer it was, and from where it was read. */
function surenessOf(rule: RuleContext, decoded: Instruction | undefined, isInPlace: boolean): number {
  if (decoded !== undefined) return 0.88;
  if (!isInPlace) return 0.85;
  return keepsFramePointers(rule) ? 0.93 : 0.88;
}

function inPlace(rule: RuleContext): Evidence {
  const below = runtimeAddress(rule.sp - 8n);
  return {
    rule: RULE,
    text: `${slotName(rule, below)} still holds the return address of a call made from near ${nameOf(rule, rule.pc)}: the stack pointer is where that call found it`,
    weight: 0.3,
    refs: [slot(below), register(rule.unwind.architecture.stackPointer)],
  };
}

const MOVED =
  'whether the stack pointer was in its place: a function whose stack pointer was moved reads other words than it meant to';

/**
 * The base register is null, and what was added to it a field's offset or an element's, however far: %rip-relative and absolute
 * operands have no base. An index that is not scaled may be the pointer itself.
 */
function isOffsetOfNull(rule: RuleContext, { operand, address }: Access): boolean {
  const { base, index, scale } = operand;
  if (base === undefined || rule.crash.registers.get(base) !== 0n) return false;
  const distance = BigInt.asIntN(64, address);
  return distance > -NEGATIVE && distance < (index === undefined || scale > 1 ? FAR : NEAR);
}

/** Members before a pointer, as of a header in front of it. */
const NEGATIVE = 4096n;
const FAR = 1n << 31n;
const NEAR = 1n << 20n;

/** The signal was raised again and its address is lost with its frame: the instruction tells which access was refused. */
function withoutAddress(rule: RuleContext, decoded: Instruction | undefined, accesses: readonly Access[]): Finding {
  const refusedAccess = accesses.find((access) => {
    const place = rule.space().find(access.address);
    const refused = access.access === 'read' ? place?.readable !== true : place?.writable !== true;
    return refused && rule.unwind.architecture.isCanonical(access.address);
  });
  if (decoded === undefined || refusedAccess === undefined) return generalProtection(rule, decoded, accesses);
  const finding = pageFault(rule, decoded, accesses, refusedAccess.address, false);
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
  return isWriteOnly(rule) ? 'write' : undefined;
}

/** Where reading is permitted and nothing ran, only a write can have been refused: that needs no instruction. */
function isWriteOnly(rule: RuleContext): boolean {
  const { signal } = rule.crash;
  if (signal?.code !== SEGV_ACCERR || signal.faultAddress === undefined || signal.faultAddress === rule.pc)
    return false;
  const place = rule.space().find(signal.faultAddress);
  return place?.readable === true && !place.writable;
}

function registerSource(rule: RuleContext, hit: Access, nullish: boolean): string {
  const { base, index, scale, displacement } = hit.operand;
  const held = base === undefined ? undefined : rule.crash.registers.get(base);
  if (base === undefined || held === undefined || !nullish) return '';
  if (held !== 0n) return `: %${base} holds 0x${held.toString(16)}, a small number where a pointer should be`;
  if (index !== undefined) {
    const value = rule.crash.registers.get(index) ?? 0n;
    return `: %${base} is a null pointer, and %${index} counts ${BigInt.asIntN(64, value)} elements of ${scale} bytes from it`;
  }
  return displacement === 0n
    ? `: %${base} is a null pointer`
    : `: %${base} is a null pointer, and the field lies at offset ${BigInt.asIntN(64, displacement)}`;
}

/** What the pointer that was followed looks like, where it is no pointer at all. */
function patternEvidence(rule: RuleContext, access: Access | undefined): readonly Evidence[] {
  for (const name of [access?.operand.base, access?.operand.index]) {
    const value = name === undefined ? undefined : rule.crash.registers.get(name);
    const pattern = value === undefined || rule.space().find(value) !== undefined ? undefined : pointerPattern(value);
    if (name !== undefined && pattern !== undefined)
      return [{ rule: RULE, text: `%${name} ${pattern}`, weight: 0.4, refs: [register(name)] }];
  }
  return [];
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
        ...patternEvidence(rule, wild),
      ],
      missing: [],
    };
  }
  if (decoded !== undefined && decoded.requiredAlignment > 0) {
    const off = accesses.find((access) => access.address % BigInt(decoded.requiredAlignment) !== 0n);
    if (off !== undefined)
      return rule.space().find(off.address) === undefined
        ? misalignedAndWild(rule, decoded, accesses, off)
        : misaligned(rule, decoded, off, off.address);
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

/** Of a pointer that leads nowhere it is no matter that it is misaligned, too: only the kernel's report is another. */
function misalignedAndWild(
  rule: RuleContext,
  decoded: Instruction,
  accesses: readonly Access[],
  { address }: Access,
): Finding {
  const finding = pageFault(rule, decoded, accesses, address, false);
  return {
    ...finding,
    confidence: Math.min(finding.confidence, 0.93),
    evidence: [
      {
        rule: RULE,
        text: `${decoded.text} needs a multiple of ${decoded.requiredAlignment}: it was refused for its alignment before anybody looked what is there`,
        weight: 0.5,
        refs: [instruction(runtimeAddress(rule.pc))],
      },
      ...finding.evidence,
    ],
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
  const { framePointer } = rule.unwind.architecture;
  // Compilers align what they name by the frame pointer, as long as the stack was when the function was entered.
  const ofTheFrame = base === framePointer && (rule.crash.registers.get(framePointer) ?? 0n) % 16n !== 0n;
  return {
    label: 'other',
    kind: 'misaligned-access',
    confidence: decoded === undefined ? 0.7 : ofTheFrame ? 0.6 : 0.93,
    address: 'misaligned',
    account: `${nameOf(rule, rule.pc)} needs aligned data and was given 0x${address.toString(16)}; ${ofTheFrame ? `%${framePointer}, from which it is measured, is no multiple of 16: the stack may have been off when the function was entered` : '%rsp itself is in order'}.`,
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

function busError(rule: RuleContext, decoded: Instruction | undefined, fault: bigint): Finding {
  const address = classifyAddress(rule, fault);
  const path = rule.space().find(fault)?.path;
  return {
    label: 'other',
    kind: 'bus-error',
    confidence: decoded !== undefined || keepsFramePointers(rule) ? 0.93 : 0.88,
    ...(address === undefined ? {} : { address }),
    account: `${nameOf(rule, rule.pc)} touched 0x${fault.toString(16)}${path === undefined ? '' : ` in the mapping of ${path}`}, a page that has nothing behind it: the file is shorter than its mapping, or the memory is broken.`,
    evidence: [
      {
        rule: RULE,
        text:
          rule.crash.signal?.number === SIGBUS
            ? `SIGBUS with ${rule.crash.signal.codeName ?? 'an address'} at 0x${fault.toString(16)}`
            : `a page fault at 0x${fault.toString(16)}, where the mapping permits the access`,
        weight: 0.9,
        refs: [],
      },
    ],
    missing: [],
  };
}

/** Only for the kernel, or only where it permits them (Intel SDM 2: CR4.PCE, TSD, UMIP; cpuid by arch_prctl). */
function isForbidden(decoded: Instruction): boolean {
  return decoded.privileged || BY_PERMISSION.has(decoded.mnemonic);
}

const BY_PERMISSION: ReadonlySet<string> = new Set([
  'rdpmc',
  'rdtsc',
  'rdtscp',
  'cpuid',
  'sgdt',
  'sidt',
  'sldt',
  'smsw',
  'str',
]);

function privileged(rule: RuleContext, decoded: Instruction): Finding {
  return {
    label: 'other',
    kind: 'privileged-instruction',
    confidence: 0.95,
    account: `${nameOf(rule, rule.pc)} ran ${decoded.text}, which ${decoded.privileged ? 'only the kernel may' : 'the kernel does not permit to this process'}.`,
    evidence: [
      {
        rule: RULE,
        text: `${decoded.text} at %rip is ${decoded.privileged ? 'privileged' : 'refused where the kernel has not permitted it'}: a general protection fault`,
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
