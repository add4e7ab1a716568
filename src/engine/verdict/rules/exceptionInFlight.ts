import { runtimeAddress } from '../../base/addresses.js';
import { readCString } from '../../base/memoryView.js';
import { fixedString, latin1 } from '../../base/text.js';
import { type Evidence, register } from '../evidence.js';
import type { Exception } from '../finding.js';
import { nameOf, type RuleContext, wordAt } from '../ruleContext.js';

const RULE = 'exception-in-flight';

/** `GNUCC++\0` and, for exceptions thrown again by reference, `GNUCC++\1` (libstdc++ unwind-cxx.h). */
const CLASS_PRIMARY = 0x474e5543432b2b00n;
const CLASS_DEPENDENT = 0x474e5543432b2b01n;
/** `CLNGC++\0` (libc++abi cxa_exception.h). */
const CLASS_LIBCXX = 0x434c4e47432b2b00n;

/** An exception that an unwinder was delivering when the process died. */
export interface InFlight {
  readonly exception: Exception;
  readonly evidence: Evidence;
  /** Control was on the way to a cleanup: the landing pad of the exception object, where it will be caught, comes later. */
  readonly cleanup: boolean;
  /** Address of the _Unwind_Exception. */
  readonly header: bigint;
}

/**
 * At a landing pad rax points at the `_Unwind_Exception` and rdx is the selector; after a failed transfer both are usually still in
 * the registers. Recognised by the class word, so chance is no concern.
 */
export function exceptionInFlight(rule: RuleContext): InFlight | undefined {
  const header = rule.crash.registers.get('rax');
  if (header === undefined || header === 0n || header % 16n !== 0n) return undefined;
  const described = describeException(rule, header);
  if (described === undefined) return undefined;
  // A selector of 0 means a cleanup on the way: the landing pad of the final catch is not where control was going.
  const isCleanup = rule.crash.registers.get('rdx') === 0n;
  const { landingPad: final, ...withoutPad } = described;
  const exception = isCleanup || final === undefined ? withoutPad : described;
  const what = exception.what === undefined ? '' : ` ("${exception.what}")`;
  const verb = isCleanup ? 'on the way to a cleanup, later to be caught at' : 'to be caught at';
  const pad = final === undefined ? '' : `, ${verb} ${nameOf(rule, final)}`;
  return {
    header,
    cleanup: isCleanup,
    exception,
    evidence: {
      rule: RULE,
      text: `%rax points at a C++ exception in delivery: ${exception.type}${what}${pad}`,
      weight: 0.7,
      refs: [register('rax'), register('rdx')],
    },
  };
}

/** Type, message and landing pad of the exception whose `_Unwind_Exception` is at `header`; `undefined` when there is none. */
export function describeException(rule: RuleContext, header: bigint): Exception | undefined {
  const kind = wordAt(rule, header);
  if (kind !== CLASS_PRIMARY && kind !== CLASS_DEPENDENT && kind !== CLASS_LIBCXX) return undefined;
  // struct __cxa_exception ends where the _Unwind_Exception starts: exceptionType is 0x50 before it in both libraries.
  const type = wordAt(rule, header - 0x50n);
  const catchTemp = wordAt(rule, header - 0x10n);
  const landingPad =
    catchTemp !== undefined && catchTemp !== 0n && rule.unwind.modules.find(catchTemp) !== undefined
      ? catchTemp
      : undefined;
  // A dependent exception holds the primary object's address first; a primary one is followed by its object.
  const object = kind === CLASS_DEPENDENT ? wordAt(rule, header - 0x58n) : header + 0x20n;
  const what = object === undefined ? undefined : messageOf(rule, object);
  return {
    type: (type === undefined ? undefined : typeName(rule, type)) ?? 'an exception whose type is not in the core',
    ...(what === undefined ? {} : { what }),
    ...(landingPad === undefined ? {} : { landingPad }),
  };
}

/** std::type_info: vtable pointer, then a pointer to the mangled name; a leading `*` says that names are compared by address. */
function typeName(rule: RuleContext, typeInfo: bigint): string | undefined {
  const name = wordAt(rule, typeInfo + 8n);
  const bytes = name === undefined ? undefined : readCString(rule.unwind.memory, runtimeAddress(name), 512);
  if (bytes !== undefined && bytes.length > 0) {
    const mangled = latin1(bytes).replace(/^\*/, '');
    const readable = rule.symbolizer.readableName(`_ZTS${mangled}`);
    return readable.startsWith('typeinfo name for ') ? readable.slice('typeinfo name for '.length) : fixedString(bytes);
  }
  const symbol = rule.symbolizer.symbolAt(runtimeAddress(typeInfo));
  return symbol?.offset === 0n && symbol.name.startsWith('typeinfo for ')
    ? symbol.name.slice('typeinfo for '.length)
    : undefined;
}

/** The standard exceptions with a message keep a pointer to its characters right behind the vtable pointer. */
function messageOf(rule: RuleContext, object: bigint): string | undefined {
  const vtable = wordAt(rule, object);
  const text = wordAt(rule, object + 8n);
  if (vtable === undefined || rule.unwind.modules.find(vtable) === undefined || text === undefined || text === 0n)
    return undefined;
  const bytes = readCString(rule.unwind.memory, runtimeAddress(text), 256);
  if (bytes === undefined || bytes.length === 0) return undefined;
  return bytes.every((byte) => byte >= 0x20 && byte !== 0x7f) ? fixedString(bytes) : undefined;
}
