/** Values by key, up to a number of bytes; the one unused for longest goes first. The newest stays, however large. */
export class LruCache<K, V> {
  readonly #entries = new Map<K, { value: V; bytes: number }>();
  #bytes = 0;

  constructor(private readonly budget: number) {}

  get(key: K): V | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry.value;
  }

  /** @param bytes an estimate of what `value` occupies */
  set(key: K, value: V, bytes: number): void {
    const old = this.#entries.get(key);
    if (old !== undefined) this.#bytes -= old.bytes;
    this.#entries.delete(key);
    this.#entries.set(key, { value, bytes });
    this.#bytes += bytes;
    for (const [oldest, entry] of this.#entries) {
      if (this.#bytes <= this.budget || this.#entries.size === 1) break;
      this.#entries.delete(oldest);
      this.#bytes -= entry.bytes;
    }
  }
}
