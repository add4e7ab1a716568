import type { LinkAddress } from '../../base/addresses.js';

/**
 * How to find the caller's registers from one range of instructions: one row of the table that call-frame information encodes
 * (DWARF 5 §6.4.1), in no toolchain's notation. All addresses are link addresses of the file the table comes from.
 */
export interface CfiRow {
  /** First address for which the row holds. */
  readonly start: LinkAddress;
  /** First address for which it no longer holds. */
  readonly end: LinkAddress;
  readonly functionStart: LinkAddress;
  readonly functionEnd: LinkAddress;
  readonly cfa: CfaRule;
  /**
   * By DWARF register number. A register without an entry has no rule here: the architecture's calling convention decides
   * (usually: preserved if the callee has to preserve it, otherwise lost).
   */
  readonly rules: ReadonlyMap<number, RegisterRule>;
  /** DWARF register number whose rule gives the return address. */
  readonly returnAddressRegister: number;
  /** Augmentation `S`: the caller's pc is the interrupted instruction itself, not the one after a call. */
  readonly signalFrame: boolean;
  /** Language-specific data area of the function: the landing pads. `undefined` when there is none or it cannot be located. */
  readonly lsda?: LinkAddress;
  /** The personality routine, when its address is known without reading the process. */
  readonly personality?: LinkAddress;
  /** The cell that holds the personality routine's address at run time, when it is given indirectly. */
  readonly personalitySlot?: LinkAddress;
  readonly section: CfiSectionName;
}

export type CfiSectionName = '.eh_frame' | '.debug_frame';

/** Canonical frame address: the value of %rsp in the caller before the call, on x86-64. */
export type CfaRule =
  | { readonly kind: 'registerOffset'; readonly register: number; readonly offset: bigint }
  | { readonly kind: 'expression'; readonly expression: Uint8Array };

/**
 * - `undefined`: the caller's value is lost; for the return address register it means the outermost frame
 * - `sameValue`: not touched
 * - `offset`: saved in memory at CFA + offset
 * - `valOffset`: is CFA + offset
 * - `register`: is in another register
 * - `expression`: saved in memory where the expression says; it starts with the CFA on its stack
 * - `valExpression`: is what the expression gives
 */
export type RegisterRule =
  | { readonly kind: 'undefined' }
  | { readonly kind: 'sameValue' }
  | { readonly kind: 'offset'; readonly offset: bigint }
  | { readonly kind: 'valOffset'; readonly offset: bigint }
  | { readonly kind: 'register'; readonly register: number }
  | { readonly kind: 'expression'; readonly expression: Uint8Array }
  | { readonly kind: 'valExpression'; readonly expression: Uint8Array };
