import { HexIndex } from './hexIndex.js';

/** A crash as one of its two tellers has it. */
export interface KnownMoment {
  /** 16 hexadecimal digits. */
  readonly crash: string;
  /** Milliseconds since 1970. */
  readonly at: number | undefined;
  readonly fromLog: boolean;
}

/** Crashes by moment, the last one of each: some 40 bytes for each, since a log may have millions. */
export class KnownMoments {
  readonly #places = new HexIndex();
  #crashes = new BigUint64Array(FIRST);
  /** Not a number where there is none. */
  #times = new Float64Array(FIRST);
  #fromLog = new Uint8Array(FIRST);

  get(moment: string): KnownMoment | undefined {
    const place = this.#places.get(moment);
    if (place === undefined) return undefined;
    const at = this.#times[place] ?? Number.NaN;
    return {
      crash: (this.#crashes[place] ?? 0n).toString(16).padStart(16, '0'),
      at: Number.isNaN(at) ? undefined : at,
      fromLog: this.#fromLog[place] === 1,
    };
  }

  set(moment: string, { crash, at, fromLog }: KnownMoment): void {
    const place = this.#places.add(moment);
    if (place >= this.#crashes.length) this.#grow();
    this.#crashes[place] = numberOf(crash);
    this.#times[place] = at ?? Number.NaN;
    this.#fromLog[place] = fromLog ? 1 : 0;
  }

  #grow(): void {
    const room = 2 * this.#crashes.length;
    const [crashes, times, fromLog] = [this.#crashes, this.#times, this.#fromLog];
    this.#crashes = new BigUint64Array(room);
    this.#crashes.set(crashes);
    this.#times = new Float64Array(room);
    this.#times.set(times);
    this.#fromLog = new Uint8Array(room);
    this.#fromLog.set(fromLog);
  }
}

const FIRST = 1 << 10;

/** Of a data set that somebody else wrote the crash may be any text. */
function numberOf(digits: string): bigint {
  return /^[0-9a-f]{16}$/.test(digits) ? BigInt(`0x${digits}`) : 0n;
}
