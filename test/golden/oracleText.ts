/** Reads what gdb and elfutils wrote when the sample cores were made. */

export interface OracleFrame {
  readonly pc: bigint;
  readonly name: string | undefined;
}

export interface OracleThread {
  readonly tid: number;
  readonly frames: readonly OracleFrame[];
  /** The tool gave up before the outermost frame. */
  readonly cut: boolean;
}

/** `info registers`. */
export function gdbRegisters(text: string): Record<string, string> {
  return Object.fromEntries(
    [...text.matchAll(/^(\w+)\s+(0x[0-9a-f]+)/gm)].map(([, name = '', value = '']) => [name, value]),
  );
}

export function gdbSignal(text: string): string | undefined {
  return /^Program terminated with signal (\w+)/m.exec(text)?.[1];
}

/** Output of eu-stack. A name that is mangled still is left out. */
export function stackThreads(text: string): OracleThread[] {
  return text
    .split(/^(?=TID \d+:)/m)
    .slice(1)
    .map((block) => ({
      tid: Number(/^TID (\d+)/.exec(block)?.[1]),
      frames: [...block.matchAll(/^#\d+\s+0x([0-9a-f]+)(?: (.+))?$/gm)].map(([, pc = '', name]) => ({
        pc: BigInt(`0x${pc}`),
        name: name === undefined || /^_R/.test(name) ? undefined : name.trim(),
      })),
      cut: block.includes('eu-stack:'),
    }));
}

/** NT_FILE as eu-readelf prints it. */
export function mappedFiles(text: string): { start: string; end: string; fileOffset: string; path: string }[] {
  const line = /^ +([0-9a-f]+)-([0-9a-f]+) ([0-9a-f]+) \d+ +(\/.*)$/gm;
  return [...text.matchAll(line)].map(([, start = '', end = '', offset = '', path = '']) => ({
    start: `0x${start}`,
    end: `0x${end}`,
    fileOffset: `0x${BigInt(`0x${offset}`).toString(16)}`,
    path: path.trimEnd(),
  }));
}
