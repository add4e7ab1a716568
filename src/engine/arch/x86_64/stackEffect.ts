import type { Instruction } from '../disassembler.js';
import type { StackEffect } from '../stackEffect.js';

/** Reads an instruction's text in AT&T syntax; a call counts as `none`, since the callee takes its return address off again. */
export function stackEffect(instruction: Instruction): StackEffect {
  const { mnemonic, flow, writes, text } = instruction;
  if (flow === 'call' || flow === 'indirectCall') return NONE;
  // Two bytes wide, or an exchange: compilers do not write such things.
  if (/^(?:push|pop)w?\s+%[a-z]{2}$|^x(?:chg|add)\w?\s.*%[re]?[sb]p\b/.test(text)) return { kind: 'losesStackPointer' };
  switch (mnemonic) {
    case 'push':
      return { kind: 'move', by: -8n, ...registerOperand(instruction, 'saves') };
    case 'pop':
      return writes === 'rsp'
        ? { kind: 'losesStackPointer' }
        : { kind: 'move', by: 8n, ...registerOperand(instruction, 'restores') };
    case 'pushf':
    case 'pushfq':
      return { kind: 'move', by: -8n };
    case 'popf':
    case 'popfq':
      return { kind: 'move', by: 8n };
    case 'leave':
      return { kind: 'leave' };
    case 'enter':
      return { kind: 'losesStackPointer' };
    default:
      break;
  }
  if (writes === 'rsp') return ofStackPointer(instruction);
  if (writes === 'rbp') return ofFramePointer(instruction);
  return NONE;
}

const NONE: StackEffect = { kind: 'none' };

function ofStackPointer({ mnemonic, text }: Instruction): StackEffect {
  const amount = /^(?:add|sub)q?\s+\$(-?(?:0x)?[0-9a-f]+),\s*%rsp$/i.exec(text)?.[1];
  if (amount !== undefined) {
    const by = signed(amount);
    return { kind: 'move', by: mnemonic === 'add' ? by : -by };
  }
  if (/^movq?\s+%rbp,\s*%rsp$/.test(text)) return { kind: 'fromFramePointer', offset: 0n };
  const [, displacement = '', base] = /^leaq?\s+(-?(?:0x)?[0-9a-f]*)\(%(rsp|rbp)\),\s*%rsp$/i.exec(text) ?? [];
  if (base === undefined) return { kind: 'losesStackPointer' };
  const offset = signed(displacement);
  return base === 'rsp' ? { kind: 'move', by: offset } : { kind: 'fromFramePointer', offset };
}

function ofFramePointer({ text }: Instruction): StackEffect {
  if (/^movq?\s+%rsp,\s*%rbp$/.test(text)) return { kind: 'setsFramePointer', offset: 0n };
  const displacement = /^leaq?\s+(-?(?:0x)?[0-9a-f]*)\(%rsp\),\s*%rbp$/i.exec(text)?.[1];
  return displacement === undefined
    ? { kind: 'losesFramePointer' }
    : { kind: 'setsFramePointer', offset: signed(displacement) };
}

function registerOperand(
  { text }: Instruction,
  role: 'saves' | 'restores',
): { readonly saves?: string } | { readonly restores?: string } {
  const register = /^(?:push|pop)q?\s+%(r\w+)$/.exec(text)?.[1];
  return register === undefined ? {} : { [role]: register };
}

function signed(text: string): bigint {
  if (text === '' || text === '-') return 0n;
  const magnitude = BigInt(text.replace('-', ''));
  return BigInt.asIntN(64, text.startsWith('-') ? -magnitude : magnitude);
}
