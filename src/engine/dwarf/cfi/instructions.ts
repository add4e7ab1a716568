import { type ByteCursor, FormatError } from '../../base/byteCursor.js';
import type { CfaRule, RegisterRule } from './cfiRow.js';
import type { CommonEntry } from './commonEntry.js';
import { type PointerBases, readEncodedPointer } from './pointerEncoding.js';

/** The row being built. `shared`: `rules` is held elsewhere too, so it must be copied before it changes. */
export interface RowState {
  cfa: CfaRule | undefined;
  rules: Map<number, RegisterRule>;
  shared: boolean;
}

export interface InstructionRun {
  /** Stands at the first instruction and may read to the end of the entry. */
  readonly cursor: ByteCursor;
  readonly common: CommonEntry;
  readonly bases: PointerBases;
  /** The CIE's rules, for DW_CFA_restore. */
  readonly initialRules: ReadonlyMap<number, RegisterRule>;
  readonly state: RowState;
  /** So many rules were copied; may throw to stop. */
  copied(count: number): void;
  /** The location moves on by so many bytes. */
  advance(delta: number): void;
  setLocation(address: bigint): void;
}

/** More than any architecture numbers; keeps a hostile entry from filling memory with rules. */
const MOST_REGISTERS = 512;

const UNDEFINED: RegisterRule = { kind: 'undefined' };
const SAME_VALUE: RegisterRule = { kind: 'sameValue' };

/**
 * Runs call-frame instructions to the end of the entry (DWARF 5 §6.4.2 and §7.24, with the GNU and AArch64 extensions).
 * @throws FormatError at an instruction that does not exist or is cut off; what ran before it has taken effect
 */
export function runInstructions(run: InstructionRun): void {
  const { cursor, common, state } = run;
  const remembered: { cfa: CfaRule | undefined; rules: Map<number, RegisterRule> }[] = [];
  const register = (): number => cursor.ulebNumber();
  const factored = (value: bigint): bigint => BigInt.asIntN(64, value * common.dataAlignment);
  const block = (): Uint8Array => cursor.take(cursor.ulebNumber());

  const writable = (): Map<number, RegisterRule> => {
    if (state.shared) {
      run.copied(state.rules.size + 1);
      state.rules = new Map(state.rules);
      state.shared = false;
    }
    return state.rules;
  };
  const set = (number: number, rule: RegisterRule): void => {
    const rules = writable();
    if (rules.size >= MOST_REGISTERS && !rules.has(number)) {
      throw new FormatError('too-many-registers', 'call-frame entry with too many registers');
    }
    rules.set(number, rule);
  };
  const restore = (number: number): void => {
    const rule = run.initialRules.get(number);
    if (rule === undefined) writable().delete(number);
    else set(number, rule);
  };
  const defineCfa = (number: number, offset: bigint): void => {
    state.cfa = { kind: 'registerOffset', register: number, offset };
  };
  const currentCfa = () => {
    if (state.cfa?.kind !== 'registerOffset') throw new FormatError('bad-cfa', 'CFA changed before it was defined');
    return state.cfa;
  };

  while (!cursor.atEnd) {
    const opcode = cursor.u8();
    const operand = opcode & 0x3f;
    switch (opcode & 0xc0) {
      case 0x40: // advance_loc
        run.advance(operand * common.codeAlignment);
        continue;
      case 0x80: // offset
        set(operand, { kind: 'offset', offset: factored(cursor.uleb()) });
        continue;
      case 0xc0: // restore
        restore(operand);
        continue;
    }
    switch (opcode) {
      case 0x00: // nop
        break;
      case 0x01: {
        // set_loc
        const pointer = readEncodedPointer(cursor, common.pointerEncoding, run.bases);
        if (pointer === undefined || pointer.indirect)
          throw new FormatError('bad-location', 'call-frame location unknown');
        run.setLocation(pointer.address);
        break;
      }
      case 0x02: // advance_loc1
        run.advance(cursor.u8() * common.codeAlignment);
        break;
      case 0x03: // advance_loc2
        run.advance(cursor.u16() * common.codeAlignment);
        break;
      case 0x04: // advance_loc4
        run.advance(cursor.u32() * common.codeAlignment);
        break;
      case 0x1d: // MIPS_advance_loc8
        run.advance(Number(cursor.u64()) * common.codeAlignment);
        break;
      case 0x05: // offset_extended
        set(register(), { kind: 'offset', offset: factored(cursor.uleb()) });
        break;
      case 0x06: // restore_extended
        restore(register());
        break;
      case 0x07: // undefined
        set(register(), UNDEFINED);
        break;
      case 0x08: // same_value
        set(register(), SAME_VALUE);
        break;
      case 0x09: // register
        set(register(), { kind: 'register', register: register() });
        break;
      case 0x0a: // remember_state
        remembered.push({ cfa: state.cfa, rules: state.rules });
        state.shared = true;
        break;
      case 0x0b: {
        // restore_state: the CFA too, as every producer expects
        const saved = remembered.pop();
        if (saved === undefined) throw new FormatError('bad-restore', 'no call-frame state was remembered');
        state.cfa = saved.cfa;
        state.rules = saved.rules;
        state.shared = true;
        break;
      }
      case 0x0c: // def_cfa
        defineCfa(register(), cursor.uleb());
        break;
      case 0x0d: // def_cfa_register
        defineCfa(register(), currentCfa().offset);
        break;
      case 0x0e: // def_cfa_offset
        defineCfa(currentCfa().register, cursor.uleb());
        break;
      case 0x0f: // def_cfa_expression
        state.cfa = { kind: 'expression', expression: block() };
        break;
      case 0x10: // expression
        set(register(), { kind: 'expression', expression: block() });
        break;
      case 0x11: // offset_extended_sf
        set(register(), { kind: 'offset', offset: factored(cursor.sleb()) });
        break;
      case 0x12: // def_cfa_sf
        defineCfa(register(), factored(cursor.sleb()));
        break;
      case 0x13: // def_cfa_offset_sf
        defineCfa(currentCfa().register, factored(cursor.sleb()));
        break;
      case 0x14: // val_offset
        set(register(), { kind: 'valOffset', offset: factored(cursor.uleb()) });
        break;
      case 0x15: // val_offset_sf
        set(register(), { kind: 'valOffset', offset: factored(cursor.sleb()) });
        break;
      case 0x16: // val_expression
        set(register(), { kind: 'valExpression', expression: block() });
        break;
      case 0x2c: // AARCH64_negate_ra_state_with_pc
      case 0x2d: // AARCH64_negate_ra_state: how return addresses are signed, not where they are
        break;
      case 0x2e: // GNU_args_size: for landing pads only
        cursor.uleb();
        break;
      case 0x2f: // GNU_negative_offset_extended
        set(register(), { kind: 'offset', offset: -factored(cursor.uleb()) });
        break;
      default:
        throw new FormatError('bad-cfa-instruction', `call-frame instruction 0x${opcode.toString(16)} does not exist`);
    }
  }
}
