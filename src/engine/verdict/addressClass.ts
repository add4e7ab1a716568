import type { AddressClass } from './kinds.js';
import type { RuleContext } from './ruleContext.js';

/** Below it nothing is ever mapped by default (vm.mmap_min_addr), and field offsets of null pointers land there. */
const NEAR_NULL = 64n * 1024n;
/** Distance from a stack within which a fault is a stack's overflow: the kernel's guard gap is 1 MiB. */
const GUARD = 1n << 20n;

/** What a faulting address is; `undefined` when it is ordinary mapped memory that permits the access. */
export function classifyAddress(rule: RuleContext, address: bigint): AddressClass | undefined {
  if (address === 0n) return 'null';
  if (address < NEAR_NULL) return 'near-null';
  if (!rule.unwind.architecture.isCanonical(address)) return 'noncanonical';
  if (!rule.unwind.architecture.isUser(address)) return 'kernel';
  const place = rule.space().find(address);
  if (place !== undefined) return place.readable || place.writable || place.executable ? 'protected' : 'guard';
  const { above } = rule.space().neighbours(address);
  if (above?.role === 'stack' && above.start - address <= GUARD) return 'guard';
  return 'unmapped';
}

/** In words, for sentences. */
export function addressText(kind: AddressClass | undefined, address: bigint): string {
  const hex = `0x${address.toString(16)}`;
  switch (kind) {
    case 'null':
      return 'the null address';
    case 'near-null':
      return `${hex}, a small offset from null`;
    case 'noncanonical':
      return `${hex}, which is no address at all (not canonical)`;
    case 'kernel':
      return `${hex}, an address of the kernel`;
    case 'guard':
      return `${hex}, in a guard area`;
    case 'protected':
      return `${hex}, which is mapped without that permission`;
    case 'misaligned':
      return `${hex}, which is misaligned`;
    case 'unmapped':
      return `${hex}, where nothing is mapped`;
    case undefined:
      return hex;
  }
}
