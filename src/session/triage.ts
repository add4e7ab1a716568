import type { Disassembler } from '../engine/arch/disassembler.js';
import { coreRow, unreadableRow } from '../engine/inspection/coreRow.js';
import { Inspection, openInspection } from '../engine/inspection/openInspection.js';
import type { BinaryProvider } from '../engine/modules/binaryProvider.js';
import { createIcedDisassembler } from '../io/icedDisassembler.js';
import type { CoreRow } from '../shared/report.js';
import { localBinaries } from './binaryFiles.js';
import { OpenError, type OpenOptions } from './coreSession.js';
import type { CoreEntry } from './coreSource.js';
import { openCore } from './coreSources.js';
import { ImageCache } from './imageCache.js';
import { openFile, type OpenedFile } from './openedFile.js';
import { withOrigin } from './origin.js';

/** Labels cores one by one, sharing what is known of their binaries. */
export class Triage {
  readonly #images = new ImageCache();
  readonly #binaries: BinaryProvider;

  constructor(
    options: OpenOptions,
    private readonly disassembler: Disassembler = createIcedDisassembler(),
  ) {
    this.#binaries = localBinaries(options, this.#images);
  }

  /** The row of one file of this machine. Never throws: what cannot be read becomes a row that says so. */
  row(path: string): CoreRow {
    try {
      const file = openFile(path);
      try {
        return this.#judged(path, file);
      } finally {
        file.close();
      }
    } catch (error) {
      return failedRow(path, error);
    }
  }

  /** The row of a listed core, wherever it lies. Never rejects. */
  async rowOf(entry: CoreEntry): Promise<CoreRow> {
    try {
      const file = await openCore(entry);
      try {
        let row = this.#judged(entry.source, file);
        for (let round = 0; round < MOST_ROUNDS && (await file.fetchMissing?.()) === true; round++)
          row = this.#judged(entry.source, file);
        return { ...row, ...entry.origin };
      } finally {
        file.close();
      }
    } catch (error) {
      return failedRow(entry.source, error);
    }
  }

  #judged(source: string, file: OpenedFile): CoreRow {
    const origin = { source, size: file.size, bytesRead: file.bytesRead };
    const opened = openInspection({ source: file.source, binaries: this.#binaries, disassembler: this.disassembler });
    if (!(opened instanceof Inspection)) return withStreamProblem(unreadableRow(opened, origin), file);
    file.follow(opened.core);
    return withOrigin(coreRow(opened, origin), source, file.modified);
  }

  dispose(): void {
    this.#images.dispose();
  }
}

/** How often a core is asked again after more of it was fetched. */
const MOST_ROUNDS = 8;

/** Of a stream that is cut or damaged before it gave a core, that is the reason, not what its first bytes look like. */
function withStreamProblem(row: CoreRow, file: OpenedFile): CoreRow {
  const problem = file.problem();
  return problem === undefined ? row : { ...row, problems: [problem] };
}

function failedRow(source: string, error: unknown): CoreRow {
  const code = error instanceof OpenError ? error.code : 'internal-error';
  const text = error instanceof Error ? error.message : String(error);
  const message =
    error instanceof OpenError
      ? text.replace(`${source}: `, '')
      : `an error in the engine: ${text}; please report it with this core`;
  return {
    schema: 1,
    source,
    size: 0,
    bytesRead: 0,
    status: 'unreadable',
    problems: [{ code, message }],
    sourceKind: 'core',
  };
}
