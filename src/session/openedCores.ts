import type { Disassembler } from '../engine/arch/disassembler.js';
import type { BinaryProvider } from '../engine/modules/binaryProvider.js';
import { printablePath } from '../engine/base/text.js';
import { finish, oneStep, type Steps } from '../engine/base/steps.js';
import { Answers } from '../engine/inspection/answers.js';
import { coreJson, coreReport, coreText, DEFAULT_SCOPE, type ReportScope } from '../engine/inspection/coreReport.js';
import { coreRow } from '../engine/inspection/coreRow.js';
import { Inspection, openInspection } from '../engine/inspection/openInspection.js';
import { QueryError } from '../engine/inspection/queryError.js';
import type { Annotation } from '../shared/annotations.js';
import type { QueryAnswer, QueryName, QueryParams } from '../shared/queries.js';
import type { CoreReport, CoreRow } from '../shared/report.js';
import { annotationsText } from './annotations/annotationsText.js';
import { readSidecars } from './annotations/readSidecars.js';
import { sidecarPlaces } from './annotations/sidecarPlaces.js';
import { localBinaries } from './binaryFiles.js';
import { buildsOnStack, type DebuginfodFiles, debuginfodFiles, MOST_FETCH_ROUNDS } from './debuginfod.js';
import type { WorkOptions } from './slicedWork.js';
import { coreKey } from './coreKey.js';
import { coreIdentity } from './coreIdentity.js';
import { OpenError, type OpenOptions } from './coreSession.js';
import { ImageCache } from './imageCache.js';
import { openFile, type OpenedFile } from './openedFile.js';
import { withOrigin } from './origin.js';

/** Cores opened in this thread, each once, counted by who uses them. Synchronous: the transports add what is asynchronous. */
export class OpenedCores {
  readonly #images = new ImageCache();
  readonly #cores = new Map<string, Held>();
  readonly #servers = new Map<string, DebuginfodFiles | undefined>();

  constructor(private readonly disassembler: Disassembler) {}

  /**
   * @returns the key by which the core is asked
   * @throws OpenError when the file cannot be read or is no core
   */
  open(path: string, options: OpenOptions): string {
    const key = coreKey(path, options);
    const held = this.#cores.get(key);
    if (held !== undefined) {
      held.references++;
      return key;
    }
    const servers = this.#serversOf(options);
    const reopen = (): OpenedCoreFile => this.#opened(path, options, servers);
    this.#cores.set(key, { core: reopen(), references: 1, reopen, servers, completing: undefined });
    return key;
  }

  /**
   * Fetches what the crashed thread's stack lacks, where the options name servers, and reads the core again with it. Several callers
   * wait for the same work, which the first one watches.
   */
  async complete(key: string, work: WorkOptions = {}): Promise<void> {
    const held = this.#cores.get(key);
    if (held?.servers === undefined) return;
    await (held.completing ??= complete(held, held.servers, work));
  }

