import type * as iced from 'iced-x86';
import { type RuntimeAddress, runtimeAddress } from '../engine/base/addresses.js';
import type { Disassembler, FlagEffect, Instruction, MemoryOperand } from '../engine/arch/disassembler.js';

/**
 * The x86-64 disassembler. Its WebAssembly (about 50 MB once running) is loaded at the first instruction asked for, never before.
 */
export function createIcedDisassembler(): Disassembler {
  let loaded: Loaded | undefined;
  return {
    decode(code, address) {
      loaded ??= load();
      return decodeOne(loaded, code, address);
    },
  };
}

/** The library, and what of it serves every instruction; it lives as long as the process does. */
interface Loaded {
  readonly lib: typeof iced;
  readonly names: ReadonlyMap<number, string>;
  /** By number, in lower case. */
  readonly mnemonics: Map<number, string>;
  readonly factory: iced.InstructionInfoFactory;
  readonly instruction: iced.Instruction;
  /** Made when the first text is asked for: it is the most expensive part to load, and few instructions are shown. */
  formatter: iced.Formatter | undefined;
}

function load(): Loaded {
  // Synchronous on purpose: the engine asks in the middle of a rule. A bundler keeps this lazy.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const lib = require('iced-x86') as typeof iced;
  return {
    lib,
    names: registerNames(lib),
    mnemonics: new Map(),
    factory: new lib.InstructionInfoFactory(),
    instruction: new lib.Instruction(),
    formatter: undefined,
  };
}

const LONGEST_INSTRUCTION = 15;

function mnemonicOf({ lib, mnemonics }: Loaded, mnemonic: iced.Mnemonic): string {
  const known = mnemonics.get(mnemonic);
  if (known !== undefined) return known;
  const text = lib.Mnemonic[mnemonic].toLowerCase();
  mnemonics.set(mnemonic, text);
  return text;
}

function textOf(loaded: Loaded, code: Uint8Array, address: bigint): string {
  const { lib, instruction } = loaded;
  const decoder = new lib.Decoder(64, code, lib.DecoderOptions.None);
  try {
    decoder.ip = address;
    decoder.decodeOut(instruction);
    loaded.formatter ??= formatterOf(lib);
    return loaded.formatter.format(instruction);
  } finally {
    decoder.free();
  }
}

/** Addresses as everywhere else: lower case, no leading zeros. */
function formatterOf(lib: typeof iced): iced.Formatter {
  const formatter = new lib.Formatter(lib.FormatterSyntax.Gas);
  formatter.uppercaseHex = false;
  formatter.branchLeadingZeros = false;
  return formatter;
}

/**
 * Looks at an instruction as little as it is asked for: rules go through whole functions for their jumps and returns, and what memory and
 * flags an instruction uses takes longer to find out than all the rest.
 */
function decodeOne(loaded: Loaded, code: Uint8Array, address: bigint): Instruction | undefined {
  const { lib, names, instruction } = loaded;
  if (!decodeInto(loaded, code, address) || instruction.isInvalid) return undefined;
  const flow = flowOf(lib, instruction);
  const direct = flow === 'call' || flow === 'jump' || flow === 'conditional';
  const register =
    (flow === 'indirectCall' || flow === 'indirectJump') && instruction.op0Kind === lib.OpKind.Register
      ? names.get(instruction.op0Register)
      : undefined;
  return new DecodedInstruction(
    loaded,
    code.slice(0, instruction.length),
    runtimeAddress(address),
    mnemonicOf(loaded, instruction.mnemonic),
    flow,
    direct ? runtimeAddress(instruction.nearBranchTarget) : undefined,
    register,
  );
}

/** Leaves the instruction at the start of the code in `loaded.instruction`. */
function decodeInto({ lib, instruction }: Loaded, code: Uint8Array, address: bigint): boolean {
  const decoder = new lib.Decoder(64, code.subarray(0, LONGEST_INSTRUCTION), lib.DecoderOptions.None);
  try {
    decoder.ip = address;
    decoder.decodeOut(instruction);
    return true;
  } finally {
    // Objects of the WebAssembly heap are not garbage-collected.
    decoder.free();
  }
}

class DecodedInstruction implements Instruction {
  #text: string | undefined;
  #effects: Effects | undefined;

  constructor(
    private readonly loaded: Loaded,
    private readonly code: Uint8Array,
    readonly address: RuntimeAddress,
    readonly mnemonic: string,
    readonly flow: Instruction['flow'],
    readonly target: RuntimeAddress | undefined,
    readonly throughRegister: string | undefined,
  ) {}

  get length(): number {
    return this.code.length;
  }

