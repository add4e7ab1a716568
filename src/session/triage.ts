import type { Disassembler } from '../engine/arch/disassembler.js';
import { coreRow, unreadableRow } from '../engine/inspection/coreRow.js';
import { Inspection, openInspection } from '../engine/inspection/openInspection.js';
import { createIcedDisassembler } from '../io/icedDisassembler.js';
import type { CoreRow } from '../shared/report.js';
import { localBinaries } from './binaryFiles.js';
import { OpenError, type OpenOptions } from './coreSession.js';
import { ImageCache } from './imageCache.js';
import { openFile } from './openedFile.js';
import { withOrigin } from './origin.js';

/** Labels cores one by one, sharing what is known of their binaries. */
export class Triage {
  readonly #images = new ImageCache();

  constructor(
    private readonly options: OpenOptions,
    private readonly disassembler: Disassembler = createIcedDisassembler(),
  ) {}

  /** The row of one file. Never throws: what cannot be read becomes a row that says so. */
  row(path: string): CoreRow {
    try {
      const file = openFile(path);
      try {
        const origin = { source: path, size: file.size, bytesRead: file.bytesRead };
        const opened = openInspection({
          source: file.source,
          binaries: localBinaries(this.options, this.#images),
          disassembler: this.disassembler,
        });
        if (!(opened instanceof Inspection)) return unreadableRow(opened, origin);
        return withOrigin(coreRow(opened, origin), path, file.modified);
      } finally {
        file.close();
      }
    } catch (error) {
      return failedRow(path, error);
    }
  }

  dispose(): void {
    this.#images.dispose();
  }
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
