import type { SlotPage } from '../../../src/shared/queries.js';
import type { Slot } from '../../../src/shared/report.js';

/** The stack of the race core's crashed thread: `lowest` to `highest` slots around %rsp, made on demand so that it may be long. */
export function raceSlots(rsp: bigint, lowest = -512, highest = 1023): (from: number, count: number) => SlotPage {
  return (from, count) => {
    const first = Math.max(from, lowest);
    const last = Math.min(from + count - 1, highest);
    const items: Slot[] = [];
    for (let index = first; index <= last; index++) items.push(slotAt(rsp, index));
    return { lowest, highest, from: first, items };
  };
}

function slotAt(rsp: bigint, index: number): Slot {
  const place = {
    index,
    address: hex(rsp + BigInt(index) * 8n),
    region: index < -16 ? ('dead' as const) : index < 0 ? ('redZone' as const) : ('live' as const),
    ...owner(index),
    ...(index >= STALE && index < STALE + 55 ? { signalFrame: signalField(rsp, index - STALE) } : {}),
  };
  return { ...place, ...wordAt(rsp, index) };
}

const STALE = -378;

/** Field names of the kernel's signal frame (`struct rt_sigframe`, arch/x86/include/asm/sigframe.h), by slot. */
const FIELDS: Readonly<Record<number, string>> = Object.fromEntries(
  (
    'pretcode uc_flags uc_link ss_sp ss_flags ss_size r8 r9 r10 r11 r12 r13 r14 r15 rdi rsi rbp rbx rdx rax rcx rsp rip eflags ' +
    'cs err trapno oldmask cr2 fpstate'
  )
    .split(' ')
    .map((field, index) => [index, field]),
);

function signalField(rsp: bigint, offset: number) {
  const field = FIELDS[offset];
  return { address: hex(rsp + BigInt(STALE) * 8n), active: false, ...(field === undefined ? {} : { field }) };
}

function owner(index: number): { frame?: number } {
  if (index < 0 || index >= 56) return {};
  if (index < 12) return { frame: 1 };
  if (index < 28) return { frame: 2 };
  if (index < 36) return { frame: 3 };
  return { frame: index < 54 ? 4 : 5 };
}

type Word = Pick<Slot, 'kind' | 'text'> & { readonly value?: string; readonly remark?: string };

function wordAt(rsp: bigint, index: number): Word {
  const known = KNOWN[index];
  if (known) return known;
  if (index === -2 || index === 10 || index === 26) {
    return word(
      rsp + BigInt(index + 18) * 8n,
      'savedFramePointer',
      `saved %rbp → frame ${index < 0 ? 1 : index < 20 ? 2 : 3}`,
    );
  }
  if (index === STALE + 22) return word(0x7f2a4d0a3c52n, 'code', '_Ux86_64_setcontext+0x52', 'stopped here');
  const choice = Math.abs((index * 2654435761) % 11);
  const bits = BigInt(Math.abs(index) * 40503);
  switch (choice) {
    case 0:
    case 1:
    case 2:
      return word(0n, 'zero', '');
    case 3:
      return word(rsp + (bits % 4096n), 'stack', 'stack of thread 7055');
    case 4:
      return word(0x7f2a3c000000n + (bits % 135000n), 'heap', 'heap of thread 7055');
    case 5:
      return word(0x55806ca31000n + (bits % 380000n), 'code', `ingest_loop+0x${(bits % 512n).toString(16)}`);
    case 6:
      return word(0x55806ca98000n + (bits % 8000n), 'data', 'ingest .data');
    case 7:
      return word(0x746e656d75636f64n, 'string', '"document"');
    case 8:
      return word(bits % 5000n, 'number', String(bits % 5000n));
    case 9:
      return word(0x7f2a4ce00000n + bits, 'mapped', 'libc.so.6 .rodata');
    default:
      return word((bits * 0x9e3779b97f4a7c15n) & 0xffffffffffffffffn, 'unknown', '');
  }
}

const KNOWN: Readonly<Record<number, Word>> = {
  [-40]: word(0x7f2a4d0a3c1fn, 'returnAddress', 'return into _Unwind_Resume+0x8f', 'a frame that has returned'),
  [-1]: word(0n, 'zero', 'zero', 'popped as the return address'),
  0: word(0x55806ca98f30n, 'data', 'ingest .data: g_queue'),
  1: word(0x7f2a3c0012c0n, 'heap', 'heap → "unexpected end of document"'),
  2: word(0x2an, 'number', '42'),
  11: word(0x55806ca31b40n, 'returnAddress', 'return into ingest_loop(Queue&)+0x1a2 race.cc:37'),
  27: word(0x55806ca32077n, 'returnAddress', 'return into worker_main(void*)+0x47 race.cc:91'),
  35: word(0x7f2a4ce94ea7n, 'returnAddress', 'return into start_thread+0x2d7'),
  53: word(0x7f2a4cf14defn, 'returnAddress', 'return into __clone3+0x2f'),
};

function word(value: bigint, kind: Slot['kind'], text: string, remark?: string): Word {
  return { value: hex(value), kind, text, ...(remark === undefined ? {} : { remark }) };
}

function hex(value: bigint): string {
  return `0x${value.toString(16)}`;
}
