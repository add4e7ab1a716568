import type { Disassembler, Instruction, MemoryOperand } from '../arch/disassembler.js';
import type { RegisterSet } from '../arch/registerSet.js';
import { type RuntimeAddress, runtimeAddress } from '../base/addresses.js';
import type { MemoryView } from '../base/memoryView.js';

/** One memory access of the crashing instruction, worked out from its operands and the registers. */
export interface Access {
  readonly operand: MemoryOperand;
  readonly address: RuntimeAddress;
  readonly access: 'read' | 'write' | 'readWrite';
  readonly size: number;
}

/** The instruction at an address, when its bytes are known. */
export function instructionAt(
  memory: MemoryView,
  disassembler: Disassembler,
  address: bigint,
): Instruction | undefined {
  const { bytes } = memory.read(runtimeAddress(address), 15);
  return bytes.length === 0 ? undefined : disassembler.decode(bytes, runtimeAddress(address));
}

/** Every access whose registers are known. */
export function accessesOf(instruction: Instruction, registers: RegisterSet): readonly Access[] {
  const accesses: Access[] = [];
  for (const operand of instruction.memory) {
    const address = addressOf(operand, registers);
    if (address === undefined || operand.access === 'none') continue;
    accesses.push({ operand, address, access: operand.access, size: operand.size });
  }
  return accesses;
}

/** `undefined` when a register of the operand is not known. */
export function addressOf(
  operand: Pick<MemoryOperand, 'base' | 'index' | 'scale' | 'displacement' | 'segment'>,
  registers: RegisterSet,
): RuntimeAddress | undefined {
  let sum = operand.displacement;
  for (const [name, scale] of [
    [operand.base, 1],
    [operand.index, operand.scale],
    [operand.segment === undefined ? undefined : `${operand.segment}_base`, 1],
  ] as const) {
    if (name === undefined) continue;
    const value = registers.get(name);
    if (value === undefined) return undefined;
    sum += value * BigInt(scale);
  }
  return runtimeAddress(sum);
}
