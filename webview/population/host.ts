import type { SqlAnswer } from '../../src/shared/populationPage.js';

/** What the page needs from around it: an editor, or a file that has everything in it. */
export interface PopulationHost {
  /** Rejects where the clipboard is closed. */
  copy(text: string): Promise<void>;
  /** Copies a link to this page in the state that `link` describes. */
  copyLink(link: string): Promise<void>;
  /** Asks DuckDB; absent where there is nobody to ask. Rejects with a sentence. */
  readonly query?: (sql: string, signal: AbortSignal) => Promise<SqlAnswer>;
  /** Opens a core in the editor. */
  openCore(source: string): void;
  /** Keeps the state over a reload. */
  remember(link: string): void;
  remembered(): string | undefined;
}
