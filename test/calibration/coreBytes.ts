/**
 * A kernel-written core whose registers, signal and stack words can be changed. Layouts are those of the Linux headers (struct
 * elf_prstatus, siginfo_t), written down here anew so that a mistake in the engine's cannot hide itself.
 */
export class CoreBytes {
  readonly #view: DataView;
  readonly #loads: readonly { readonly start: bigint; readonly size: bigint; readonly offset: bigint }[];
  readonly #status: number;
  readonly #siginfo: number;

  constructor(readonly bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const table = Number(this.#view.getBigUint64(32, true));
    const count = this.#view.getUint16(56, true);
    const loads = [];
    let status = 0;
    let siginfo = 0;
    for (let i = 0; i < count; i++) {
      const header = table + 56 * i;
      const type = this.#view.getUint32(header, true);
      const offset = this.#view.getBigUint64(header + 8, true);
      const size = this.#view.getBigUint64(header + 32, true);
      if (type === PT_LOAD) loads.push({ start: this.#view.getBigUint64(header + 16, true), size, offset });
      if (type !== PT_NOTE) continue;
      for (let at = Number(offset); at < Number(offset + size);) {
        const name = this.#view.getUint32(at, true);
        const length = this.#view.getUint32(at + 4, true);
        const note = this.#view.getUint32(at + 8, true);
        const body = at + 12 + round(name);
        if (note === NT_PRSTATUS && status === 0) status = body;
        if (note === NT_SIGINFO && siginfo === 0) siginfo = body;
        at = body + round(length);
      }
    }
    if (status === 0 || siginfo === 0) throw new Error('no thread or no siginfo in this core');
    this.#loads = loads;
    this.#status = status;
    this.#siginfo = siginfo;
  }

  register(name: string): bigint {
    return this.#view.getBigUint64(this.#offsetOfRegister(name), true);
  }

  setRegister(name: string, value: bigint): void {
    this.#view.setBigUint64(this.#offsetOfRegister(name), BigInt.asUintN(64, value), true);
  }

  /** A refused access: SIGSEGV with SEGV_MAPERR, or with SI_KERNEL and no address. */
  setFault(address: bigint | undefined): void {
    this.#view.setUint16(this.#status + 12, SIGSEGV, true);
    this.#view.setInt32(this.#siginfo, SIGSEGV, true);
    this.#view.setInt32(this.#siginfo + 4, 0, true);
    this.#view.setInt32(this.#siginfo + 8, address === undefined ? SI_KERNEL : SEGV_MAPERR, true);
    this.#view.setBigUint64(this.#siginfo + 16, address ?? 0n, true);
  }

  /** A signal that another process sent. */
  setSent(signal: number, pid: number): void {
    this.#view.setUint16(this.#status + 12, signal, true);
    this.#view.setInt32(this.#siginfo, signal, true);
    this.#view.setInt32(this.#siginfo + 8, 0, true);
    this.#view.setInt32(this.#siginfo + 16, pid, true);
  }

  word(address: bigint): bigint | undefined {
    const at = this.#offsetOf(address);
    return at === undefined ? undefined : this.#view.getBigUint64(at, true);
  }

  /** @returns whether the word is in the core */
  setWord(address: bigint, value: bigint): boolean {
    const at = this.#offsetOf(address);
    if (at !== undefined) this.#view.setBigUint64(at, BigInt.asUintN(64, value), true);
    return at !== undefined;
  }

  #offsetOfRegister(name: string): number {
    const index = REGISTERS.indexOf(name);
    if (index < 0) throw new Error(`no register is called ${name}`);
    return this.#status + 112 + 8 * index;
  }

  #offsetOf(address: bigint): number | undefined {
    const load = this.#loads.find(({ start, size }) => address >= start && address + 8n <= start + size);
    return load === undefined ? undefined : Number(load.offset + address - load.start);
  }
}

const PT_LOAD = 1;
const PT_NOTE = 4;
const NT_PRSTATUS = 1;
const NT_SIGINFO = 0x53494749;
const SIGSEGV = 11;
const SEGV_MAPERR = 1;
const SI_KERNEL = 0x80;
/** struct user_regs_struct. */
const REGISTERS = [
  ...['r15', 'r14', 'r13', 'r12', 'rbp', 'rbx', 'r11', 'r10', 'r9', 'r8', 'rax', 'rcx', 'rdx', 'rsi', 'rdi'],
  ...['orig_rax', 'rip', 'cs', 'eflags', 'rsp', 'ss'],
];

function round(size: number): number {
  return (size + 3) & ~3;
}
