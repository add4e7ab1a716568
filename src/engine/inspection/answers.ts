import type {
  ComparedStack,
  CompareAnswer,
  CoreSummary,
  DisassemblyAnswer,
  MemoryAnswer,
  Page,
  PageParams,
  QueryAnswer,
  QueryParams,
  RegistersAnswer,
  SearchAnswer,
  SlotPage,
  StackChoice,
  StackPage,
  SymbolRow,
  ThreadRow,
  VerdictAnswer,
  WhatIsAnswer,
} from '../../shared/queries.js';
import type {
  Hypothesis,
  MappingRow,
  ModuleRow,
  RecentCallRow,
  SignalFrameReport,
  UnwinderRow,
} from '../../shared/report.js';
import type { ExtendedState } from '../arch/extendedState.js';
import { RegisterSet } from '../arch/registerSet.js';
import { hex, runtimeAddress } from '../base/addresses.js';
import type { Steps } from '../base/steps.js';
import { hexBytes, printablePath } from '../base/text.js';
import type { ThreadState } from '../core/coreImage.js';
import { symbolNamed, symbolsStartingWith } from '../symbolize/symbolSearch.js';
import { lookupAddress, type StackFrame } from '../unwind/stackFrame.js';
import { stopText } from '../unwind/stackwalker.js';
import { evaluateAddress } from '../values/addressExpression.js';
import { signatureOf } from '../verdict/signature.js';
import { problemRows, processInfo } from './coreRow.js';
import { claimOf, evidenceRows, staleRows } from './judgementRows.js';
import { StackComparisons } from './compare/stackComparisons.js';
import { disassembly } from './disassembly.js';
import { componentRows, vectorRows } from './extendedRows.js';
import { frameRows } from './frameRows.js';
import { machineOf } from './machine.js';
import { mappingRow } from './mappingRows.js';
import { MemorySearches } from './memorySearches.js';
import type { Inspection } from './openInspection.js';
import { QueryError } from './queryError.js';
import { recentCallRows } from './recentCallRows.js';
import { signalFrameReport, signalInfo } from './signalFrameReports.js';
import { signalFields } from './signalFields.js';
import { absenceText, slotBounds, slotsOf } from './slots.js';
import { stackPlaceOf } from './stackPlaces.js';
import { threadSlots } from './threadSlots.js';
import type { ThreadView } from './threadView.js';
import { stackKey } from './stackKey.js';
import { ThreadViews } from './threadViews.js';
import { unwinderRows } from './unwinderRows.js';
import { verdictTitle } from './verdictTitle.js';

/**
 * Answers to the queries of `shared/queries.ts`, as plain data. One instance per opened core; it keeps the walks of the threads that
 * were asked for.
 */
export class Answers {
  readonly #views: ThreadViews;
  readonly #searches: MemorySearches;
  readonly #comparisons: StackComparisons;

  constructor(readonly inspection: Inspection) {
    this.#views = new ThreadViews(inspection);
    this.#comparisons = new StackComparisons(inspection, this.#views);
    this.#searches = new MemorySearches(inspection, (address) => stackPlaceOf(inspection, this.#views, address));
  }

  summary(origin: {
    readonly source: string;
    readonly size: number;
    readonly bytesRead: number;
    readonly time?: string;
  }): CoreSummary {
    const { inspection } = this;
    const { core } = inspection;
    const process = processInfo(inspection);
    const signal = inspection.judgement?.crash.signal ?? core.signal;
    const loads = core.memory.segments();
    const sum = (pick: (segment: (typeof loads)[number]) => bigint): string =>
      hex(loads.reduce((total, segment) => total + pick(segment), 0n));
    return {
      source: origin.source,
      size: origin.size,
      bytesRead: origin.bytesRead,
      status: inspection.status,
      problems: problemRows(inspection.problems()),
      format: core.format,
      arch: core.elf.arch,
      ...(process === undefined ? {} : { process }),
      ...(signal === undefined ? {} : { signal: signalInfo(signal) }),
      ...(inspection.crashedThread === undefined ? {} : { crashedTid: inspection.crashedThread.tid }),
      threadCount: core.threads.length,
      ...machineOf(core, inspection.modules),
      registerCount: core.architecture?.displayOrder.length ?? 0,
      ...(origin.time === undefined ? {} : { time: origin.time }),
      memory: { mapped: sum((segment) => segment.memsz), dumped: sum((segment) => segment.filesz) },
    };
  }

