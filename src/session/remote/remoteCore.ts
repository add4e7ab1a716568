import { localBinaries } from '../binaryFiles.js';
import type { Disassembler } from '../../engine/arch/disassembler.js';
import { shownAddress } from '../../io/remote/shownAddress.js';
import { askAgain, NOT_FETCHED } from '../askAgain.js';
import type { OpenOptions } from '../coreSession.js';
import type { ImageCache } from '../imageCache.js';
import { OpenedCoreFile } from '../openedCores.js';
import type { OpenedFile } from '../openedFile.js';
import { firstStackWindow } from './firstStackWindow.js';
import { remoteCores, type RemoteCores, type RemoteOptions } from './remoteCores.js';

/**
 * A core on a server. A question is put again until nothing of the core was missing for it; what the engine had worked out by then is
 * kept for the next question.
 */
export class RemoteCore {
  #core: OpenedCoreFile | undefined;

  private constructor(
    readonly source: string,
    private readonly cores: RemoteCores,
    private readonly file: OpenedFile,
    private readonly fresh: (file: OpenedFile) => OpenedCoreFile,
  ) {}

  /**
   * @param address may carry credentials
   * @throws OpenError when it cannot be read or is no core
   */
  static async open(
    address: string,
    options: OpenOptions & RemoteOptions,
    images: ImageCache,
    disassembler: Disassembler,
  ): Promise<RemoteCore> {
    const source = shownAddress(address);
    const cores = remoteCores(address, options);
    try {
      const file = await cores.open({ source });
      const fresh = (kept: OpenedFile): OpenedCoreFile =>
        new OpenedCoreFile(source, options, localBinaries(options, images), disassembler, kept);
      const core = new RemoteCore(source, cores, file, fresh);
      await core.ask(() => undefined);
      return core;
    } catch (error) {
      await cores.close();
      throw error;
    }
  }

  /** @throws what `question` throws once nothing is missing for it, and OpenError when the core changed or is none */
  async ask<T>(question: (core: OpenedCoreFile) => T | Promise<T>, signal?: AbortSignal): Promise<T> {
    const { answer, complete } = await askAgain(this.file, () => this.#attempt(question), signal);
    if (complete) return answer();
    const core = this.#opened();
    const { diagnostics } = core.answers.inspection.core;
    diagnostics.report(NOT_FETCHED.code, NOT_FETCHED.message);
    return question(core);
  }

  async close(): Promise<void> {
    this.#core = undefined;
    this.file.close();
    await this.cores.close();
  }

  /** An answer, or an error, that is only worth something when nothing was missing. */
  async #attempt<T>(question: (core: OpenedCoreFile) => T | Promise<T>): Promise<() => T> {
    try {
      const core = (this.#core ??= this.#opened());
      const answer = await question(core);
      return () => answer;
    } catch (error) {
      return () => {
        throw error;
      };
    } finally {
      // What was worked out without the missing bytes must not be taken for the truth later.
      if (this.file.hasMissing?.() === true) this.#core = undefined;
    }
  }

  #opened(): OpenedCoreFile {
    // The file outlives what is opened on it.
    const kept = Object.create(this.file, { close: { value: () => undefined } }) as OpenedFile;
    const core = this.fresh(kept);
    const window = firstStackWindow(core.answers.inspection.core);
    if (window !== undefined) this.file.want?.(window.offset, window.length);
    return core;
  }
}