  get text(): string {
    return (this.#text ??= textOf(this.loaded, this.code, this.address));
  }

  get memory(): readonly MemoryOperand[] {
    return this.#found.memory;
  }

  get requiredAlignment(): number {
    return this.#found.requiredAlignment;
  }

  get privileged(): boolean {
    return this.#found.privileged;
  }

  get writes(): string | undefined {
    return this.#found.writes;
  }

  get flags(): FlagEffect | undefined {
    return this.#found.flags;
  }

  get #found(): Effects {
    return (this.#effects ??= effectsOf(this.loaded, this.code, this.address, this.mnemonic));
  }
}

type Effects = Pick<Instruction, 'memory' | 'requiredAlignment' | 'privileged' | 'writes' | 'flags'>;

function effectsOf(loaded: Loaded, code: Uint8Array, address: bigint, mnemonic: string): Effects {
  const { lib, names, factory, instruction } = loaded;
  decodeInto(loaded, code, address);
  const info = factory.info(instruction);
  try {
    const memory = (info.usedMemory() as iced.UsedMemory[]).map((used) => {
      const operand = operandOf(lib, used, names);
      used.free();
      return operand;
    });
    return {
      memory,
      requiredAlignment: alignmentOf(lib, instruction, mnemonic, memory),
      privileged: instruction.isPrivileged,
      ...flagsOf(lib, instruction, info.op0Access, names),
    };
  } finally {
    info.free();
  }
}

function flagsOf(
  lib: typeof iced,
  instruction: iced.Instruction,
  access: iced.OpAccess,
  names: ReadonlyMap<number, string>,
): { flags?: FlagEffect; writes?: string } {
  const { CF, OF, AF, ZF } = lib.RflagsBits;
  const writes = access === lib.OpAccess.Write || access === lib.OpAccess.ReadWrite;
  const isRegister = writes && instruction.op0Kind === lib.OpKind.Register;
  const register = isRegister ? names.get(lib.RegisterExt.fullRegister(instruction.op0Register)) : undefined;
  const written = register === undefined ? {} : { writes: register };
  if (instruction.rflagsModified === 0) return written;
  const logical = (instruction.rflagsCleared & (CF | OF)) === (CF | OF) && (instruction.rflagsUndefined & AF) !== 0;
  if (register === undefined || (instruction.rflagsWritten & ZF) === 0) return { ...written, flags: { logical } };
  return { ...written, flags: { logical, result: { register, size: lib.RegisterExt.size(instruction.op0Register) } } };
}

function flowOf(lib: typeof iced, instruction: iced.Instruction): Instruction['flow'] {
  switch (instruction.flowControl) {
    case lib.FlowControl.UnconditionalBranch:
      return 'jump';
    case lib.FlowControl.IndirectBranch:
      return 'indirectJump';
    case lib.FlowControl.ConditionalBranch:
    case lib.FlowControl.XbeginXabortXend:
      return 'conditional';
    case lib.FlowControl.Return:
      return 'return';
    case lib.FlowControl.Call:
      return 'call';
    case lib.FlowControl.IndirectCall:
      return 'indirectCall';
    case lib.FlowControl.Interrupt:
      return 'interrupt';
    case lib.FlowControl.Exception:
      return 'trap';
    default:
      return 'next';
  }
}

function operandOf(lib: typeof iced, used: iced.UsedMemory, names: ReadonlyMap<number, string>): MemoryOperand {
  const base = names.get(used.base);
  const index = names.get(used.index);
  const segment = used.segment === lib.Register.FS ? 'fs' : used.segment === lib.Register.GS ? 'gs' : undefined;
  return {
    ...(base === undefined ? {} : { base }),
    ...(index === undefined ? {} : { index }),
    ...(segment === undefined ? {} : { segment }),
    scale: used.scale,
    // Of pc-relative operands the library gives the address itself, without a base.
    displacement: used.displacement,
    size: lib.MemorySizeExt.size(used.memorySize),
    access: accessOf(lib, used.access),
  };
}

function accessOf(lib: typeof iced, access: iced.OpAccess): MemoryOperand['access'] {
  switch (access) {
    case lib.OpAccess.Read:
    case lib.OpAccess.CondRead:
      return 'read';
    case lib.OpAccess.Write:
    case lib.OpAccess.CondWrite:
      return 'write';
    case lib.OpAccess.ReadWrite:
    case lib.OpAccess.ReadCondWrite:
      return 'readWrite';
    default:
      return 'none';
  }
}

/** Legacy SSE instructions with a 16-byte memory operand fault on misaligned addresses, but for those made for it; so do the aligned VEX moves. */
function alignmentOf(
  lib: typeof iced,
  instruction: iced.Instruction,
  mnemonic: string,
  memory: readonly MemoryOperand[],
): number {
  const size = memory.reduce((largest, operand) => Math.max(largest, operand.size), 0);
  // Intel SDM 2: the whole areas of fxsave and xsave, which no operand size tells.
  if (/^fx(save|rstor)/.test(mnemonic)) return 16;
  if (/^xs?(save|rstor)/.test(mnemonic)) return 64;
  if (/^(vmovap[sd]|vmovdqa(32|64)?|vmovntp[sd]|vmovntdqa?)$/.test(mnemonic)) return size;
  if (instruction.encoding !== lib.EncodingKind.Legacy || size !== 16) return 0;
  if (/^(movup[sd]|movdqu|lddqu|cmpxchg16b|pcmp[ei]str[im].*)$/.test(mnemonic))
    return mnemonic === 'cmpxchg16b' ? 16 : 0;
  return usesXmm(lib, instruction) ? 16 : 0;
}

function usesXmm(lib: typeof iced, instruction: iced.Instruction): boolean {
  for (let i = 0; i < instruction.opCount; i++) {
    if (instruction.opKind(i) === lib.OpKind.Register && lib.RegisterExt.isXMM(instruction.opRegister(i))) return true;
  }
  return false;
}

/** Full 64-bit names of general registers; rip is left out, since its operands come resolved. */
function registerNames(lib: typeof iced): ReadonlyMap<number, string> {
  const names = new Map<number, string>();
  for (const register of NAMES) {
    const full = lib.Register[register.toUpperCase() as keyof typeof lib.Register];
    names.set(full, register);
  }
  return names;
}

const NAMES = [
  'rax',
  'rcx',
  'rdx',
  'rbx',
  'rsp',
  'rbp',
  'rsi',
  'rdi',
  'r8',
  'r9',
  'r10',
  'r11',
  'r12',
  'r13',
  'r14',
  'r15',
];