  verdict(): VerdictAnswer {
    const { inspection } = this;
    const { judgement } = inspection;
    if (judgement === undefined) return this.#verdictOfOther();
    const thread = inspection.crashedThread;
    const view = thread === undefined ? undefined : this.#views.of(thread);
    return {
      ...claimOf(judgement),
      title: verdictTitle(judgement.label, judgement.kind),
      account: judgement.account,
      evidence: evidenceRows(judgement.evidence, view?.frameOfRow ?? []),
      missing: [...judgement.missing, ...this.#missingBinaries()],
      staleSignalFrames: staleRows(inspection, judgement),
      hypotheses: this.#hypotheses(),
      signature: signatureOf(judgement.kind, view?.rows.slice(0, 64) ?? []),
    };
  }

  threads(page: PageParams): Page<ThreadRow> {
    const { threads } = this.inspection.core;
    const items = threads.slice(page.from, page.from + page.count).map((thread): ThreadRow => {
      const stack = stackKey(this.#views.of(thread).walk.frames);
      return {
        tid: thread.tid,
        crashed: thread === this.inspection.crashedThread,
        top: this.#topOf(thread),
        ...(stack === undefined ? {} : { stack }),
      };
    });
    return { total: threads.length, from: page.from, items };
  }

  stack(params: PageParams & { readonly tid: number; readonly hypothesis?: string }): StackPage {
    const thread = this.#views.thread(params.tid);
    const view = this.#views.of(thread, params.hypothesis);
    return stackPage(view, params, this.inspection.core.architecture?.stackPointer ?? '');
  }

  slots(params: QueryParams<'slots'>): SlotPage {
    const thread = this.#views.thread(params.tid);
    const source = threadSlots(this.inspection, thread, this.#views.of(thread, params.hypothesis).walk.frames);
    if (source === undefined)
      return {
        lowest: 0,
        highest: -1,
        from: 0,
        items: [],
        reason: 'the registers of this architecture are not decoded',
        absence: 'architecture',
      };
    if (source.context.architecture.stackWord !== 8)
      return { lowest: 0, highest: -1, from: 0, items: [], reason: 'stacks of 4-byte words are not shown' };
    const { lowest, highest } = slotBounds(source);
    const { memory } = source.context;
    if (
      memory.word(runtimeAddress(source.stackPointer)) === undefined &&
      memory.word(runtimeAddress(source.stackPointer - 8n)) === undefined
    ) {
      const { rest } = memory.read(runtimeAddress(source.stackPointer), 8);
      const absence = ABSENCES[rest ?? 'unmapped'] ?? 'unmapped';
      const reason =
        rest === undefined || rest === 'unmapped' ? 'nothing is mapped at %rsp' : `the stack is ${absenceText(rest)}`;
      return { lowest: 0, highest: -1, from: 0, items: [], reason, absence };
    }
    const from = Math.max(lowest, params.from);
    const count = Math.min(params.count, highest - from + 1, MOST_SLOTS);
    return { lowest, highest, from, items: count <= 0 ? [] : slotsOf(source, from, count) };
  }

  registers(params: QueryParams<'registers'>): RegistersAnswer {
    const thread = this.#views.thread(params.tid);
    const { architecture } = this.inspection.core;
    if (architecture === undefined)
      return {
        general: [],
        vectors: [],
        components: [],
        vectorState: 'registers of this architecture are not decoded',
      };
    const { frames } = this.#views.of(thread, params.hypothesis).walk;
    const registers = frames.length === 0 ? thread.registers : (frames[params.frame]?.registers ?? NO_REGISTERS);
    const below = params.frame === 0 ? undefined : frames[params.frame - 1]?.registers;
    const flags = architecture.flags(registers);
    const extended = this.#extendedState(thread, params.frame, frames[params.frame]);
    return {
      general: architecture.displayOrder.map((name) => {
        const value = registers.get(name);
        const look = value === undefined ? undefined : this.inspection.classifier?.classify(value);
        return {
          name,
          ...(value === undefined ? {} : { value: hex(value) }),
          text: value === undefined ? 'not known in this frame' : (look?.text ?? ''),
          kind: look?.kind ?? 'unknown',
          changed: below !== undefined && value !== undefined && below.get(name) !== value,
        };
      }),
      vectors: vectorRows(extended),
      components: componentRows(extended, (address) => this.inspection.classifier?.classify(address).text),
      ...(flags === undefined ? {} : { flags }),
      vectorState:
        extended !== undefined
          ? 'saved'
          : params.frame === 0
            ? 'not saved in this core'
            : 'vector registers are known for the innermost frame and where a signal interrupted',
    };
  }

  /** Of the innermost frame from the core, or from the signal frame whose context it is; of others only where a signal interrupted. */
  #extendedState(thread: ThreadState, index: number, frame: StackFrame | undefined): ExtendedState | undefined {
    const { core, judgement, crashedThread, context } = this.inspection;
    const crash = thread === crashedThread ? judgement?.crash : undefined;
    const handled = index === 0 && crash?.from === 'activeFrame' ? crash.frame : undefined;
    const interrupted = frame?.signalFrame ?? handled;
    if (interrupted === undefined) return index === 0 ? thread.extended() : undefined;
    const { extendedState, extendedStateSize } = interrupted;
    if (extendedState === 0n || extendedStateSize === 0) return undefined;
    const { bytes } = (context?.memory ?? core.memory).read(runtimeAddress(extendedState), extendedStateSize);
    return bytes.length < extendedStateSize ? undefined : core.architecture?.interruptedExtendedState(bytes);
  }

  signalFrames(params: { readonly tid: number }): readonly SignalFrameReport[] {
    const thread = this.#views.thread(params.tid);
    const { judgement, classifier, core } = this.inspection;
    if (thread !== this.inspection.crashedThread || judgement === undefined || classifier === undefined) return [];
    const pc = core.architecture?.programCounter ?? '';
    return [
      ...judgement.crash.active.map((frame) => signalFrameReport(frame, true, pc, classifier)),
      ...judgement.crash.stale.map((frame) => signalFrameReport(frame, false, pc, classifier)),
    ];
  }

  signalFields(params: QueryParams<'signalFields'>): QueryAnswer<'signalFields'> {
    const { judgement, classifier, core } = this.inspection;
    if (this.#views.thread(params.tid) !== this.inspection.crashedThread) return [];
    if (judgement === undefined || classifier === undefined || core.architecture === undefined) return [];
    const { crash } = judgement;
    const { architecture } = core;
    return [...crash.active, ...crash.stale].map((frame) => signalFields(frame, crash, architecture, classifier));
  }

  compare(params: QueryParams<'compare'>): CompareAnswer {
    return this.#comparisons.compare(params);
  }

  comparedStack(choice: StackChoice): ComparedStack {
    return this.#comparisons.stack(choice);
  }

  recentCalls(): readonly RecentCallRow[] {
    return recentCallRows(this.inspection);
  }

  unwinders(): readonly UnwinderRow[] {
    return unwinderRows(this.inspection);
  }

  memory(params: { readonly address: string; readonly length: number }): MemoryAnswer {
    const start = runtimeAddress(BigInt(params.address));
    const memory = this.inspection.context?.memory ?? this.inspection.core.memory;
    const runs: MemoryAnswer['runs'][number][] = [];
    const length = Math.min(params.length, MOST_MEMORY);
    for (let at = 0; at < length;) {
      const address = runtimeAddress(start + BigInt(at));
      const { bytes, rest } = memory.read(address, length - at);
      if (bytes.length > 0) {
        runs.push({ address: hex(address), bytes: hexBytes(bytes) });
        at += bytes.length;
        continue;
      }
      const hole = Math.min(length - at, this.#holeSize(address));
      runs.push({ address: hex(address), length: hole, absent: absenceText(rest ?? 'unmapped') });
      at += hole;
    }
    return { address: hex(start), runs };
  }

  mappings(page: PageParams): Page<MappingRow> {
    const places = this.inspection.space.places();
    const items = places.slice(page.from, page.from + page.count).map(mappingRow);
    return { total: places.length, from: page.from, items };
  }

  modules(page: PageParams): Page<ModuleRow> {
    const { modules } = this.inspection.modules;
    const items = modules.slice(page.from, page.from + page.count).map((module): ModuleRow => {
      const debug = module.debugImage ?? (module.image?.hasDebugInfo === true ? module.image : undefined);
      return {
        path: printablePath(module.path),
        start: hex(module.start),
        end: hex(module.end),
        ...(module.buildId === undefined ? {} : { buildId: module.buildId }),
        ...(module.image === undefined ? {} : { binary: printablePath(module.image.path) }),
        binaryStatus: module.status,
        ...(module.debugImage === undefined ? {} : { debugFile: printablePath(module.debugImage.path) }),
        symbols: debug !== undefined ? 'debug' : (module.image?.symbolStatus ?? 'none'),
      };
    });
    return { total: modules.length, from: page.from, items };
  }

  /** @throws QueryError when the expression has no value */
  whatIs(params: QueryParams<'whatIs'>): WhatIsAnswer {
    const value = this.#valueOf(params.address, params);
    const look = this.inspection.classifier?.classify(value) ?? ({ kind: 'unknown', text: '' } as const);
    return { value: hex(value), ...look };
  }

  symbols(params: QueryParams<'symbols'>): readonly SymbolRow[] {
    const count = Math.min(params.count, MOST_SYMBOLS);
    return symbolsStartingWith(this.inspection.symbolizer, params.prefix, count).map(({ name, address, kind }) => ({
      name,
      address: hex(address),
      kind,
    }));
  }

  disassemble(params: QueryParams<'disassemble'>): DisassemblyAnswer {
    const address = this.#valueOf(params.address, params);
    return disassembly(this.inspection, { ...params, address }, this.#views.frame(params));
  }

  search(params: QueryParams<'search'>): Steps<SearchAnswer> {
    return this.#searches.search(params);
  }

  sourceDigest(params: QueryParams<'sourceDigest'>): { readonly md5?: string } {
    const md5 = this.inspection.digests.get(params.file);
    return md5 === undefined ? {} : { md5: hexBytes(md5) };
  }

  #verdictOfOther(): VerdictAnswer {
    const { elf, threads } = this.inspection.core;
    const reason =
      threads.length === 0
        ? 'no thread could be read from this core'
        : `the core is of ${elf.arch}, which is not judged`;
    return {
      label: 'other',
      kind: 'unknown',
      confidence: 0.3,
      title: verdictTitle('other', 'unknown'),
      account: `Why it died was not worked out: ${reason}.`,
      evidence: [],
      missing: [],
      staleSignalFrames: [],
      hypotheses: [],
      signature: 'unknown | ?',
    };
  }

  #missingBinaries(): string[] {
    return this.inspection.modules.modules
      .filter((module) => module.image === undefined)
      .slice(0, 8)
      .map((module) => {
        const id = module.buildId === undefined ? '' : ` (build id ${module.buildId})`;
        return module.status === 'mismatch'
          ? (module.refused[0] ?? '')
          : `no binary for ${printablePath(module.path)}${id}`;
      });
  }

  #hypotheses(): Hypothesis[] {
    const { judgement, symbolizer, lines, context } = this.inspection;
    return (judgement?.candidates() ?? []).map((candidate) => ({
      id: candidate.id,
      registers: Object.fromEntries(Object.entries(candidate.changed).map(([name, value]) => [name, hex(value)])),
      why: candidate.why,
      score: Math.round(candidate.coherence.score * 1000) / 1000,
      chosen: candidate === judgement?.chosen,
      frames: frameRows(candidate.walk.frames.slice(0, 64), symbolizer, lines, context).rows,
    }));
  }

  /** @throws QueryError when the expression has no value */
  #valueOf(text: string, place: Parameters<ThreadViews['frame']>[0]): bigint {
    const { context, symbolizer, core } = this.inspection;
    const value = evaluateAddress(text, {
      register: (name) => {
        if (core.architecture?.displayOrder.includes(name) !== true) return undefined;
        return this.#views.frame(place)?.registers.get(name) ?? `The value of ${name} is not known at this frame.`;
      },
      symbol: (name) => symbolNamed(symbolizer, name)?.address,
      word: (address) => (context?.memory ?? core.memory).word(runtimeAddress(address)),
    });
    if (typeof value === 'string') throw new QueryError(value);
    return value;
  }

  #topOf(thread: ThreadState): string {
    const { frames } = this.#views.of(thread).walk;
    for (const frame of frames.slice(0, 8)) {
      const name = this.inspection.symbolizer.locate(lookupAddress(frame)).function;
      if (name !== undefined) return name;
    }
    const first = frames[0];
    return first === undefined ? '' : (this.inspection.classifier?.codeName(lookupAddress(first)) ?? hex(first.pc));
  }

