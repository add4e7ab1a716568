import type { CoreSummary, RegistersAnswer, SlotPage, StackPage, VerdictAnswer } from '../../shared/queries.js';
import type {
  FrameRow,
  Hypothesis,
  ModuleRow,
  RecentCallRow,
  SignalFrameReport,
  Slot,
  UnwinderRow,
} from '../../shared/report.js';

import { tidList } from './sameStacks.js';

/** What the text report is made of; every part is an answer to a query. */
export interface TextReportParts {
  readonly summary: CoreSummary;
  readonly verdict: VerdictAnswer;
  readonly stack: StackPage;
  readonly slots: SlotPage;
  readonly registers: RegistersAnswer;
  readonly signalFrames: readonly SignalFrameReport[];
  readonly recentCalls: readonly RecentCallRow[];
  readonly unwinders: readonly UnwinderRow[];
  readonly modules: readonly ModuleRow[];
  /** Stacks under registers that the reader assumed. */
  readonly assumed: readonly Hypothesis[];
  /** Threads with equal stacks are one. */
  readonly otherThreads: readonly { readonly tids: readonly number[]; readonly stack: StackPage }[];
}

/** The frames of a stack, or of a hypothesis, as far as they are listed. */
type ListedStack = Pick<StackPage, 'total' | 'stop' | 'rejected'> & { readonly items: readonly FrameRow[] };

