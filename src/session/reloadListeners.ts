/** Who wants to know that a core was read anew, by the core's key. */
export class ReloadListeners {
  readonly #listeners = new Map<string, Set<() => void>>();

  add(key: string, listener: () => void): () => void {
    const ofKey = this.#listeners.get(key) ?? new Set();
    this.#listeners.set(key, ofKey);
    ofKey.add(listener);
    return () => {
      ofKey.delete(listener);
      if (ofKey.size === 0) this.#listeners.delete(key);
    };
  }

  tell(key: string): void {
    for (const listener of [...(this.#listeners.get(key) ?? [])]) listener();
  }
}