  #holeSize(address: bigint): number {
    const { memory } = this.inspection.core;
    const next = memory.segmentAfter(address);
    const size = next === undefined ? MOST_MEMORY : Number(next.vaddr - address);
    return Math.min(size, 4096 - Number(address % 4096n));
  }
}

const ABSENCES: Readonly<Record<string, NonNullable<SlotPage['absence']>>> = {
  notDumped: 'filtered',
  truncated: 'truncated',
  notFetched: 'not-fetched',
};
const MOST_SLOTS = 4096;
const MOST_MEMORY = 1 << 20;
const MOST_SYMBOLS = 1000;
const NO_REGISTERS = new RegisterSet(new Map());

function stackPage({ rows, frameOfRow, walk }: ThreadView, page: PageParams, stackPointer: string): StackPage {
  const rejected: Record<number, readonly string[]> = {};
  const items = rows.slice(page.from, page.from + page.count).map((row) => {
    const frame = frameOfRow[row.index] ?? 0;
    const reasons = walk.frames[frame]?.rejected ?? [];
    if (reasons.length > 0) rejected[row.index] = reasons;
    const start = walk.frames[frame]?.registers.get(stackPointer);
    return { ...row, frame, ...(start === undefined ? {} : { start: hex(start) }) };
  });
  return { total: rows.length, from: page.from, items, stop: stopText(walk.stop), rejected };
}
