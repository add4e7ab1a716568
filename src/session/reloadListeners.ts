/** Who wants to know that a core was read anew, by its path. */
export class ReloadListeners {
  readonly #listeners = new Map<string, Set<() => void>>();

  add(path: string, listener: () => void): () => void {
    const ofPath = this.#listeners.get(path) ?? new Set();
    this.#listeners.set(path, ofPath);
    ofPath.add(listener);
    return () => {
      ofPath.delete(listener);
      if (ofPath.size === 0) this.#listeners.delete(path);
    };
  }

  tell(path: string): void {
    for (const listener of [...(this.#listeners.get(path) ?? [])]) listener();
  }
}
