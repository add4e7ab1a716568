// Small cores by the thousand. A real core gives the state of its crash: registers, notes, and the pages of the stack around the stack
// pointer. Each copy is another process: other address of stack, libraries and program, with every word that points there moved along,
// another process id, other random bytes.

/** A real crash, taken apart once. */
export interface CrashState {
  readonly name: string;
  /** A small core of it, at the addresses it really had. */
  readonly core: Uint8Array;
  /** Offsets in `core` of 8-byte words to move, by what they point into. */
  readonly words: Readonly<Record<Region, readonly number[]>>;
  /** Offsets of process and thread ids, 4 bytes each. */
  readonly ids: readonly number[];
  /** Offset of the 16 bytes of AT_RANDOM. */
  readonly random: number | undefined;
}

type Region = 'stack' | 'libraries' | 'program';

const PAGE = 4096n;
const PT_LOAD = 1;
const PT_NOTE = 4;
const ENTRY = 56;
const AT_RANDOM = 25n;
/** Pages kept around the stack pointer. */
const BELOW = 2n;
const ABOVE = 3n;

interface Load {
  readonly offset: bigint;
  readonly start: bigint;
  readonly end: bigint;
  readonly filesz: bigint;
  readonly flags: number;
}

/**
 * Takes a kernel-written 64-bit core of x86-64 with one thread apart.
 *
 * @param extraStackPointers further addresses around which the stack is kept, for crashes seen in signal frames
 */
export function crashState(name: string, bytes: Uint8Array, extraStackPointers: readonly bigint[] = []): CrashState {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const loads: Load[] = [];
  let notes = { offset: 0, size: 0 };
  for (let i = 0; i < view.getUint16(56, true); i++) {
    const at = Number(view.getBigUint64(32, true)) + i * ENTRY;
    const u64 = (from: number): bigint => view.getBigUint64(at + from, true);
    if (view.getUint32(at, true) === PT_NOTE) notes = { offset: Number(u64(8)), size: Number(u64(32)) };
    if (view.getUint32(at, true) !== PT_LOAD) continue;
    const start = u64(16);
    loads.push({ offset: u64(8), start, end: start + u64(40), filesz: u64(32), flags: view.getUint32(at + 4, true) });
  }
  const found = [...walkNotes(view, notes)];
  const prstatus = found.find(({ type }) => type === 1);
  if (prstatus === undefined) throw new Error(`${name}: no thread`);
  const sp = view.getBigUint64(prstatus.at + 264, true);
  const auxv = found.find(({ type }) => type === 6);
  const random = auxv === undefined ? undefined : auxvValue(view, auxv.at, auxv.size, AT_RANDOM);
  const top = random ?? sp;
  const stack = loads.find(({ start, end }) => top >= start && top < end);
  const program = programEnd(view, found);

  const wanted = [sp, ...extraStackPointers].map((pointer) => ({
    from: pointer - (pointer % PAGE) - BELOW * PAGE,
    to: pointer - (pointer % PAGE) + (ABOVE + 1n) * PAGE,
  }));
  if (random !== undefined) wanted.push({ from: random - (random % PAGE), to: random - (random % PAGE) + PAGE });
  const kept: { load: Load; from: bigint; to: bigint }[] = [];
  for (const load of loads) {
    const dumped = load.start + load.filesz;
    const pages = new Set<bigint>();
    for (const { from, to } of wanted)
      for (let page = from; page < to; page += PAGE) if (page >= load.start && page < dumped) pages.add(page);
    // The first page of the program holds its build id.
    if (load.filesz > 0n && load.start === program.start) pages.add(load.start);
    for (const page of [...pages].sort((a, b) => (a < b ? -1 : 1))) {
      const last = kept.at(-1);
      if (last !== undefined && last.load === load && last.to === page)
        kept[kept.length - 1] = { ...last, to: page + PAGE };
      else kept.push({ load, from: page, to: page + PAGE });
    }
  }
  return assemble(name, bytes, { loads, kept, notes, found, stack, program, random });
}

