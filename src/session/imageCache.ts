import { statSync } from 'node:fs';
import { type Companions, type ImageTools } from '../engine/modules/imageTools.js';
import { ModuleImage } from '../engine/modules/moduleImage.js';
import { inflateSection } from '../io/decompress.js';
import { unxz } from '../io/unxz.js';
import { identityOf, ParkableFile } from './parkableFile.js';

/** How much is kept of the binaries of a run. */
export interface ImageLimits {
  readonly images: number;
  /** Files held open. */
  readonly descriptors: number;
  /** Bytes of decoded tables. */
  readonly bytes: number;
}

const LIMITS: ImageLimits = { images: 1024, descriptors: 128, bytes: 256 << 20 };

/** Where the companions of images are looked for. Equal keys find equal files. */
export interface KeyedCompanions extends Companions {
  readonly key: string;
}

/**
 * Binaries opened once for all cores of a run: their symbol tables and call-frame information stay decoded. Those unused for longest
 * are forgotten when there are too many or they hold too much; whoever still has one can go on reading it.
 */
export class ImageCache {
  readonly #entries = new Map<string, Entry>();
  readonly #limits: ImageLimits;
  #untilWeighed = WEIGH_EVERY;

  constructor(limits: Partial<ImageLimits> = {}) {
    this.#limits = { ...LIMITS, ...limits };
  }

  /** `undefined` when there is no such file, or it is no ELF file. */
  open(path: string, companions?: KeyedCompanions): ModuleImage | undefined {
    const key = companions === undefined ? path : `${path}\0${companions.key}`;
    const known = this.#entries.get(key);
    const now = Date.now();
    if (known !== undefined && (now - known.checked < RECHECK || known.identity === identityAt(known.opened))) {
      if (now - known.checked >= RECHECK) known.checked = now;
      this.#entries.delete(key);
      this.#entries.set(key, known);
      if (--this.#untilWeighed <= 0) this.#evict();
      return known.image;
    }
    known?.file?.retire();
    const entry = load(path, now, companions);
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    this.#evict();
    return entry.image;
  }

  /** Bytes of decoded tables that are kept now. */
  get heldBytes(): number {
    let bytes = 0;
    for (const { image } of this.#entries.values()) bytes += image?.heldBytes ?? 0;
    return bytes;
  }

  get size(): number {
    return this.#entries.size;
  }

  dispose(): void {
    for (const entry of this.#entries.values()) entry.file?.retire();
    this.#entries.clear();
  }

  /** The newest stays, however large. */
  #evict(): void {
    this.#untilWeighed = WEIGH_EVERY;
    let bytes = this.heldBytes;
    let open = 0;
    for (const { file } of this.#entries.values()) if (file?.isOpen === true) open++;
    for (const [key, entry] of this.#entries) {
      if (this.#entries.size > 1 && (this.#entries.size > this.#limits.images || bytes > this.#limits.bytes)) {
        bytes -= entry.image?.heldBytes ?? 0;
        if (entry.file?.isOpen === true) open--;
        entry.file?.retire();
        this.#entries.delete(key);
      } else if (open > this.#limits.descriptors && entry.file?.isOpen === true) {
        entry.file.park();
        open--;
      }
    }
  }
}

/** Milliseconds for which a file is taken to be unchanged. */
export const RECHECK = 2000;
/** Images grow while they are used: every so often they are weighed again. */
const WEIGH_EVERY = 64;

interface Entry {
  /** As it could be opened. */
  readonly opened: string | Buffer;
  readonly identity: string;
  checked: number;
  readonly file: ParkableFile | undefined;
  readonly image: ModuleImage | undefined;
}

function identityAt(path: string | Buffer): string {
  try {
    return identityOf(statSync(path));
  } catch {
    return 'none';
  }
}

function load(path: string, checked: number, companions: Companions | undefined): Entry {
  for (const opened of spellings(path)) {
    const identity = identityAt(opened);
    if (identity === 'none') continue;
    const nothing: Entry = { opened, identity, checked, file: undefined, image: undefined };
    try {
      const file = new ParkableFile(opened);
      const image = ModuleImage.open(path, file, { ...TOOLS, ...(companions === undefined ? {} : { companions }) });
      if (image !== undefined) return { opened, identity, checked, file, image };
      file.park();
      return nothing;
    } catch {
      return nothing;
    }
  }
  return { opened: path, identity: 'none', checked, file: undefined, image: undefined };
}

const TOOLS: ImageTools = { inflate: inflateSection, unxz };

/** Names are bytes: one that is not valid UTF-8 was decoded as Latin-1, so that spelling is tried too. */
function spellings(path: string): (string | Buffer)[] {
  const latin1 = /[\x80-\xff]/.test(path) && !/[^\0-\xff]/.test(path);
  return latin1 ? [path, Buffer.from(path, 'latin1')] : [path];
}
