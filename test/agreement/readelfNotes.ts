/** What `eu-readelf -n` says of a core, as far as it is compared. */
export interface ReadelfNotes {
  /** One per PRSTATUS, in order. */
  readonly threads: readonly { readonly tid: number; readonly registers: Readonly<Record<string, bigint>> }[];
  readonly process?: { readonly pid: number; readonly comm: string; readonly args: string };
  readonly signal?: { readonly number: number; readonly code: number; readonly address?: bigint };
  readonly files: readonly { readonly start: bigint; readonly end: bigint; readonly path: string }[];
}

export function readelfNotes(text: string): ReadelfNotes {
  const parts = text.split(/^ {2}(?=\S)/m);
  const threads = parts
    .filter((part) => /^CORE +\d+ +PRSTATUS/.test(part))
    .map((part) => ({ tid: Number(/pid: (\d+)/.exec(part)?.[1]), registers: registersOf(part) }));
  const process = /uid: .* pid: (\d+),.*\n.*fname: (.*), psargs: (.*?) *$/m.exec(text);
  const signal = /si_signo: (\d+), si_errno: -?\d+, si_code: (-?\d+)\n(?: +fault address: (\S+))?/.exec(text);
  const files = [...text.matchAll(/^ +([0-9a-f]+)-([0-9a-f]+) [0-9a-f]+ \d+ +(\S.*)$/gm)];
  return {
    threads,
    ...(process === null
      ? {}
      : { process: { pid: Number(process[1]), comm: process[2] ?? '', args: process[3] ?? '' } }),
    ...(signal === null
      ? {}
      : {
          signal: {
            number: Number(signal[1]),
            code: Number(signal[2]),
            ...(signal[3] === undefined ? {} : { address: BigInt(signal[3]) }),
          },
        }),
    files: files.map(([, start = '', end = '', path = '']) => ({
      start: BigInt(`0x${start}`),
      end: BigInt(`0x${end}`),
      path,
    })),
  };
}

/** Numbers are decimal and signed, addresses hexadecimal. */
function registersOf(part: string): Record<string, bigint> {
  const general = /r15:[^]*?fs\.base/.exec(part)?.[0] ?? '';
  return Object.fromEntries(
    [...general.matchAll(/\b(r\w+): +(-?\w+)/g)].map(([, name = '', value = '0']) => [
      name === 'rflags' ? 'eflags' : name,
      BigInt.asUintN(64, value.startsWith('-') ? -BigInt(value.slice(1)) : BigInt(value)),
    ]),
  );
}
