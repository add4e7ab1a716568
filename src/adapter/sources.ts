import { basename } from 'node:path';
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { OpenedCore } from '../session/coreSession.js';
import { SourceResolver, type SourceRules } from '../session/sourceResolver.js';

/** A source file as it lies here. */
export interface FoundSource {
  readonly path: string;
  /** Its text is not the one that was compiled. */
  readonly changed: boolean;
}

/** Finds the sources of one core's frames. */
export class SourceFinder {
  readonly #resolver: SourceResolver;
  readonly #digests = new Map<string, Promise<string | undefined>>();
  readonly #told = new Set<string>();
  /** Told once of each path for which several files go equally well. */
  onAmbiguous: (file: string, candidates: readonly string[]) => void = () => undefined;

  constructor(
    private readonly core: Pick<OpenedCore, 'ask'>,
    rules: SourceRules,
  ) {
    this.#resolver = new SourceResolver(rules);
  }

  /** `undefined` when the file is not here, or nobody has chosen yet which one it is. */
  async find(file: string): Promise<FoundSource | undefined> {
    const match = await this.#resolver.resolve(file, await this.#digest(file));
    if (match.kind === 'found') return { path: match.path, changed: match.changed === true };
    if (match.kind === 'ambiguous' && !this.#told.has(file)) {
      this.#told.add(file);
      this.onAmbiguous(file, match.candidates);
    }
    return undefined;
  }

  /** Looks again at the next question: a choice was made. */
  forget(): void {
    this.#resolver.forget();
  }

  #digest(file: string): Promise<string | undefined> {
    const known = this.#digests.get(file);
    if (known) return known;
    const asking = this.core.ask('sourceDigest', { file }).then(
      ({ md5 }) => md5,
      () => undefined,
    );
    this.#digests.set(file, asking);
    return asking;
  }
}

/** What the client shows beside a file whose text is another than the one that was compiled. */
const CHANGED = 'changed since it was compiled';

/** A source the client opens by itself. */
export function fileSource(path: string, changed = false): DebugProtocol.Source {
  return { name: basename(path), path, ...(changed ? { origin: CHANGED } : {}) };
}

/** A source whose text the client asks for with `reference`. */
export function pageSource(title: string, reference: number): DebugProtocol.Source {
  // Clients take what follows a slash for the name.
  return { name: title.replaceAll('/', '\u2215'), sourceReference: reference };
}
