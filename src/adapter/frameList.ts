import type { StackPage, StackRow } from '../shared/queries.js';

const PAGE = 512;
const PAGES_KEPT = 16;

/** The part of `stack` answers a list is made of. */
export type FramePage = Pick<StackPage, 'total' | 'items' | 'stop' | 'rejected'>;

/**
 * The frames of one thread, fetched by pages on demand: a recursion of a hundred thousand frames costs what is looked at. Keeps
 * the pages used last.
 */
export class FrameList {
  private readonly pages = new Map<number, Promise<FramePage>>();

  constructor(private readonly load: (from: number, count: number) => Promise<FramePage>) {}

  async total(): Promise<number> {
    return (await this.page(0)).total;
  }

  /** Why the walk ended. */
  async stop(): Promise<string> {
    return (await this.page(0)).stop;
  }

  /** Row by index; `undefined` past the end. */
  async row(index: number): Promise<StackRow | undefined> {
    if (index < 0) return undefined;
    return (await this.page(Math.floor(index / PAGE))).items[index % PAGE];
  }

  /** Why stronger rules were rejected for a row. */
  async rejected(index: number): Promise<readonly string[]> {
    return (await this.page(Math.floor(index / PAGE))).rejected[index] ?? [];
  }

  /** The number that `registers` and `slots` give the frame of a row: inline entries do not count. 0 for a row past the end. */
  async physicalFrame(index: number): Promise<number> {
    return (await this.row(index))?.frame ?? 0;
  }

  private page(number: number): Promise<FramePage> {
    const kept = this.pages.get(number);
    if (kept) {
      // Moved to the end: the map's order is the order of use.
      this.pages.delete(number);
      this.pages.set(number, kept);
      return kept;
    }
    const loading = loadRows(this.load, number * PAGE, PAGE);
    this.pages.set(number, loading);
    // A failed page is asked again the next time.
    loading.catch(() => this.pages.delete(number));
    const [oldest] = this.pages.keys();
    if (this.pages.size > PAGES_KEPT && oldest !== undefined) this.pages.delete(oldest);
    return loading;
  }
}

/** `wanted` rows from `from`, with as many questions as the session needs: it may answer with fewer than it was asked for. */
async function loadRows(
  load: (from: number, count: number) => Promise<FramePage>,
  from: number,
  wanted: number,
): Promise<FramePage> {
  const first = await load(from, wanted);
  const items = [...first.items];
  let rejected = first.rejected;
  const end = Math.min(wanted, first.total - from);
  while (items.length > 0 && items.length < end) {
    const next = await load(from + items.length, end - items.length);
    if (next.items.length === 0) break;
    items.push(...next.items);
    rejected = { ...rejected, ...next.rejected };
  }
  return { total: first.total, items, stop: first.stop, rejected };
}