/** The report of `redzone inspect` as plain text: verdict first, then its evidence, then everything it speaks of. */
export function textReport(parts: TextReportParts): string {
  const blocks = [
    header(parts.summary),
    verdictBlock(parts.verdict, parts.summary),
    stackBlock(`STACK of thread ${parts.summary.crashedTid ?? '?'} (crashed)`, parts.stack),
    ...parts.assumed.map(assumedBlock),
    registersBlock(parts.registers),
    slotsBlock(parts.slots),
    recentCallsBlock(parts.recentCalls),
    ...parts.signalFrames.map(signalFrameBlock),
    unwindersBlock(parts.unwinders),
    ...parts.otherThreads.map(({ tids, stack }) => stackBlock(stackTitle(tids), stack)),
    modulesBlock(parts.modules),
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

function stackTitle(tids: readonly number[]): string {
  const list = tidList([...tids].sort((a, b) => a - b));
  return tids.length === 1 ? `STACK of thread ${list}` : `STACK of ${tids.length} threads: ${list}`;
}

function header(summary: CoreSummary): string {
  const { process, signal } = summary;
  const lines = [`CORE ${summary.source}`];
  if (process !== undefined) {
    lines.push(
      `  process   ${process.comm} (pid ${process.pid})${process.exe === undefined ? '' : `  ${process.exe}`}`,
    );
    if (process.args !== '') lines.push(`  arguments ${process.args}`);
    if (process.buildId !== undefined) lines.push(`  build id  ${process.buildId}`);
  }
  if (signal !== undefined) {
    const address = signal.faultAddress === undefined ? '' : ` at ${signal.faultAddress}`;
    const sender = signal.sender === undefined ? '' : ` from pid ${signal.sender.pid}, uid ${signal.sender.uid}`;
    lines.push(
      `  signal    ${signal.name}${signal.codeName === undefined ? '' : ` (${signal.codeName})`}${address}${sender}`,
    );
  }
  lines.push(
    `  file      ${summary.size} bytes, ${summary.arch ?? '?'}, ${summary.threadCount} ${summary.threadCount === 1 ? 'thread' : 'threads'}`,
  );
  const machine = [summary.kernel && `kernel ${summary.kernel}`, summary.processor].filter(Boolean).join(', ');
  if (machine !== '') lines.push(`  machine   ${machine}`);
  if (summary.time !== undefined) lines.push(`  time      ${summary.time}`);
  for (const problem of summary.problems) lines.push(`  problem   ${problem.message}`);
  return lines.join('\n');
}

function verdictBlock(verdict: VerdictAnswer, summary: CoreSummary): string {
  const shift = verdict.shift === undefined ? '' : `, shift ${verdict.shift > 0 ? '+' : ''}${verdict.shift}`;
  const lines = [
    `VERDICT ${verdict.title}  [${verdict.label} / ${verdict.kind}${shift}, confidence ${verdict.confidence.toFixed(2)}]`,
    `  ${verdict.account}`,
    ...verdict.evidence.map((item) => `  ${item.weight < 0 ? '-' : item.weight === 0 ? '?' : '+'} ${item.text}`),
    ...verdict.missing.map((text) => `  ! ${text}`),
  ];
  if (verdict.exception !== undefined) {
    const { type, what, landingPad } = verdict.exception;
    lines.push(
      `  exception ${type}${what === undefined ? '' : `: "${what}"`}${landingPad === undefined ? '' : `, landing pad ${landingPad}`}`,
    );
  }
  lines.push(`  signature ${verdict.signature}`);
  if (summary.status === 'partial')
    lines.push('  the core is incomplete or only partly understood: see the problems above');
  return lines.join('\n');
}

function stackBlock(title: string, stack: ListedStack): string {
  const lines = [title];
  for (const frame of stack.items) {
    const at = frame.file === undefined ? '' : ` at ${frame.file}${frame.line === undefined ? '' : `:${frame.line}`}`;
    const name =
      frame.function === undefined
        ? '??'
        : `${frame.function}${frame.offset === undefined || frame.inlined === true ? '' : `+${frame.offset}`}`;
    const module = frame.module === undefined ? '' : ` in ${shortName(frame.module)}`;
    lines.push(
      `  #${String(frame.index).padEnd(3)} ${frame.pc.padStart(18)} ${frame.inlined === true ? 'inline' : frame.trust.padEnd(6)} ${name}${at}${module}`,
    );
    if (frame.tailCallers !== undefined)
      lines.push(`         from ${frame.tailCallers.join(', from ')} by tail call, which leaves no frame`);
    for (const reason of stack.rejected[frame.index] ?? []) lines.push(`         because ${reason}`);
  }
  lines.push(`  end: ${stack.stop}`);
  if (stack.total > stack.items.length)
    lines.push(`  ${stack.total - stack.items.length} further frames are not listed`);
  return lines.join('\n');
}

function assumedBlock(hypothesis: Hypothesis): string {
  const { frames } = hypothesis;
  const title = `STACK ${hypothesis.why}  [coherence ${hypothesis.score.toFixed(2)}]`;
  return stackBlock(title, {
    total: frames.length,
    items: frames,
    stop: frames.length > 1 ? 'end of what was walked' : 'no caller was found',
    rejected: {},
  });
}

function registersBlock(registers: RegistersAnswer): string {
  const lines = ['REGISTERS at the crash'];
  for (const register of registers.general) {
    lines.push(`  ${register.name.padEnd(8)} ${(register.value ?? '?').padStart(18)}  ${register.text}`.trimEnd());
  }
  if (registers.flags !== undefined) lines.push(`  flags    ${registers.flags.join(' ')}`);
  const used = registers.vectors.filter((vector) => !/^0*$/.test(vector.bytes));
  for (const vector of used) lines.push(`  ${vector.name.padEnd(8)} ${vector.bytes}`);
  if (registers.vectors.length > used.length && used.length > 0) lines.push('  the other vector registers are 0');
  lines.push(...componentLines(registers.components));
  if (registers.vectorState !== 'saved') lines.push(`  vectors: ${registers.vectorState}`);
  return lines.join('\n');
}

/** What was written, register by register; the rest in a line. The ST registers only where they are in use. */
function componentLines(components: RegistersAnswer['components']): string[] {
  const lines = components
    .filter(({ state }) => state === 'saved')
    .flatMap(({ registers }) => registers)
    .filter(({ text, value }) => !text.startsWith('empty') && (text !== '' || !/^0x0*$/.test(value)))
    .map(({ name, value, text }) => `  ${name.padEnd(8)} ${value.padStart(18)}  ${text}`.trimEnd());
  const named = (wanted: string): string =>
    components
      .filter(({ state }) => state === wanted)
      .map(({ name }) => name)
      .join(', ');
  const [initial, absent] = [named('initial'), named('not-saved')];
  if (initial !== '') lines.push(`  never written (initial state): ${initial}`);
  if (absent !== '') lines.push(`  not saved: ${absent}`);
  return lines;
}

function slotsBlock(slots: SlotPage): string {
  if (slots.items.length === 0)
    return slots.reason === undefined ? '' : `MEMORY around the stack pointer\n  ${slots.reason}`;
  const lines = ['MEMORY around the stack pointer (low addresses first)'];
  let region: Slot['region'] | undefined;
  for (const slot of slots.items) {
    if (slot.region !== region) {
      region = slot.region;
      lines.push(
        region === 'redZone' ? '  -- red zone --' : region === 'live' ? '  -- stack pointer --' : '  -- dead --',
      );
    }
    const offset = slot.index * 8;
    const sign = offset < 0 ? '-' : '+';
    const owner = slot.frame === undefined ? '' : `#${slot.frame}`;
    const field =
      slot.signalFrame === undefined
        ? ''
        : `  {${slot.signalFrame.active ? 'active' : 'stale'} signal frame: ${slot.signalFrame.field ?? ''}}`;
    const mark = slot.remark === undefined ? '' : '  <<';
    lines.push(
      `  ${`${sign}${Math.abs(offset)}`.padStart(6)} ${slot.address} ${(slot.value ?? '--').padStart(18)} ${owner.padEnd(4)} ${slot.text}${field}${mark}`.trimEnd(),
    );
  }
  return lines.join('\n');
}

function recentCallsBlock(calls: readonly RecentCallRow[]): string {
  if (calls.length === 0) return '';
  const lines = ['CALLS BEFORE THE CRASH, by return addresses left below the stack pointer (the latest at each depth)'];
  for (const [index, call] of calls.entries()) {
    const within = call.within === undefined ? '' : `  from within ${call.within}`;
    const age = call.age === 'last' ? '' : '  age unknown';
    const distance = `-${call.distance}`.padStart(6);
    lines.push(
      `  ${distance} ${String(index).padStart(2)}  ${call.callee ?? '?'}  called at ${call.caller}${within}${age}`,
    );
  }
  return lines.join('\n');
}

function unwindersBlock(unwinders: readonly UnwinderRow[]): string {
  if (unwinders.length === 0) return '';
  const lines = ['UNWINDER, as each import was bound'];
  for (const { importer, symbol, library, target, hole } of unwinders) {
    const own = library === importer;
    const bound = own ? 'its own' : library === undefined ? `not bound yet (${target})` : shortName(library);
    const hazard = hole === undefined ? '' : `, whose context restore reads on after moving %rsp (at ${hole})`;
    lines.push(`  ${shortName(importer)}  ${symbol ?? 'no symbols'}  ${bound}${hazard}`);
  }
  return lines.join('\n');
}

function signalFrameBlock(frame: SignalFrameReport): string {
  const signal =
    frame.siginfo === undefined
      ? 'no siginfo'
      : `${frame.siginfo.name}${frame.siginfo.codeName === undefined ? '' : ` (${frame.siginfo.codeName})`}`;
  const registers = Object.entries(frame.registers).map(([name, value]) => `${name}=${value}`);
  const lines = [
    `SIGNAL FRAME ${frame.active ? 'active' : 'stale'} at ${frame.address}: ${signal}, interrupted ${frame.symbol ?? '?'}`,
  ];
  for (let i = 0; i < registers.length; i += 4) lines.push(`  ${registers.slice(i, i + 4).join('  ')}`);
  lines.push(
    `  trapno=${frame.trapno}  err=${frame.err}  cr2=${frame.cr2}  sigmask=${frame.sigmask}  fpstate=${frame.fpstate}`,
  );
  return lines.join('\n');
}

function modulesBlock(modules: readonly ModuleRow[]): string {
  if (modules.length === 0) return '';
  const lines = ['MODULES'];
  for (const module of modules) {
    lines.push(
      `  ${module.start}-${module.end} ${module.path}  build id ${module.buildId ?? 'not in the core'}, binary ${module.binaryStatus}, symbols ${module.symbols}`,
    );
  }
  return lines.join('\n');
}

function shortName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
