import type { Disassembler } from '../arch/disassembler.js';
import type { ByteSource } from '../base/byteSource.js';
import type { Diagnostic } from '../base/diagnostics.js';
import { readCore, type CoreImage, type ThreadState } from '../core/coreImage.js';
import { type FileIdentity, identifyFile } from '../core/identifyFile.js';
import type { BinaryProvider } from '../modules/binaryProvider.js';
import { executablePath, findModules } from '../modules/findModules.js';
import type { LoadModule } from '../modules/loadModule.js';
import { ModuleMap } from '../modules/moduleMap.js';
import { ProcessMemory } from '../modules/processMemory.js';
import { demangle } from '../symbolize/demangle/demangle.js';
import { dwarfLines, type SourceDigests } from '../symbolize/dwarfLines.js';
import type { SourceLines } from '../symbolize/sourceLines.js';
import { Symbolizer } from '../symbolize/symbolizer.js';
import { codeRangesOf } from '../unwind/codeRanges.js';
import { StackDepths } from '../unwind/stackDepths.js';
import type { UnwindContext } from '../unwind/unwindContext.js';
import { AddressSpace } from '../values/addressSpace.js';
import { WordClassifier } from '../values/classifyWord.js';
import { faultingThread } from '../verdict/faultingThread.js';
import { type Judgement, judge } from '../verdict/judge.js';

/** What the engine is given from outside. */
export interface InspectionInput {
  readonly source: ByteSource;
  readonly binaries: BinaryProvider;
  readonly disassembler?: Disassembler;
}

/**
 * The engine's one door: opens a core and keeps what its queries share. Nothing passes it as an exception; what could not be read is
 * in the diagnostics.
 *
 * @returns what the file is instead, when it is no core
 */
export function openInspection(input: InspectionInput): Inspection | FileIdentity {
  const core = readCore(input.source);
  return core === undefined ? identifyFile(input.source) : new Inspection(core, input);
}

/** One opened core. Everything beyond the notes is worked out on first use. */
export class Inspection {
  readonly #input: InspectionInput;
  #modules: ModuleMap | undefined;
  #symbolizer: Symbolizer | undefined;
  #context: UnwindContext | undefined;
  #space: AddressSpace | undefined;
  #judgement: Judgement | undefined;
  #crashedThread: ThreadState | undefined;
  #classifier: WordClassifier | undefined;
  #lines: SourceLines | undefined;

  constructor(
    readonly core: CoreImage,
    input: InspectionInput,
  ) {
    this.#input = input;
  }

  /** `undefined` when the caller gave none. */
  get disassembler(): Disassembler | undefined {
    return this.#input.disassembler;
  }

  get modules(): ModuleMap {
    if (this.#modules === undefined) {
      const found = findModules(this.core, this.#input.binaries);
      for (const module of found) {
        for (const reason of module.refused) this.core.diagnostics.report('binary-mismatch', reason);
      }
      this.#modules = new ModuleMap(found);
    }
    return this.#modules;
  }

  /** Everything that is wrong with the core or the files for it, as far as was found out by now. */
  problems(): readonly Diagnostic[] {
    const refused = new Set(
      (this.#modules?.modules ?? []).flatMap(({ image, debugImage }) => [
        ...(image?.refused ?? []),
        ...(debugImage?.refused ?? []),
      ]),
    );
    const files = [...refused].map((message): Diagnostic => ({ code: 'binary-mismatch', message }));
    return [...this.core.diagnostics.list(), ...files];
  }

  /** The module of the program itself. */
  get executable(): LoadModule | undefined {
    const path = executablePath(this.core, this.modules.modules);
    return this.modules.modules.find((module) => module.path === path);
  }

  get symbolizer(): Symbolizer {
    return (this.#symbolizer ??= new Symbolizer(this.modules, demangle));
  }

  get lines(): SourceLines {
    return (this.#lines ??= dwarfLines(this.symbolizer, this.digests));
  }

  /** MD5 of the source files that frames were found in, by path. */
  readonly digests: SourceDigests = new Map();

  /** `undefined` for architectures that are recognised by name only. */
  get context(): UnwindContext | undefined {
    const { architecture, memory } = this.core;
    const { disassembler } = this.#input;
    if (architecture === undefined) return undefined;
    if (this.#context === undefined) {
      const view = new ProcessMemory(memory, this.modules);
      const depths =
        architecture.name === 'x86_64' && disassembler !== undefined
          ? new StackDepths(architecture, view, disassembler, this.modules)
          : undefined;
      this.#context = {
        architecture,
        memory: view,
        core: memory,
        modules: this.modules,
        code: codeRangesOf(memory, this.modules),
        depths,
        checked: new Map(),
        steps: undefined,
      };
    }
    return this.#context;
  }

  get space(): AddressSpace {
    return (this.#space ??= new AddressSpace(this.core, this.modules));
  }

  /** `undefined` without an architecture. */
  get classifier(): WordClassifier | undefined {
    const context = this.context;
    if (context === undefined) return undefined;
    return (this.#classifier ??= new WordClassifier(context, this.symbolizer, this.space));
  }

  /** The thread whose fault ended the process, which need not be the one that the kernel dumped for. */
  get crashedThread(): ThreadState | undefined {
    return (this.#crashedThread ??= faultingThread(this.core, this.context, this.disassembler));
  }

  /** `undefined` when there is no thread or no architecture to judge by. */
  get judgement(): Judgement | undefined {
    const thread = this.crashedThread;
    const unwind = this.context;
    if (thread === undefined || unwind?.architecture.name !== 'x86_64') return undefined;
    return (this.#judgement ??= judge({
      core: this.core,
      unwind,
      symbolizer: this.symbolizer,
      space: () => this.space,
      disassembler: this.#input.disassembler,
      thread,
    }));
  }

  /** `ok`, or `partial` when something of the file is missing, damaged or not understood. */
  get status(): 'ok' | 'partial' {
    const serious = this.core.diagnostics.list().some(({ code }) => !ELSEWHERE.has(code));
    return serious || this.core.architecture?.name !== 'x86_64' ? 'partial' : 'ok';
  }
}

/** Problems of the files for a core, and of the servers that have them: the core itself is whole. */
const ELSEWHERE: ReadonlySet<string> = new Set(['binary-mismatch', 'debuginfod']);
