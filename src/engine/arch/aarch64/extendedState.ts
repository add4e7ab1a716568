import { ByteCursor } from '../../base/byteCursor.js';
import type { ExtendedState, RegisterComponent } from '../extendedState.js';

const NT_PRFPREG = 2;
const NT_ARM_TLS = 0x401;
const NT_ARM_PAC_MASK = 0x406;
const NT_ARM_TAGGED_ADDR_CTRL = 0x409;

/**
 * Vector and floating-point registers (struct user_fpsimd_state: v0 to v31, FPSR, FPCR), the thread pointer, the masks of pointer
 * authentication and the control word of tagged addresses, from the notes of arch/arm64/kernel/ptrace.c.
 */
export function extendedState(notes: ReadonlyMap<number, Uint8Array>): ExtendedState | undefined {
  const simd = notes.get(NT_PRFPREG);
  const hasSimd = simd !== undefined && simd.length >= 520;
  const components = [
    hasSimd
      ? component('FPSIMD', simd.subarray(512), ['fpsr', 'fpcr'], 4)
      : { name: 'FPSIMD', state: 'not-saved' as const, text: 'the core has no NT_PRFPREG', registers: [] },
    ...[
      optional(notes.get(NT_ARM_TLS), 'TLS', ['tpidr', 'tpidr2']),
      optional(notes.get(NT_ARM_PAC_MASK), 'PAC', ['pac_data_mask', 'pac_insn_mask']),
      optional(notes.get(NT_ARM_TAGGED_ADDR_CTRL), 'MTE', ['tagged_addr_ctrl']),
    ].flatMap((each) => each ?? []),
  ];
  if (!hasSimd && components.length === 1) return undefined;
  return {
    vectors: hasSimd
      ? Array.from({ length: 32 }, (_, i) => ({
          name: `v${i}`,
          bytes: simd.subarray(16 * i, 16 * i + 16),
          initial: false,
        }))
      : [],
    components,
  };
}

function optional(
  desc: Uint8Array | undefined,
  name: string,
  registers: readonly string[],
): RegisterComponent | undefined {
  return desc === undefined || desc.length < 8 ? undefined : component(name, desc, registers, 8);
}

function component(name: string, desc: Uint8Array, names: readonly string[], size: 4 | 8): RegisterComponent {
  const cursor = new ByteCursor(desc);
  const registers = names
    .slice(0, Math.floor(desc.length / size))
    .map((register) => ({ name: register, value: size === 8 ? cursor.u64() : BigInt(cursor.u32()) }));
  return { name, state: 'saved', text: '', registers };
}
