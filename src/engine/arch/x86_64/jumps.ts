import { type RuntimeAddress, runtimeAddress } from '../../base/addresses.js';

/** Direct jumps, conditional ones too: `E9 rel32`, `0F 8x rel32`, `EB rel8`, `7x rel8` (Intel SDM 2, JMP and Jcc). */
export function jumpTarget(code: Uint8Array, start: RuntimeAddress, behind: boolean): RuntimeAddress | undefined {
  const end = code.length;
  if (!behind) {
    const [first = 0, second = 0] = code;
    if (first === 0xe9) return near(code, 1, start);
    if (first === 0x0f && (second & 0xf0) === 0x80) return near(code, 2, start);
    return first === 0xeb || (first & 0xf0) === 0x70 ? short(code, 1, start) : undefined;
  }
  // Bytes can be read more than one way backwards: the longer form is taken, unless it leads out of all that is near.
  if (code[end - 5] === 0xe9) return near(code, end - 4, start);
  if (code[end - 6] === 0x0f && ((code[end - 5] ?? 0) & 0xf0) === 0x80) return near(code, end - 4, start);
  const opcode = code[end - 2] ?? 0;
  return opcode === 0xeb || (opcode & 0xf0) === 0x70 ? short(code, end - 1, start) : undefined;
}

/** `jmp *disp32(%rip)`, with or without endbr64 and bnd before it (x86-64 psABI §5.2). */
export function stubSlot(code: Uint8Array, start: RuntimeAddress): RuntimeAddress | undefined {
  let at = code[0] === 0xf3 && code[1] === 0x0f && code[2] === 0x1e && code[3] === 0xfa ? 4 : 0;
  if (code[at] === 0xf2) at++;
  return code[at] === 0xff && code[at + 1] === 0x25 && code.length >= at + 6 ? near(code, at + 2, start) : undefined;
}

/** @param at where the 32-bit displacement lies, at the instruction's end */
function near(code: Uint8Array, at: number, start: RuntimeAddress): RuntimeAddress {
  const displacement = new DataView(code.buffer, code.byteOffset, code.byteLength).getInt32(at, true);
  return runtimeAddress(BigInt.asUintN(64, start + BigInt(at + 4 + displacement)));
}

function short(code: Uint8Array, at: number, start: RuntimeAddress): RuntimeAddress {
  const displacement = ((code[at] ?? 0) << 24) >> 24;
  return runtimeAddress(BigInt.asUintN(64, start + BigInt(at + 1 + displacement)));
}