/** The crash as another process died of it. Equal seeds give equal bytes. */
export function crashCore(state: CrashState, seed: number): Uint8Array {
  const core = state.core.slice();
  const view = new DataView(core.buffer);
  const next = sequence(seed);
  const slides: Readonly<Record<Region, bigint>> = {
    stack: -(BigInt(next()) % 0x40000n) * PAGE,
    libraries: -(BigInt(next()) % 0x400000n) * PAGE,
    program: BigInt(next() % 0x40000) * PAGE,
  };
  for (const region of ['stack', 'libraries', 'program'] as const) {
    for (const at of state.words[region]) view.setBigUint64(at, view.getBigUint64(at, true) + slides[region], true);
  }
  const pid = 2 + (next() % 4_000_000);
  for (const at of state.ids) view.setUint32(at, pid, true);
  if (state.random !== undefined) for (let i = 0; i < 4; i++) view.setUint32(state.random + 4 * i, next(), true);
  return core;
}

/** Numbers of 32 bits (Marsaglia, "Xorshift RNGs", 2003). */
export function sequence(seed: number): () => number {
  let state = (seed * 0x9e3779b1 + 0x85ebca6b) >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state;
  };
}

interface FoundNote {
  readonly type: number;
  /** Offset of the descriptor. */
  readonly at: number;
  readonly size: number;
}

function* walkNotes(view: DataView, { offset, size }: { offset: number; size: number }): Iterable<FoundNote> {
  for (let at = offset; at + 12 <= offset + size;) {
    const [name, length] = [view.getUint32(at, true), view.getUint32(at + 4, true)];
    const descriptor = at + 12 + Math.ceil(name / 4) * 4;
    yield { type: view.getUint32(at + 8, true), at: descriptor, size: length };
    at = descriptor + Math.ceil(length / 4) * 4;
  }
}

function auxvValue(view: DataView, at: number, size: number, wanted: bigint): bigint | undefined {
  for (let i = at; i + 16 <= at + size; i += 16)
    if (view.getBigUint64(i, true) === wanted) return view.getBigUint64(i + 8, true);
  return undefined;
}

const NT_FILE = 0x46494c45;
const AT_ENTRY = 9n;

/** The mapped file that holds the entry point, from its first to its last mapping and the heap behind. */
function programEnd(view: DataView, notes: readonly FoundNote[]): { start: bigint; end: bigint } {
  const auxv = notes.find(({ type }) => type === 6);
  const entry = auxv === undefined ? undefined : auxvValue(view, auxv.at, auxv.size, AT_ENTRY);
  const files = notes.find(({ type }) => type === NT_FILE);
  if (entry === undefined || files === undefined) return { start: 0n, end: 0n };
  const count = Number(view.getBigUint64(files.at, true));
  const ranges = Array.from({ length: count }, (_, i) => ({
    start: view.getBigUint64(files.at + 16 + 24 * i, true),
    end: view.getBigUint64(files.at + 24 + 24 * i, true),
    page: view.getBigUint64(files.at + 32 + 24 * i, true),
  }));
  const inside = ranges.findIndex(({ start, end }) => entry >= start && entry < end);
  let first = inside;
  while (first > 0 && (ranges[first]?.page ?? 0n) !== 0n) first--;
  const start = ranges[first]?.start ?? 0n;
  return { start, end: start + 0x1000_0000n };
}

interface Parts {
  readonly loads: readonly Load[];
  readonly kept: readonly { load: Load; from: bigint; to: bigint }[];
  readonly notes: { offset: number; size: number };
  readonly found: readonly FoundNote[];
  readonly stack: Load | undefined;
  readonly program: { start: bigint; end: bigint };
  readonly random: bigint | undefined;
}

