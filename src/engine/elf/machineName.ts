/**
 * Names of e_machine values (gABI registry) as `arch` in the JSON contract. x86-64 code in a 32-bit class file is x32.
 */
export function machineName(machine: number, is64: boolean, littleEndian: boolean): string {
  if (machine === EM_X86_64) return is64 ? 'x86_64' : 'x32';
  if (machine === EM_MIPS || machine === EM_MIPS_RS3_LE)
    return `${is64 ? 'mips64' : 'mips'}${littleEndian ? 'el' : ''}`;
  if (machine === EM_PPC64) return littleEndian ? 'ppc64le' : 'ppc64';
  if (machine === EM_S390) return is64 ? 's390x' : 's390';
  if (machine === EM_RISCV) return is64 ? 'riscv64' : 'riscv32';
  return NAMES.get(machine) ?? `machine-${machine}`;
}

export const EM_X86_64 = 62;
const EM_MIPS = 8;
const EM_MIPS_RS3_LE = 10;
const EM_PPC64 = 21;
const EM_S390 = 22;
const EM_RISCV = 243;

const NAMES: ReadonlyMap<number, string> = new Map([
  [2, 'sparc'],
  [3, 'i386'],
  [4, 'm68k'],
  [15, 'parisc'],
  [18, 'sparc32plus'],
  [20, 'ppc'],
  [40, 'arm'],
  [42, 'sh'],
  [43, 'sparcv9'],
  [50, 'ia64'],
  [183, 'aarch64'],
  [247, 'bpf'],
  [252, 'csky'],
  [258, 'loongarch'],
  [0x9026, 'alpha'],
]);
