/** One frame as a debugger has it. */
export interface ToolFrame {
  /** `inline`: a function inlined into the next frame; `signal`: the trampoline that a signal handler returns to. */
  readonly kind: string;
  readonly pc: bigint;
  readonly function?: string;
  /** Without its folder. */
  readonly file?: string;
  readonly line?: number;
}

export interface ToolThread {
  readonly tid: number;
  readonly frames: readonly ToolFrame[];
}

/** Reads what `recipe/frames.sh` recorded: `thread TID`, then `COUNT KIND PC FUNCTION FILE:LINE [PERIOD]`, tab-separated. */
export function toolThreads(text: string): ToolThread[] {
  const threads: { tid: number; frames: ToolFrame[] }[] = [];
  const run: ToolFrame[] = [];
  for (const line of text.split('\n')) {
    const thread = /^thread (\d+)$/.exec(line);
    if (thread !== null) threads.push({ tid: Number(thread[1]), frames: [] });
    const [count, kind, pc, name, where, period] = line.split('\t');
    if (kind === undefined || pc === undefined) continue;
    const [, file, number] = /^(.*?):(\d+)(?::\d+)?$/.exec(where ?? '') ?? [];
    run.push({
      kind,
      pc: BigInt(pc),
      ...(name === undefined || name === '-' ? {} : { function: name }),
      ...(file === undefined || file === '?' ? {} : { file: file.slice(file.lastIndexOf('/') + 1) }),
      ...(number === undefined || number === '0' ? {} : { line: Number(number) }),
    });
    // A run of a period of several frames is told once for each of them.
    if (run.length < Number(period ?? 1)) continue;
    for (let i = 0; i < Number(count); i++) threads.at(-1)?.frames.push(...run);
    run.length = 0;
  }
  return threads.map(({ tid, frames }) => ({ tid, frames: frames.map(inlineAware) }));
}

/** eu-stack does not say what is inlined: a frame whose successor has the same pc and another name is. */
function inlineAware(frame: ToolFrame, at: number, frames: readonly ToolFrame[]): ToolFrame {
  const next = frames[at + 1];
  const same = frame.kind === 'normal' && next?.kind === 'normal' && next.pc === frame.pc && frame.pc !== 0n;
  return same && next.function !== frame.function ? { ...frame, kind: 'inline' } : frame;
}