  /**
   * Reads the file anew, for everybody who has it open, whatever the options: one shall not see another core than the other.
   *
   * @returns the keys of what was read anew
   * @throws OpenError when the file cannot be read or is no core now: what was open stays open then
   */
  reload(key: string): readonly string[] {
    const { path } = this.get(key);
    const same = [...this.#cores].filter(([, { core }]) => core.path === path);
    const fresh: OpenedCoreFile[] = [];
    try {
      for (const [, held] of same) fresh.push(held.reopen());
    } catch (error) {
      for (const core of fresh) core.close();
      throw error;
    }
    same.forEach(([, held], index) => {
      held.core.close();
      held.core = fresh[index] ?? held.core;
      held.completing = undefined;
    });
    return same.map(([name]) => name);
  }

  /** @throws QueryError when the core is not open */
  get(key: string): OpenedCoreFile {
    const held = this.#cores.get(key);
    if (held === undefined) throw new QueryError('the core is not open any more');
    return held.core;
  }

  close(key: string): void {
    const held = this.#cores.get(key);
    if (held === undefined || --held.references > 0) return;
    this.#cores.delete(key);
    held.core.close();
  }

  dispose(): void {
    for (const { core } of this.#cores.values()) core.close();
    this.#cores.clear();
    this.#images.dispose();
  }

  #opened(path: string, options: OpenOptions, servers: DebuginfodFiles | undefined): OpenedCoreFile {
    return new OpenedCoreFile(path, options, localBinaries(options, this.#images, servers), this.disassembler);
  }

  /** One for all cores with the same servers, so that nothing is asked for twice. */
  #serversOf({ debuginfod }: OpenOptions): DebuginfodFiles | undefined {
    const key = JSON.stringify(debuginfod ?? []);
    if (!this.#servers.has(key)) this.#servers.set(key, debuginfodFiles(debuginfod));
    return this.#servers.get(key);
  }
}

async function complete(held: Held, servers: DebuginfodFiles, work: WorkOptions): Promise<void> {
  for (let round = 0; round < MOST_FETCH_ROUNDS; round++) {
    const { inspection } = held.core.answers;
    if (!(await servers.fetchWanted(buildsOnStack(inspection, held.core.row()), work))) break;
    const fresh = held.reopen();
    held.core.close();
    held.core = fresh;
  }
  held.core.tell(servers.problems);
}

interface Held {
  core: OpenedCoreFile;
  references: number;
  readonly reopen: () => OpenedCoreFile;
  readonly servers: DebuginfodFiles | undefined;
  completing: Promise<void> | undefined;
}

/** One opened core with its file. */
export class OpenedCoreFile {
  readonly #file: OpenedFile;
  readonly #answers: Answers;

  /** @throws OpenError */
  constructor(
    readonly path: string,
    private readonly options: OpenOptions,
    binaries: BinaryProvider,
    disassembler: Disassembler,
    /** What `path` stands for, where that is no file of this machine. */
    file: OpenedFile = openFile(path),
  ) {
    this.#file = file;
    const opened = openInspection({
      source: this.#file.source,
      binaries,
      disassembler,
    });
    if (!(opened instanceof Inspection)) {
      const problem = this.#file.problem();
      this.#file.close();
      if (problem !== undefined) throw new OpenError('unreadable', `${path}: ${problem.message}`);
      throw new OpenError(opened.format === 'empty' ? 'empty' : 'not-a-core', `${path}: not a core: ${opened.words}`);
    }
    this.#file.follow(opened.core);
    this.#answers = new Answers(opened);
  }

  /** @throws QueryError for a question that makes no sense of this core */
  ask<N extends QueryName>(name: N, params: QueryParams<N>): QueryAnswer<N> {
    return finish(this.answering(name, params));
  }

  /** The answer as work that is done in steps; most of it takes one. Throws as `ask` does. */
  answering<N extends QueryName>(name: N, params: QueryParams<N>): Steps<QueryAnswer<N>> {
    const long = LONG_HANDLERS[name];
    const short = SHORT_HANDLERS[name];
    const steps = long === undefined ? oneStep(() => short?.(this, params)) : long(this, params);
    return steps as Steps<QueryAnswer<N>>;
  }

  row(): CoreRow {
    const origin = { source: this.path, size: this.#file.size, bytesRead: this.#file.bytesRead };
    const { modified, timeSource, requests } = this.#file;
    const row = withOrigin(coreRow(this.#answers.inspection, origin), this.path, modified, timeSource);
    return requests === undefined ? row : { ...row, requests: requests() };
  }

  report(scope: ReportScope): CoreReport {
    const annotations = this.#annotations();
    const report = coreReport(this.#answers, this.row(), scope);
    return annotations.length === 0 ? report : { ...report, annotations };
  }

  /** The same as JSON with a line end, in pieces, none of which takes long. */
  reportJson(scope: ReportScope): Generator<string, void, undefined> {
    return coreJson(this.#answers, this.row(), scope, this.#annotations());
  }

  text(scope: ReportScope): string {
    return finish(this.textSteps(scope));
  }

  /** The same as work that is done in steps. */
  *textSteps(scope: ReportScope): Steps<string> {
    const text = yield* coreText(this.#answers, { ...this.#origin(), source: printablePath(this.path) }, scope);
    return text + annotationsText(this.#annotations());
  }

  identity(): QueryAnswer<'identity'> {
    return coreIdentity(this.#answers.inspection.core);
  }

  #annotations(): readonly Annotation[] {
    const { file } = readSidecars(sidecarPlaces(this.path, this.options.annotationFolder));
    if (file.cores.length === 0) return [];
    const { identity } = this.identity();
    return file.cores.find((core) => core.identity === identity)?.annotations ?? [];
  }

  /** What went wrong with servers stands among the problems. */
  tell(problems: readonly string[]): void {
    for (const problem of problems) this.#answers.inspection.core.diagnostics.report('debuginfod', problem);
  }

  close(): void {
    this.#file.close();
  }

  get answers(): Answers {
    return this.#answers;
  }

  summary(): QueryAnswer<'summary'> {
    return this.#answers.summary(this.#origin());
  }

  #origin(): Parameters<Answers['summary']>[0] {
    const modified = new Date(this.#file.modified);
    return {
      source: this.path,
      size: this.#file.size,
      bytesRead: this.#file.bytesRead(),
      // Servers need not tell it.
      ...(Number.isNaN(modified.getTime()) ? {} : { time: modified.toISOString() }),
    };
  }
}

type LongQuery = 'search' | 'text';

type ShortHandlers = {
  readonly [N in Exclude<QueryName, LongQuery>]: (core: OpenedCoreFile, params: QueryParams<N>) => QueryAnswer<N>;
};
type LongHandlers = {
  readonly [N in LongQuery]: (core: OpenedCoreFile, params: QueryParams<N>) => Steps<QueryAnswer<N>>;
};

const SHORT: ShortHandlers = {
  summary: (core) => core.summary(),
  verdict: (core) => core.answers.verdict(),
  threads: (core, params) => core.answers.threads(params),
  stack: (core, params) => core.answers.stack(params),
  slots: (core, params) => core.answers.slots(params),
  registers: (core, params) => core.answers.registers(params),
  signalFrames: (core, params) => core.answers.signalFrames(params),
  signalFields: (core, params) => core.answers.signalFields(params),
  compare: (core, params) => core.answers.compare(params),
  comparedStack: (core, params) => core.answers.comparedStack(params),
  recentCalls: (core) => core.answers.recentCalls(),
  unwinders: (core) => core.answers.unwinders(),
  memory: (core, params) => core.answers.memory(params),
  mappings: (core, params) => core.answers.mappings(params),
  modules: (core, params) => core.answers.modules(params),
  whatIs: (core, params) => core.answers.whatIs(params),
  symbols: (core, params) => core.answers.symbols(params),
  disassemble: (core, params) => core.answers.disassemble(params),
  sourceDigest: (core, params) => core.answers.sourceDigest(params),
  identity: (core) => core.identity(),
};

const LONG: LongHandlers = {
  *text(core) {
    return { text: yield* core.textSteps(DEFAULT_SCOPE) };
  },
  search: (core, params) => core.answers.search(params),
};

// The tables are exact; a caller with a generic name only knows their union.
type AnyHandler<T> = (core: OpenedCoreFile, params: unknown) => T;
const SHORT_HANDLERS = SHORT as unknown as Readonly<Partial<Record<QueryName, AnyHandler<unknown>>>>;
const LONG_HANDLERS = LONG as unknown as Readonly<Partial<Record<QueryName, AnyHandler<Steps<unknown>>>>>;
