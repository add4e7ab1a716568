import { expect, it } from 'vitest';
import { runtimeAddress } from '../../../src/engine/base/addresses.js';
import { createIcedDisassembler } from '../../../src/io/icedDisassembler.js';
import { hexToBytes } from '../../writers/bytes.js';

const disassembler = createIcedDisassembler();
const AT = runtimeAddress(0x40_1000n);

it.each([
  ['48 8b 45 f8', { length: 4, text: 'mov -8(%rbp),%rax', flow: 'next', writes: 'rax' }],
  ['e8 00 00 00 00', { flow: 'call', target: AT + 5n }],
  ['ff e0', { flow: 'indirectJump', throughRegister: 'rax' }],
  ['c3', { flow: 'return', mnemonic: 'ret' }],
  ['0f 0b', { flow: 'trap', mnemonic: 'ud2' }],
  ['f4', { privileged: true }],
  [
    '0f 29 04 24',
    { requiredAlignment: 16, memory: [{ base: 'rsp', scale: 1, displacement: 0n, size: 16, access: 'write' }] },
  ],
  ['0f 11 04 24', { requiredAlignment: 0 }],
  [
    '64 48 8b 04 25 28 00 00 00',
    { memory: [{ segment: 'fs', scale: 1, displacement: 0x28n, size: 8, access: 'read' }] },
  ],
])('%s', (code, expected) => {
  expect(disassembler.decode(hexToBytes(code), AT)).toMatchObject(expected);
});

it('what is none, or ends inside itself, is undefined', () => {
  for (const code of ['06', 'e8 00 00', '']) expect(disassembler.decode(hexToBytes(code), AT)).toBeUndefined();
});

it('a text asked for later is of its own instruction, whatever was decoded since and became of the bytes', () => {
  const bytes = hexToBytes('55');
  const push = disassembler.decode(bytes, AT);
  bytes[0] = 0xc3;
  const ret = disassembler.decode(bytes, AT);
  expect(ret?.text).toBe('ret');
  expect(push?.text).toBe('push %rbp');
  expect(push?.text).toBe('push %rbp');
});