function assemble(name: string, bytes: Uint8Array, parts: Parts): CrashState {
  const { loads, kept, notes, found, stack, program, random } = parts;
  // What is not kept of a mapping stays as mapping of which nothing was dumped.
  const segments: { start: bigint; end: bigint; flags: number; from?: number; length: number }[] = [];
  for (const load of loads) {
    let at = load.start;
    for (const piece of kept) {
      if (piece.load !== load) continue;
      if (piece.from > at) segments.push({ start: at, end: piece.from, flags: load.flags, length: 0 });
      const from = Number(load.offset + (piece.from - load.start));
      const length = Number(piece.to - piece.from);
      segments.push({ start: piece.from, end: piece.to, flags: load.flags, from, length });
      at = piece.to;
    }
    if (at < load.end) segments.push({ start: at, end: load.end, flags: load.flags, length: 0 });
  }
  const headers = 64 + ENTRY * (segments.length + 1);
  const contents = Math.ceil((headers + notes.size) / 512) * 512;
  const total = contents + segments.reduce((sum, { length }) => sum + length, 0);
  const core = new Uint8Array(total);
  const view = new DataView(core.buffer);
  core.set(bytes.subarray(0, 64));
  view.setBigUint64(32, 64n, true);
  view.setBigUint64(40, 0n, true);
  view.setUint16(56, segments.length + 1, true);
  view.setUint16(60, 0, true);
  view.setUint16(62, 0, true);
  view.setUint32(64, PT_NOTE, true);
  view.setBigUint64(64 + 8, BigInt(headers), true);
  view.setBigUint64(64 + 32, BigInt(notes.size), true);
  core.set(bytes.subarray(notes.offset, notes.offset + notes.size), headers);
  const moved = (offset: number): number => offset - notes.offset + headers;

  const words: Record<Region, number[]> = { stack: [], libraries: [], program: [] };
  const claim = (at: number): void => {
    const value = view.getBigUint64(at, true);
    if (stack !== undefined && value >= stack.start - 0x10_0000n && value <= stack.end) words.stack.push(at);
    else if (value >= program.start && value < program.end && program.start !== 0n) words.program.push(at);
    else if (
      loads.some(
        ({ start, end }) => value >= start && value < end && start > 0x7000_0000_0000n && start < 0x8000_0000_0000n,
      )
    )
      words.libraries.push(at);
  };
  const aligned = (from: number, length: number): void => {
    for (let at = from; at + 8 <= from + length; at += 8) claim(at);
  };

  let end = contents;
  let randomAt: number | undefined;
  segments.forEach((segment, i) => {
    const at = 64 + ENTRY * (i + 1);
    view.setUint32(at, PT_LOAD, true);
    view.setUint32(at + 4, segment.flags, true);
    view.setBigUint64(at + 8, BigInt(end), true);
    view.setBigUint64(at + 16, segment.start, true);
    view.setBigUint64(at + 32, BigInt(segment.length), true);
    view.setBigUint64(at + 40, segment.end - segment.start, true);
    view.setBigUint64(at + 48, PAGE, true);
    claim(at + 16);
    if (segment.from === undefined) return;
    core.set(bytes.subarray(segment.from, segment.from + segment.length), end);
    if (segment.start !== program.start) aligned(end, segment.length);
    if (random !== undefined && random >= segment.start && random < segment.end)
      randomAt = end + Number(random - segment.start);
    end += segment.length;
  });

  const ids: number[] = [];
  for (const note of found) {
    const at = moved(note.at);
    if (note.type === 1) {
      aligned(at + 112, 216);
      ids.push(at + 32);
    } else if (note.type === 3) ids.push(at + 24);
    else if (note.type === 0x53494749) {
      // Of a signal that was sent this holds who sent it: often the process itself.
      if (view.getInt32(at + 8, true) > 0) claim(at + 16);
      else if (ids.some((id) => view.getUint32(id, true) === view.getUint32(at + 16, true))) ids.push(at + 16);
    } else if (note.type === 6) for (let i = 8; i < note.size; i += 16) claim(at + i);
    else if (note.type === NT_FILE) {
      const count = Number(view.getBigUint64(at, true));
      for (let i = 0; i < count; i++) {
        claim(at + 16 + 24 * i);
        claimEnd(at + 16 + 24 * i);
      }
    }
  }
  return { name, core, words, ids, random: randomAt };

  /** The end of a mapping moves with its start, though it may lie outside all of them. */
  function claimEnd(start: number): void {
    for (const region of ['stack', 'program', 'libraries'] as const)
      if (words[region].at(-1) === start) words[region].push(start + 8);
  }
}
